"""Damage of every kind, done to good files: to their bytes, and to what they say."""

import copy
import struct
from collections.abc import Iterable, Sequence
from typing import Any

from hypothesis import strategies as st

Data = Any
"""Plain data: None, bool, int, float, str, lists and dicts of them."""

_NUMBERS = [0, 1, 2, 127, 128, 255, 2**15, 2**16 - 1, 2**31 - 1, 2**31, 2**32 - 1,
            2**40, 2**62, 2**63 - 1, 2**64 - 1]  # fmt: skip
_WORDS = [b"\0", b"\n", b"\r\n", b"\xff\xfe", b"../", b"%s", b"\x80\x04", b"1e999999"]

_KEYS = ["name", "path", "..", "", "a", "\x1b[2J", "\n", "format", "0"]
_VALUES: list[Data] = [
    None, True, False, 0, -1, 1, 2**31, 2**64, 10**400, 0.5, -0.0, 1e308, 5e-324,
    float("inf"), float("-inf"), float("nan"), "", "a", "x" * 3000, "\x1b[2J\x07", "\n",
    "../../etc/passwd", "C:\\x", "/dev/zero", "~root", "e\u0301\u202e", [], {}, [[]],
    [{}], {"a": {}}, [None] * 300, "1" * 500, "1e999999",
]  # fmt: skip


def mutated(
    seeds: Sequence[bytes], words: Sequence[bytes] = ()
) -> st.SearchStrategy[bytes]:
    """Return good files, each damaged up to six times, and now and then sheer noise.

    Args:
        seeds: good files.
        words: what means something to their reader.
    """
    return st.one_of(
        _damaged(list(seeds), [*_WORDS, *words]),
        _damaged(list(seeds), [*_WORDS, *words]),
        st.lists(st.sampled_from([*words, *_WORDS]), max_size=40).map(b"".join),
        st.binary(max_size=300),
    )


@st.composite
def _damaged(draw: st.DrawFn, seeds: list[bytes], words: list[bytes]) -> bytes:
    raw = bytearray(draw(st.sampled_from(seeds)))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(
            st.one_of(st.integers(0, min(len(raw), 200)), st.integers(0, len(raw)))
        )
        length = draw(st.integers(0, 40))
        kind = draw(
            st.sampled_from(
                ["flip", "set", "number", "cut", "drop", "word", "splice", "twice"]
            )
        )
        if kind == "flip" and at < len(raw):
            raw[at] ^= 1 << draw(st.integers(0, 7))
        elif kind == "set" and at < len(raw):
            raw[at] = draw(st.integers(0, 255))
        elif kind == "number":
            form = draw(st.sampled_from(["<H", ">H", "<I", ">I", "<Q", ">Q"]))
            mask = 2 ** (8 * struct.calcsize(form)) - 1
            number = struct.pack(form, draw(st.sampled_from(_NUMBERS)) & mask)
            raw[at : at + len(number)] = number
        elif kind == "cut":
            del raw[at:]
        elif kind == "drop":
            del raw[at : at + length]
        elif kind == "word":
            stays = draw(st.booleans())
            word = draw(st.sampled_from(words))
            raw[at : at if stays else at + len(word)] = word
        elif kind == "splice":
            other = draw(st.sampled_from(seeds))
            start = draw(st.integers(0, len(other)))
            raw[at:] = other[start : start + 20_000]
        elif kind == "twice":
            raw[at:at] = raw[at : at + length]
    return bytes(raw)


@st.composite
def altered(draw: st.DrawFn, seeds: Sequence[Data], keys: Iterable[str] = ()) -> Data:
    """Return good data with one to four values, keys or parts changed for bad ones.

    Args:
        seeds: good data.
        keys: what may be a key.
    """
    data = copy.deepcopy(draw(st.sampled_from(list(seeds))))
    names = st.sampled_from([*keys, *_KEYS])
    # Copies: what is put in here may itself be altered next.
    values = st.one_of(st.sampled_from(_VALUES), _nested()).map(copy.deepcopy)
    for _ in range(draw(st.integers(1, 4))):
        places = [place for place in _places(data) if place]
        if not places:
            return draw(values)
        place = draw(st.sampled_from(places))
        *way, last = place
        holder = data
        for step in way:
            holder = holder[step]
        kind = draw(st.sampled_from(["value", "value", "value", "drop", "move", "key"]))
        if kind == "value":
            holder[last] = draw(values)
        elif kind == "drop":
            del holder[last]
        elif kind == "move":
            holder[last] = copy.deepcopy(_at(data, draw(st.sampled_from(places))))
        elif isinstance(holder, dict):
            holder[draw(names)] = holder.pop(last)
    return data


def _nested() -> st.SearchStrategy[Data]:
    return st.recursive(
        st.sampled_from(_VALUES),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(st.sampled_from(_KEYS), inner, max_size=3)
        ),
        max_leaves=6,
    )


def _places(data: Data, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    parts: Iterable[tuple[Any, Data]] = ()
    if isinstance(data, dict):
        parts = data.items()
    elif isinstance(data, list):
        parts = enumerate(data)
    return [way, *(place for k, part in parts for place in _places(part, (*way, k)))]


def _at(data: Data, way: Iterable[Any]) -> Data:
    for step in way:
        data = data[step]
    return data
