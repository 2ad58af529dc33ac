"""The same readers under libFuzzer, which keeps the inputs that reach new code.

    python -m fuzz.guided pickles 600      # make fuzz-guided FUZZ_READER=pickles

Needs atheris, which has no wheels for every Python and is therefore in no extra.
"""

import importlib
import sys
import tempfile
from pathlib import Path

import atheris


def main() -> None:
    """Fuzz one reader for some seconds, from its own good examples."""
    name, seconds = sys.argv[1], int(sys.argv[2])
    with atheris.instrument_imports(include=["beenet"]):
        reader = importlib.import_module(f"fuzz.{name}")
        guarded = importlib.import_module("fuzz.guard").guarded
    with tempfile.TemporaryDirectory() as corpus:
        for i, good in enumerate(reader.seeds()):
            (Path(corpus) / f"seed-{i}").write_bytes(good)

        def read(data: bytes) -> None:
            with tempfile.TemporaryDirectory() as folder, guarded(Path(folder)):
                reader.target(data, Path(folder))

        options = [f"-max_total_time={seconds}", "-max_len=65536", "-timeout=60"]
        atheris.Setup([sys.argv[0], *options, corpus], read)
        atheris.Fuzz()  # ends the process: what libFuzzer prints is the result


if __name__ == "__main__":
    main()
