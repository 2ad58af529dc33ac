"""A network's layers as a table."""

from beenet.network.description import Description, LayerDescription
from beenet.report.columns import columns
from beenet.text.words import size

HEAD = ["layer", "kind", "from", "output", "parameters", "MACs", "field"]


def description_text(description: Description, width: int | None = None) -> str:
    """Return a table of the layers, and the totals below it.

    Args:
        description: of the network.
        width: the maximum line length of a table; None for no limit.
    """
    return "\n".join(
        [
            f"{description.title}: examples of {_sides(description.shape)}",
            "",
            columns([HEAD, *layer_rows(description)], left=(0, 1, 2, 3), width=width),
            "",
            columns(facts(description), left=2),
        ]
    )


def layer_rows(description: Description) -> list[list[str]]:
    """Return a row for each layer, under `HEAD`."""
    names = ["input", *(layer.name for layer in description.layers)]
    return [_row(*pair) for pair in zip(description.layers, names, strict=False)]


def facts(description: Description) -> list[list[str]]:
    """Return the totals, each with its name."""
    shape = _sides(description.shape)
    found = [
        ["trainable", f"{description.trainable:,}"],
        ["non-trainable", f"{description.fixed:,}"],
        ["MACs", f"{_count(description.macs)} for one example"],
        ["receptive field", f"{_sides(description.receptive_field)} of {shape}"],
        ["weights", size(description.weights_bytes)],
        ["activations", f"{size(description.activation_bytes)} for one example"],
    ]
    if description.model_bytes is not None:
        found.append(["files", size(description.model_bytes)])
    return found


def _row(layer: LayerDescription, above: str) -> list[str]:
    parameters = f"{layer.trainable:,}" if layer.trainable or layer.fixed else ""
    if layer.fixed:
        parameters += f" + {layer.fixed:,}"
    return [
        layer.name,
        layer.kind,
        "" if layer.sources in ((above,), ()) else ", ".join(layer.sources),
        _sides(layer.shape),
        parameters,
        "" if layer.macs == 0 else _count(layer.macs),
        _sides(layer.receptive_field),
    ]


def _sides(sides: tuple[int | None, ...] | None) -> str:
    if sides is None:
        return "-"
    return "x".join("?" if side is None else str(side) for side in sides)


def _count(count: int | None) -> str:
    return "-" if count is None else f"{count:,}"
