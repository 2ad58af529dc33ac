"""The variables of a `.tfl`: its index and its data, one behind the other."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import strategies as st

from beenet.config.load import load_mapping
from fuzz.metas import LAYERS
from fuzz.mutation import mutated

_CUT = b"\0\0the data begin here\0\0"
_WORDS = [b"fully_connected/W", b"\x80\x80\x80\x80\x80\x80\x01", b"\x08\x13", _CUT]


@cache
def seeds() -> list[bytes]:
    from beenet.network.build import build
    from beenet.network.saved import SUFFIXES, save_model

    config = load_mapping({"dataset": "MNIST", "layers": LAYERS, "name": "a"}).config
    with TemporaryDirectory() as folder, build(config, (8, 8, 1), 10) as network:
        prefix = Path(folder) / "model.tfl"
        save_model(network, prefix)
        data, index, _ = (Path(f"{prefix}{suffix}").read_bytes() for suffix in SUFFIXES)
    return [index + _CUT + data, index + _CUT]


def inputs() -> st.SearchStrategy[bytes]:
    return mutated(seeds(), _WORDS)


def target(data: bytes, folder: Path) -> None:
    from beenet.network.saved import read_variables

    prefix = folder / "model.tfl"
    index, _, values = data.partition(_CUT)
    Path(f"{prefix}.index").write_bytes(index)
    Path(f"{prefix}.data-00000-of-00001").write_bytes(values)
    read_variables(prefix)
