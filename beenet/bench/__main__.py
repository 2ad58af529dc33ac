"""The benchmark's page: ``python -m beenet.bench`` measures and writes it."""

import argparse
import json
import shlex
import sys
from pathlib import Path

from beenet.bench.page import page
from beenet.bench.suite import NETS, run_suite
from beenet.errors import BeenetError
from beenet.system import files
from beenet.system.streams import tell


def main(arguments: list[str] | None = None) -> int:
    """Measure, write ``benchmark.json`` and ``benchmark.md``; return the exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    options = _parse(given)
    raw, text = options.out / "benchmark.json", options.out / "benchmark.md"
    try:
        if options.page_only:
            found = json.loads(raw.read_text(encoding="utf-8"))
        else:
            found = run_suite(
                options.configs,
                tuple(options.nets),
                steps=options.steps,
                seconds=options.seconds,
                repeats=options.repeats,
                say=tell,
            )
            flags = f" BENCH='{shlex.join(given)}'" if given else ""
            found["command"] = f"make bench{flags}"
            options.out.mkdir(parents=True, exist_ok=True)
            files.write_json(raw, found)
        files.write_text(text, page(found))
    except BeenetError as error:
        tell(f"Error: {error}")
        return error.exit_code
    tell(f"wrote {raw} and {text}")
    return 0


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m beenet.bench", description=__doc__)
    parser.add_argument("--repeats", type=int, default=5, help="rounds that count")
    parser.add_argument("--steps", type=int, help="steps in a round")
    parser.add_argument(
        "--seconds", type=float, default=1.5, help="or: how long TFLearn's round takes"
    )
    parser.add_argument("--nets", nargs="+", default=NETS, help="configs, by name")
    parser.add_argument("--configs", type=Path, default=Path("configs"))
    parser.add_argument("--out", type=Path, default=Path("docs"))
    parser.add_argument(
        "--page-only", action="store_true", help="write the page of an older measure"
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
