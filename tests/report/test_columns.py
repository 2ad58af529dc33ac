from beenet.report.columns import columns

ROWS = [
    ["run", "epochs", "test", "low", "valid", "low"],
    ["runs/a", "2", "0.99", "0.98", "0.97", "0.96"],
]


def test_rows_are_aligned():
    assert columns(ROWS, indent="> ") == (
        "> run     epochs  test   low  valid   low\n"
        "> runs/a       2  0.99  0.98   0.97  0.96"
    )


def test_what_does_not_fit_stands_below_beside_the_name():
    assert columns(ROWS, width=27, indent=" ") == (
        " run     epochs  test   low\n"
        " runs/a       2  0.99  0.98\n"
        "\n"
        " run     valid   low\n"
        " runs/a   0.97  0.96"
    )


def test_parts_stay_together():
    assert columns(ROWS, width=27, parts=(1, 2, 2)) == (
        "run     epochs  test   low\n"
        "runs/a       2  0.99  0.98\n"
        "\n"
        "run     valid   low\n"
        "runs/a   0.97  0.96"
    )


def test_what_fits_is_one_table():
    assert columns(ROWS, width=39) == columns(ROWS)
    assert columns(ROWS, width=38) != columns(ROWS)


def test_a_part_without_room_is_taken_apart():
    assert columns(ROWS, width=18, parts=(1, 2, 2)) == (
        "run     epochs\n"
        "runs/a       2\n"
        "\n"
        "run     test   low\n"
        "runs/a  0.99  0.98\n"
        "\n"
        "run     valid\n"
        "runs/a   0.97\n"
        "\n"
        "run      low\n"
        "runs/a  0.96"
    )


def test_where_nothing_has_room_beside_the_name_it_is_one_table():
    assert columns(ROWS, width=13) == columns(ROWS)
    assert columns(ROWS, width=14).count("\n\n") == 4


def test_a_cell_cannot_break_a_row():
    assert columns([["a\nb", "c"]]) == "a\\nb  c"
