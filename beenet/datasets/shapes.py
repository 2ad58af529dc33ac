"""Normalizes the several shapes in which the same examples may be pickled."""

from beenet.errors import DatasetError


def example_shape(
    stored: tuple[int, ...], expected: tuple[int, ...] | None, where: str
) -> tuple[int, ...]:
    """Return the shape (height, width, channels) of one example of a stored array.

    Trailing sides of 1 may be left out: (n, 4000), (n, 4000, 1) and (n, 4000, 1, 1)
    hold the same audio, (n, 64, 64) and (n, 64, 64, 1) the same gray images.

    Args:
        stored: the whole array's shape, the examples' axis first.
        expected: the registry's shape, or None for own data.
        where: names the file in errors.

    Raises:
        DatasetError: the array is empty, or does not have the expected shape.
    """
    if len(stored) < 2 or 0 in stored:
        raise DatasetError(
            f"{where}: has shape {stored}; expected (n, height, width, channels) "
            "or (n, samples)"
        )
    one = stored[1:]
    if expected is not None:
        if one + (1,) * (len(expected) - len(one)) != expected:
            sides = ", ".join(str(side) for side in expected)
            raise DatasetError(f"{where}: has shape {stored}; expected (n, {sides})")
        return expected
    if len(one) > 3:
        raise DatasetError(
            f"{where}: has shape {stored}; at most (n, height, width, channels) is read"
        )
    return one + (1,) * (3 - len(one))
