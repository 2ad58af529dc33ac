import json
import math

from beenet.text.json_text import json_text


def test_what_json_has_no_word_for_is_null():
    data = {"loss": math.inf, "scores": (0.5, math.nan, [-math.inf]), "n": 3}
    text = json_text(data)
    assert json.loads(text, parse_constant=lambda word: 1 / 0) == {
        "loss": None,
        "scores": [0.5, None, [None]],
        "n": 3,
    }


def test_letters_are_written_as_they_are():
    assert json_text(["Königin"]) == '[\n  "Königin"\n]'
