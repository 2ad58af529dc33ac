"""The house: imports point down, heavy rooms stay shut, files stay small."""

import ast
import functools
import graphlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

import beenet

ROOT = Path(beenet.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))
MODULES = {
    ".".join(path.relative_to(ROOT.parent).with_suffix("").parts).removesuffix(
        ".__init__"
    ): path
    for path in FILES
}

# From the ground up; a room may import from itself and from those before it.
FLOORS = [
    ["text"],
    ["errors"],
    ["registry", "system"],
    ["dataset_json"],
    ["config"],
    ["shipped", "scores"],
    ["media", "runs"],
    ["datasets"],
    ["reporter", "drawing", "starter"],
    ["preparation"],
    ["tflearn_backend"],
    ["compat", "tracking"],
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


@functools.cache
def imports(path: Path) -> list[str]:
    """Return the modules that a file names, in functions too."""
    named = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            named += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            named.append(node.module)
            if node.module == "beenet":
                named += [f"beenet.{alias.name}" for alias in node.names]
    return named


def own_room(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def test_the_page_of_the_house_has_the_same_order():
    page = (ROOT.parent / "docs" / "house.md").read_text(encoding="utf-8")
    order = " ".join(page.split("```")[1].split())
    assert order == " -> ".join(", ".join(rooms) for rooms in FLOORS)


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


def imports_at_once(path: Path) -> set[str]:
    """The modules of beenet that a file needs before any function of it is called."""
    named = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            named |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            inside = {f"{node.module}.{alias.name}" for alias in node.names}
            named |= inside & MODULES.keys() or {node.module}
    return named & MODULES.keys()


def test_no_file_imports_itself_by_way_of_others():
    needs = {name: imports_at_once(path) - {name} for name, path in MODULES.items()}
    assert sum(map(len, needs.values())) > len(FILES)
    graphlib.TopologicalSorter(needs).prepare()


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


def test_a_sweep_leaves_tensorflow_to_its_trials():
    """Its own process would load it once more, before the first trial begins."""
    code = (
        "import sys, beenet.sweep.sweep\n"
        "loaded = {'tensorflow', 'optuna', 'distributed'} & set(sys.modules)\n"
        "sys.exit(f'loaded {loaded}' if loaded else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_help_takes_no_more_than_a_third_of_a_second():
    """Of the processor's time, which other work on the machine hardly changes."""

    def seconds():
        before = os.times()
        command = [sys.executable, "-m", "beenet", "--help"]
        subprocess.run(command, capture_output=True, check=True)
        after = os.times()
        return sum(after[2:4]) - sum(before[2:4])

    assert min(seconds() for _ in range(5)) < 0.3
