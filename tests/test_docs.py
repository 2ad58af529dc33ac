"""The pages of docs/: messages that the code prints, an index, links that lead on."""

import ast
import re
from pathlib import Path

import pytest

from beenet.config import load_config
from tools import files_page

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(path.name for path in DOCS.glob("*.md"))
SOURCES = [*sorted((ROOT / "beenet").rglob("*.py")), ROOT / "Makefile"]

GAP = "…"


def texts(path: Path) -> list[str]:
    """Every text in a file; what is filled in, or added by +, is a gap."""
    if path.suffix != ".py":
        return [path.read_text()]
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Constant | ast.JoinedStr | ast.BinOp):
            found.append(text_of(node))
    return found


def text_of(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return "".join(map(text_of, node.values))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return text_of(node.left) + text_of(node.right)
    return GAP


def messages() -> list[str]:
    page = (DOCS / "troubleshooting.md").read_text()
    quoted = re.findall(r"^\*\*`([^`]+)`\*\* —", page, re.MULTILINE)
    assert len(quoted) == page.count("\n**"), "each is **`quoted`** — explained"
    return [" ".join(quote.split()) for quote in quoted]


@pytest.fixture(scope="module")
def said() -> list[str]:
    return [text for path in SOURCES for text in texts(path)]


@pytest.mark.parametrize("message", messages())
def test_a_message_of_the_troubleshooting_page_is_said(message, said) -> None:
    pieces = [piece for piece in message.split(GAP) if piece.strip(" :;,.?'")]
    pattern = re.compile(".*".join(map(re.escape, pieces)), re.DOTALL)
    assert any(pattern.search(text) for text in said)


def test_a_message_that_nobody_says_is_found_out(said) -> None:
    assert not any("the cat sat on the config" in text for text in said)


def test_the_index_names_each_page_once_and_nothing_else() -> None:
    index = (DOCS / "README.md").read_text()
    linked = re.findall(r"^- \[[^\]]+\]\(([^)]+)\): \S", index, re.MULTILINE)
    assert sorted(linked) == sorted(set(PAGES) - {"README.md"})


def test_the_script_and_its_config_side_by_side_make_the_same_graph(tmp_path) -> None:
    """Operation by operation, by name, kind and inputs."""
    from beenet.network.build import build
    from beenet.tflearn_backend import tf, tflearn

    page = (DOCS / "old-scripts.md").read_text().split("## Moved to YAML")[1]
    (script,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    (yaml,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    data = re.compile(
        r"^(def load|    with|        return|train_X,|test_X,|valid_X,).*$"
    )
    lines = [line for line in script.splitlines() if not data.match(line)]
    until = next(i for i, line in enumerate(lines) if line.startswith("model.fit("))
    (tmp_path / "bee1.yaml").write_text(yaml)
    config = load_config(tmp_path / "bee1.yaml").config
    training = {"n_epoch": 2, "batch_size": 10, "shuffle": True}
    for key, value in training.items():
        assert f"{key}={value}" in script
    assert (config.training.epochs, config.training.batch_size) == (2, 10)

    def described(graph):
        return {op.name: (op.type, [i.name for i in op.inputs]) for op in graph}

    with tf.Graph().as_default() as graph:
        tflearn.config.init_training_mode()
        exec("\n".join(lines[:until]), {})
        scripted = described(graph.get_operations())
    with build(config, (64, 64, 3), 2) as network:
        ours = described(network.graph.get_operations())
    assert len(scripted) > 300
    assert {name: ours.get(name) for name in scripted} == scripted


def test_the_list_of_files_is_what_the_files_say() -> None:
    assert (DOCS / "files.md").read_text(encoding="utf-8") == files_page.page(), (
        "write it anew: make reference"
    )


def test_every_folder_of_modules_is_listed() -> None:
    """One without an `__init__.py` would be missed, and not be packaged either."""
    listed = set(files_page.folders())
    assert {path.parent for path in files_page.PACKAGE.rglob("*.py")} == listed


@pytest.mark.parametrize("page", ["README.md", *(f"docs/{page}" for page in PAGES)])
def test_links_lead_to_files(page: str) -> None:
    text = (ROOT / page).read_text()
    for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
        assert ((ROOT / page).parent / link).exists(), link


def test_make_help_lists_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: ((?:.*\\\n)*.*)$", makefile, re.MULTILINE)
    targets = set(phony[1].replace("\\\n", " ").split())
    shown = set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))
    assert targets - shown == {"reproduce-here"}  # of another target
    assert shown <= targets


def test_the_versions_that_are_tried_are_those_that_are_claimed() -> None:
    script = (ROOT / ".ci/versions").read_text()
    pairs = re.search(r"\|\| pairs=\(([^)]*)\)", script)[1].split()
    claims = (ROOT / "pyproject.toml").read_text()
    low, high = re.search(r'requires-python = ">=3\.(\d+),<3\.(\d+)"', claims).groups()
    pythons = {int(pair.split(":")[0].split(".")[1]) for pair in pairs}
    assert {min(pythons), max(pythons)} == {int(low), int(high) - 1}
    low, high = re.search(r'"tensorflow>=2\.(\d+),<2\.(\d+)"', claims).groups()
    tensorflows = {int(pair.split(":")[1].split(".")[1]) for pair in pairs}
    assert {min(tensorflows), max(tensorflows)} == {int(low), int(high) - 1}
