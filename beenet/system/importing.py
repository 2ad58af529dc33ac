"""Context managers that import heavy packages in less time."""

import contextlib
import gc
import sys
from collections.abc import Iterator


@contextlib.contextmanager
def hide_packages(*packages: str) -> Iterator[None]:
    """Hide packages that have not been imported yet, as if they were not installed.

    TensorFlow imports Keras, JAX and Matplotlib's GUI backends if they are installed,
    and works without them: a second of every start, for nothing that beenet uses.
    Afterwards they can be imported as usual; meanwhile no thread can import them.
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
    """Import without garbage collection, and exclude the imported objects from it.

    It would traverse TensorFlow's hundreds of thousands of objects again and again,
    during the import and afterwards, a fifth of a second each time, although they are
    permanent. Existing cyclic garbage of the caller is never freed either.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        if was_enabled:
            gc.enable()
