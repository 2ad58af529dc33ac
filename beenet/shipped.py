"""Finds, describes and copies the configs that are shipped with beenet."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from beenet.errors import AlreadyExistsError, BeenetError, ConfigError
from beenet.system import files
from beenet.system.write_errors import explain_write_errors

if TYPE_CHECKING:
    from beenet.config.sweep import Sweep

SCHEMA = "schema.json"


def folder() -> Path:
    """Return their folder: inside an installed package, beside it in a checkout."""
    package = Path(__file__).parent
    inside = package / "configs"
    return inside if inside.is_dir() else package.with_name("configs")


def names() -> list[str]:
    """Return the names of all shipped configs, such as ``mnist/convnet1``."""
    home = folder()
    paths = (path.relative_to(home) for path in home.rglob("*.yaml"))
    return sorted(path.with_suffix("").as_posix() for path in paths)


def find(name: str) -> Path | None:
    """Return the file of a shipped config; None if none has that name.

    Args:
        name: ``mnist/convnet1``, optionally with the prefix ``configs/`` and the suffix
            ``.yaml``, as in a checkout.
    """
    bare = name.removeprefix("configs/").removesuffix(".yaml")
    return folder() / f"{bare}.yaml" if bare in names() else None


def most_like(given: str) -> str | None:
    """Return the name closest to ``given``, with or without its folder, if any."""
    last = {name.rpartition("/")[2]: name for name in reversed(names())}
    near = difflib.get_close_matches(given, names(), 1, 0.8)
    near += [last[name] for name in difflib.get_close_matches(given, last, 1, 0.8)]
    return near[0] if near else None


def with_bases(sweep: Sweep, beside: Path) -> Sweep:
    """Return a sweep in which names of shipped configs as bases are replaced by paths.

    Args:
        sweep: the sweep as read from its file.
        beside: the file's folder; files there take precedence.
    """

    def file_of(base: str) -> str:
        own = os.path.join(beside, os.path.expanduser(base))
        found = None if os.path.exists(own) else find(base)
        return str(found or base)

    return sweep.model_copy(update={"base": tuple(map(file_of, sweep.base))})


def purpose(name: str) -> str:
    """Return the first paragraph of a shipped config's comment, as one line."""
    lines = (folder() / f"{name}.yaml").read_text(encoding="utf-8").splitlines()
    comment: list[str] = []
    for line in lines[1:]:
        text = line.removeprefix("#").strip()
        if comment and not text:
            break
        comment += [text] if text else []
    return " ".join(comment)


def copy(name: str, out: Path, *, overwrite: bool = False) -> list[Path]:
    """Copy a shipped config, or a folder of them, and the schemas for editors.

    Args:
        name: the name of a config, or of a folder: ``mnist``.
        out: the target folder, which corresponds to ``configs/``.
        overwrite: replace existing configs.

    Returns:
        The configs that were written.

    Raises:
        ConfigError: no config or folder has that name.
        AlreadyExistsError: a config exists already.
        BeenetError: they cannot be written.
    """
    exact = find(name)
    chosen = [exact] if exact else list(_below(name))
    if not chosen:
        near = most_like(name)
        hint = f"did you mean {near!r}?" if near else "see `beenet configs`"
        raise ConfigError(f"no shipped config is called {name!r}; {hint}")
    written = [out / path.relative_to(folder()) for path in chosen]
    for path in () if overwrite else written:
        if path.exists():
            raise AlreadyExistsError(path)
    with explain_write_errors(out, "--out", BeenetError):
        for source, path in zip(chosen, written, strict=True):
            _copy(source, path)
        for base in sorted({base for source in chosen for base in _bases(source)}):
            if not (place := out / base.relative_to(folder())).exists():
                _copy(base, place)
                written.append(place)
        for schema in (folder() / SCHEMA, folder() / "sweeps" / SCHEMA):
            place = out / schema.relative_to(folder())
            if place.parent.is_dir():
                _copy(schema, place)
    return written


def _below(name: str) -> Iterator[Path]:
    """Yield the configs of a folder."""
    prefix = name.removeprefix("configs/").rstrip("/") + "/"
    return (folder() / f"{n}.yaml" for n in names() if n.startswith(prefix))


def _bases(path: Path) -> set[Path]:
    """Return the base configs of a sweep; none for a file that is not a sweep."""
    if path.parent != folder() / "sweeps":
        return set()
    from beenet.config.sweep import load_sweep  # pydantic, which `--help` avoids

    sweep, _ = load_sweep(path)
    return {Path(os.path.normpath(path.parent / base)) for base in sweep.base}


def _copy(source: Path, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    files.write_bytes(path, source.read_bytes())
