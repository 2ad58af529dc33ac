"""Configs: reads YAML, checks it against rules, and returns typed models."""

from beenet.config.lint import LintFinding, lint
from beenet.config.load import (
    LoadedConfig,
    dump_config,
    load_config,
    load_mapping,
    plain,
)
from beenet.config.model import Config

__all__ = [
    "Config",
    "LintFinding",
    "LoadedConfig",
    "dump_config",
    "lint",
    "load_config",
    "load_mapping",
    "plain",
]
