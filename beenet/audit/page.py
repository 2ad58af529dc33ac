"""An audit as one self-contained HTML page with pictures of examples."""

from pathlib import Path
from typing import Any

from beenet.audit import text
from beenet.audit.audit import Audit, ExamplePlace, Pair
from beenet.audit.findings import findings
from beenet.audit.pictures import Thumbnails
from beenet.datasets import Dataset

_PAIRS = 24
"""The most pairs that are shown; those across splits come first."""
_SINGLES = 24
"""The most faulty examples of each kind that are shown."""


def audit_page(audit: Audit, dataset: Dataset) -> str:
    """Return the page.

    Args:
        audit: the results.
        dataset: the data set with the examples.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    copies, pictures = text.copies(audit), Thumbnails(dataset)
    silent = "Silent" if audit.kind == "audio" else "Constant"
    return environment.get_template("page.html").render(
        audit=audit,
        head=text.head(audit),
        findings=findings(audit),
        splits=text.split_rows(audit),
        classes=text.class_rows(audit),
        shared=text.shared_rows(audit),
        n_copies=len(copies),
        copies=[_pair(pictures, pair, True) for pair in copies[:_PAIRS]],
        strangers=[_pair(pictures, pair, False) for pair in audit.strangers],
        faulty={
            silent: _singles(audit, pictures, "flat"),
            "Clipped": _singles(audit, pictures, "clipped"),
        },
    )


def _pair(pictures: Thumbnails, pair: Pair, is_copy: bool) -> dict[str, Any]:
    return {
        "is_copy": is_copy,
        "crosses": pair.crosses,
        "conflicts": pair.conflicts,
        "how": "same values" if pair.exact else text.correlation_text(pair),
        "examples": [_example(pictures, place) for place in (pair.first, pair.second)],
    }


def _singles(audit: Audit, pictures: Thumbnails, kind: str) -> list[dict[str, str]]:
    places = [
        ExamplePlace(split, row, pictures.label(split, row))
        for split, facts in audit.splits.items()
        for row in getattr(facts, kind)[:_SINGLES]
    ]
    return [_example(pictures, place) for place in places[:_SINGLES]]


def _example(pictures: Thumbnails, place: ExamplePlace) -> dict[str, str]:
    return {
        "caption": text.place_text(place),
        "uri": pictures.url(place.split, place.row),
    }
