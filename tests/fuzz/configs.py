"""The config reader: YAML text to a checked config, as `beenet check` does."""

from pathlib import Path
from typing import Any

import yaml
from hypothesis import strategies as st

from beenet.config import lint, load_config
from beenet.config.yaml_text import dump, parse
from fuzz.mutation import altered, mutated

_SHIPPED = Path(__file__).parents[2] / "configs"
_WORDS = [
    b"&a ", b"*a", b"<<: ", b"!!python/object/apply:os.system [ls]", b"!!binary ", b"? ",
    b"- ", b": ", b"{", b"}", b"[", b"]", b"|\n", b">\n", b"'", b'"', b"\t", b"---\n",
    b"...\n", b"%YAML 9.9\n", b"#", b".nan", b"9" * 400, b"repeat: {times: 9999}",
    b"from: [a, b]", b"id: a", b"input_data: {shape: [9, 9, 9]}", b"\xc2\x85",
]  # fmt: skip


def seeds() -> list[bytes]:
    names = ("bee1/cnn.yaml", "buzz1/ann.yaml", "mnist/convnet5.yaml")
    branches = sorted((_SHIPPED / "architectures").glob("*/*.yaml"))[:4]
    return [path.read_bytes() for path in (*(_SHIPPED / n for n in names), *branches)]


def plain_seeds() -> list[Any]:
    return [parse(text.decode(), "seed")[0].data for text in seeds()]


def keys() -> list[str]:
    found: set[str] = set()

    def collect(data: Any) -> None:
        for part in data if isinstance(data, list) else []:
            collect(part)
        for key, part in data.items() if isinstance(data, dict) else []:
            found.add(key)
            collect(part)

    collect(plain_seeds())
    return sorted(found | {"repeat", "merge", "times", "from", "id", "sgd", "rate"})


def inputs() -> st.SearchStrategy[bytes]:
    return mutated(seeds(), _WORDS) | altered(plain_seeds(), keys()).map(as_yaml)


def as_yaml(data: Any) -> bytes:
    """Write data of any kind, also what beenet itself would never write."""
    try:
        return dump(data).encode()
    except yaml.YAMLError:
        return repr(data).encode()


def target(data: bytes, folder: Path) -> None:
    path = folder / "config.yaml"
    path.write_bytes(data)
    loaded = load_config(path)
    dataset = loaded.config.dataset
    for finding in lint(loaded, dataset.shape, dataset.n_classes):
        str(finding)
