"""Finds mistakes in the preprocessing and augmentation of a valid config."""

import math
from collections.abc import Generator, Iterator, Sequence

from beenet.config.augmentation import Augmentation
from beenet.config.layers.base import ExampleShape, ShapeError
from beenet.config.lint_estimator import Issue
from beenet.config.model import Config
from beenet.config.preprocessing import Preprocessing, ZcaWhitening
from beenet.text.values import show_shape

_Method = Preprocessing | Augmentation


def preparation_faults(config: Config, shape: ExampleShape | None) -> Iterator[Issue]:
    """Yield the mistakes in preprocessing and augmentation.

    Args:
        config: the config.
        shape: the shape of one example of its data, if known.
    """
    yield from _useless(config)
    if shape is None:
        return
    try:
        shape = config.input_shape(shape)
    except ShapeError:  # a fault of input_data
        return
    scored = yield from _walk("preprocessing", config.preprocessing, shape)
    augmented = yield from _walk("augmentation", config.augmentation, shape)
    if scored is None or augmented is None:
        return
    first = config.nodes[0]
    given = getattr(first.layer, "shape", scored)
    if first.kind == "input_data" and given != scored:
        text = f"must be {list(scored)}, which preprocessing makes of the examples"
        yield "error", first.at("shape"), text
    trained: ExampleShape = augmented
    try:
        for method in config.preprocessing:
            trained = method.output_shape(trained)
    except ShapeError as error:
        text = f"its {show_shape(augmented)} cannot be preprocessed: {error}"
        yield "error", ("augmentation",), text
        return
    if trained != scored:
        text = (
            f"makes train examples of {show_shape(trained)}, but test and valid are "
            f"not augmented and stay {show_shape(scored)}; add crop_center: {{shape: "
            f"[{trained[0]}, {trained[1]}]}} to preprocessing"
        )
        yield "error", ("augmentation",), text


def _walk(
    key: str, methods: Sequence[_Method], shape: ExampleShape
) -> Generator[Issue, None, ExampleShape | None]:
    """Yield warnings and the first impossible method; return the shape after all."""
    for index, method in enumerate(methods):
        place = (key, index, method.yaml_name)
        try:
            shape = method.output_shape(shape)
        except ShapeError as error:
            yield "error", place, str(error)
            return None
        n = math.prod(shape)
        if isinstance(method, ZcaWhitening) and n > method.slow:
            text = (
                f"computes a matrix of {n:,} x {n:,}, in minutes and some "
                f"{n * n * 32 / 2**30:.1f} GiB of memory, and saves it in the .tfl "
                f"({n * n * 4 / 2**20:,.0f} MiB)"
            )
            yield "warning", place, text
    return shape


def _useless(config: Config) -> Iterator[Issue]:
    """Yield options that have no effect, or not the expected one."""
    seen: set[str] = set()
    for index, method in enumerate(config.preprocessing):
        name = method.yaml_name
        place = ("preprocessing", index, name)
        if method.statistic in seen:
            text = f"stands here twice; TFLearn keeps one {method.statistic} a net"
            yield "error", place, text
        seen |= {method.statistic} if method.statistic else set()
        per_channel = getattr(method, "per_channel", False)
        if per_channel and method.given_statistic is not None:
            text = f"changes nothing beside a given {method.statistic}"
            yield "error", (*place, "per_channel"), text
        elif per_channel and method.statistic is None:
            text = "changes nothing: TFLearn takes all channels of a sample together"
            yield "warning", (*place, "per_channel"), text
        if name == "image_normalization":
            yield "warning", place, "divides by 255; the images are 0..1 already"
