"""The house: imports point down, heavy rooms stay shut, files stay small."""

import ast
import subprocess
import sys
import time
from pathlib import Path

import pytest

import beenet

ROOT = Path(beenet.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))

# From the ground up; a room may import from itself and from those before it.
FLOORS = [
    ["errors"],
    ["registry", "files", "interrupts", "own", "cores", "kernels", "npz"],
    ["config"],
    ["shipped"],
    ["media"],
    ["datasets", "metrics", "outcomes", "statistics", "runs", "history", "provenance"],
    ["looks", "drawing", "starter", "tracking"],
    ["preparation"],
    ["tflearn_backend"],
    ["compat"],
    ["network"],
    ["engine"],
    ["experiment"],
    ["report", "export", "progress", "doctor"],
    ["sweep", "audit"],
    ["api"],
    ["bench"],
    ["cli"],
]
FLOOR = {room: i for i, rooms in enumerate(FLOORS) for room in rooms}


def room(module: str) -> str | None:
    """Return the room of ``beenet.config.load``: ``config``."""
    parts = module.split(".")
    return parts[1] if parts[0] == "beenet" and len(parts) > 1 else None


def imports(path: Path):
    """Yield the modules that a file names, in functions too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            yield node.module
            if node.module == "beenet":
                yield from (f"beenet.{alias.name}" for alias in node.names)


def own_room(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def test_every_room_has_its_floor():
    rooms = {own_room(path) for path in FILES} - {"__init__", "__main__"}
    assert rooms == set(FLOOR)


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_point_down(path):
    own = own_room(path)
    for module in imports(path):
        target = room(module)
        if own in FLOOR and target in FLOOR and target != own:
            assert FLOOR[target] < FLOOR[own], f"{own} imports {module}"


@pytest.mark.parametrize(
    ("package", "rooms"),
    [
        ("tensorflow", {"tflearn_backend", "network", "engine", "export", "bench"}),
        ("tflearn", {"tflearn_backend", "network", "engine", "export", "bench"}),
        ("jax", {"bench"}),
        ("keras", {"bench"}),
        ("torch", {"bench"}),
        ("click", {"cli"}),
        ("rich", {"cli", "progress", "sweep"}),
        ("optuna", {"sweep"}),
        ("distributed", {"sweep"}),
        ("mlflow", {"tracking"}),
        ("yaml", {"config"}),
        ("PIL", {"media", "tflearn_backend"}),
        ("soundfile", {"media"}),
        ("matplotlib", {"drawing"}),
        ("jinja2", {"audit", "report"}),
    ],
)
def test_a_package_is_imported_in_its_rooms_alone(package, rooms):
    users = {
        own_room(path)
        for path in FILES
        for module in imports(path)
        if module.split(".")[0] == package
    }
    assert users <= rooms


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_files_stay_small(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 350


QUICK = [
    ["--help"],
    ["check", "configs/mnist/convnet1.yaml"],
    ["schema"],
    ["data", "list"],
    ["report", "runs"],
    ["configs"],
    ["completion", "bash"],
]


@pytest.mark.parametrize("command", QUICK, ids=" ".join)
def test_quick_commands_never_load_tensorflow(command):
    code = (
        "import sys\nfrom beenet.cli import main\n"
        f"try:\n    main({command!r})\nexcept SystemExit as stop:\n"
        "    code = stop.code\n"
        "loaded = {'tensorflow', 'tflearn', 'keras', 'matplotlib'} & set(sys.modules)\n"
        "sys.exit(f'exit {code}, loaded {loaded}' if code or loaded else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT.parent
    )
    assert done.returncode == 0, done.stderr


def test_help_answers_within_a_third_of_a_second():
    def seconds():
        began = time.perf_counter()
        command = [sys.executable, "-m", "beenet", "--help"]
        subprocess.run(command, capture_output=True, check=True)
        return time.perf_counter() - began

    assert min(seconds() for _ in range(5)) < 0.3
