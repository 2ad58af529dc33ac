"""How a heavy package is imported in less time."""

import contextlib
import gc
import sys
from collections.abc import Iterator


@contextlib.contextmanager
def hide_packages(*packages: str) -> Iterator[None]:
    """Hide packages that have not been imported yet, as if they were not installed.

    TensorFlow imports Keras, and JAX and Matplotlib's windows where they are there,
    and goes on without: a second of every start, for nothing that beenet asks for.
    Afterwards they can be imported as ever; meanwhile no thread can.
    """
    names = [name for name in packages if name not in sys.modules]
    for name in names:
        sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        for name in names:
            sys.modules.pop(name, None)


@contextlib.contextmanager
def without_gc() -> Iterator[None]:
    """Import without Python's search for garbage, and spare it what was imported.

    It would search the hundreds of thousands of objects that TensorFlow is made of
    again and again, while they are made and ever after, a fifth of a second each time;
    they are there to stay. The caller's garbage in cycles stays with them.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        if was_enabled:
            gc.enable()
