from beenet.text.csv_text import csv_text


def test_names_are_quoted_where_they_must_be():
    records = [{"run": 'a,"b"\n', "loss": 0.1 + 0.2}, {"run": "c", "loss": None}]
    assert csv_text(["run", "loss"], records) == (
        'run,loss\n"a,""b""\n",0.30000000000000004\nc,\n'
    )
