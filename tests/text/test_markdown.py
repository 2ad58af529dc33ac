from beenet.text.markdown import md_table


def test_a_table():
    assert md_table([["net", "ms"], ["a|b", "1"]]) == (
        "| net | ms |\n| --- | ---: |\n| a\\|b | 1 |"
    )
    assert md_table([["a", "b"]], left=2) == "| a | b |\n| --- | --- |"
