from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from beenet.datasets.encode import Encoder, NotUnitsError, decode
from beenet.errors import DatasetError


class Rows:
    def __init__(self, array: NDArray[Any]) -> None:
        self.array = array
        self.shape, self.dtype = array.shape, array.dtype

    def rows(self, start: int, stop: int) -> NDArray[Any]:
        return self.array[start:stop]


def encoded(array: NDArray[Any], dtype: type[np.uint8 | np.float32]) -> NDArray[Any]:
    return np.concatenate(list(Encoder(Rows(array), "a file").blocks(dtype)))


ALL = np.arange(256, dtype=np.uint8)


def bits(array: NDArray[np.float32]) -> list[int]:
    values: list[int] = array.view(np.int32).tolist()
    return values


@pytest.mark.parametrize(
    "original",
    [
        ALL / 255,
        ALL.astype(np.float32) / np.float32(255),
        ALL * (1 / 255),
        np.float32(ALL / 255),
    ],
    ids=["float64", "float32", "float64 product", "rounded"],
)
def test_all_256_units_survive_as_bytes_to_the_last_bit(
    original: NDArray[Any],
) -> None:
    stored = encoded(original.reshape(-1, 1), np.uint8)
    assert stored.dtype == np.uint8
    assert bits(decode(stored).ravel()) == bits(original.astype(np.float32))


def test_decoding_gives_k_255ths_rounded_once() -> None:
    assert bits(decode(ALL)) == bits((ALL / 255).astype(np.float32))


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
def test_decoding_into_given_memory(dtype: type[np.generic]) -> None:
    stored, out = ALL[::2].astype(dtype), np.empty(128, np.float32)
    assert decode(stored, out) is out
    assert bits(out) == bits(decode(stored))


@pytest.mark.parametrize("odd", [-0.0, 0.5, 1.5, -1.0, np.nextafter(np.float32(1), 0)])
def test_one_odd_value_keeps_the_floats(odd: float) -> None:
    array = np.zeros((3, 2), np.float32)
    array[2, 1] = odd
    with pytest.raises(NotUnitsError):
        encoded(array, np.uint8)
    assert bits(encoded(array, np.float32).ravel()) == bits(array.ravel())


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e300])
def test_the_first_row_with_a_number_that_is_none_is_named(bad: float) -> None:
    array = np.zeros((9, 4))
    array[7, 2] = array[8, 0] = bad
    with pytest.raises(DatasetError) as caught:
        encoded(array, np.uint8)
    assert str(caught.value) == (
        "a file: row 7 holds NaN, infinity or a number too large for float32"
    )


def test_rows_are_counted_across_blocks() -> None:
    array = np.zeros((5, 2**21), np.float32)  # two rows a block
    array[4, 0] = np.nan
    with pytest.raises(DatasetError, match="row 4 holds NaN"):
        encoded(array, np.float32)


def test_the_range_is_recorded() -> None:
    encoder = Encoder(Rows(np.array([[-2.5], [7.0]])), "a file")
    list(encoder.blocks(np.float32))
    assert (encoder.low, encoder.high) == (-2.5, 7.0)


def test_the_range_of_bytes_is_that_of_what_they_mean() -> None:
    encoder = Encoder(Rows(np.array([[51], [255]], np.uint8)), "a file")
    list(encoder.blocks(np.uint8))
    assert (encoder.low, encoder.high) == (0.2, 1.0)


def test_decoding_returns_a_fresh_contiguous_array() -> None:
    values = np.zeros((4, 3), np.float32)
    fresh = decode(values[::2])
    fresh += 1
    assert fresh.flags.c_contiguous
    assert not values.any()
