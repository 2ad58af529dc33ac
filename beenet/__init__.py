"""beenet: one YAML file in, one trained, saved and scored TFLearn network out.

From Python, `train`, `load` and `evaluate`; see `beenet.api`.
"""

from typing import TYPE_CHECKING, Any

from beenet.errors import BeenetError

if TYPE_CHECKING:
    from beenet.api import Net, Run, evaluate, load, train

__version__ = "0.1.0"

__all__ = ["BeenetError", "Net", "Run", "__version__", "evaluate", "load", "train"]


def __getattr__(name: str) -> Any:
    """Load what needs TensorFlow only when it is asked for."""
    if name not in __all__:
        raise AttributeError(f"module 'beenet' has no attribute {name!r}")
    from beenet import api

    return getattr(api, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
