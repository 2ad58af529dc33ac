"""docs/files.md: each file of the package and why it is there, from its docstring.

``python -m tools.files_page > docs/files.md`` writes it; a test compares.
"""

import ast
import sys
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "beenet"

INTRODUCTION = """\
# The files

Each file of the package and its purpose: the first sentence of its docstring.
[house.md](house.md) has the rooms and the order of their imports.

Written by `make reference`; a test compares.
"""


def reason(path: Path) -> str:
    """Return the first paragraph of a file's docstring, in one line."""
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    return " ".join((docstring or "").split("\n\n")[0].split())


def folders() -> list[Path]:
    """Return the package and each folder of modules in it."""
    return sorted(path.parent for path in PACKAGE.rglob("__init__.py"))


def page() -> str:
    """Return the text of docs/files.md."""
    lines = [INTRODUCTION]
    for folder in folders():
        name = folder.relative_to(PACKAGE.parent).as_posix()
        lines.append(f"## `{name}/`\n\n{reason(folder / '__init__.py')}\n")
        for path in sorted(folder.glob("*.py")):
            if path.name != "__init__.py":
                lines.append(f"- `{path.name}`: {reason(path)}")
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(page())
