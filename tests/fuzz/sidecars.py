"""The sidecar of a `.tfl`."""

from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from beenet.config.yaml_text import parse
from beenet.network.sidecar import Sidecar, read_sidecar
from beenet.registry import REGISTRY
from beenet.system.thread_plan import ThreadPlan
from fuzz import configs
from fuzz.mutation import altered, mutated

_KEYS = ["format", "versions", "dataset", "title", "shape", "classes", "synthetic",
         "sha256", "recipe", "plan", "config", "kind", "seconds", "samples"]  # fmt: skip


def seeds() -> list[bytes]:
    from beenet.config.load import load_mapping
    from beenet.media import recipe_for

    texts = []
    for plain in configs.plain_seeds()[:2]:
        config = load_mapping(plain).config
        info = REGISTRY[config.dataset.name or ""]
        recipe, plan = recipe_for(info.shape, info), ThreadPlan(1, 1)
        sidecar = Sidecar(
            config, info.name, info.shape, info.classes, False, {}, plan, recipe
        )
        texts.append(sidecar.to_text({"tensorflow": "2.21.0"}).encode())
    return texts


def inputs() -> st.SearchStrategy[bytes]:
    words = [key.encode() + b": " for key in _KEYS]
    plain: list[Any] = [parse(text.decode(), "seed")[0].data for text in seeds()]
    keys = [*_KEYS, *configs.keys()]
    return mutated(seeds(), words) | altered(plain, keys).map(configs.as_yaml)


def target(data: bytes, folder: Path) -> None:
    prefix = folder / "model.tfl"
    Path(f"{prefix}.yaml").write_bytes(data)
    found = read_sidecar(prefix)
    found.to_text({})
