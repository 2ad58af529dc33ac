"""A config file in an empty folder, loaded or refused."""

from collections.abc import Callable
from pathlib import Path

import pytest

from beenet.config import LoadedConfig, load_config
from beenet.errors import ConfigError

Load = Callable[..., LoadedConfig]
Refuse = Callable[..., list[str]]


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    """Write a text to ``c.yaml`` in the current folder, and load it with flags."""
    monkeypatch.chdir(tmp_path)

    def load(text: str | bytes, *flags: str) -> LoadedConfig:
        data = text if isinstance(text, bytes) else text.encode()
        Path("c.yaml").write_bytes(data)
        return load_config(Path("c.yaml"), flags)

    return load


@pytest.fixture
def refuse(load: Load) -> Refuse:
    """Do the same with a text that breaks rules; return the lines that say which."""

    def refuse(text: str | bytes, *flags: str) -> list[str]:
        with pytest.raises(ConfigError) as caught:
            load(text, *flags)
        assert caught.value.exit_code == 2
        return str(caught.value).splitlines()

    return refuse
