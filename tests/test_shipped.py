"""The configs that come with beenet are found from any folder, and can be copied."""

from pathlib import Path

import pytest

from beenet import shipped
from beenet.config import load_config
from beenet.config.sweep import load_sweep
from beenet.errors import AlreadyExistsError, BeenetError, ConfigError


def test_every_config_of_the_checkout_is_known_by_its_path() -> None:
    root = Path(__file__).parents[1] / "configs"
    assert shipped.folder() == root
    paths = {str(path.relative_to(root)) for path in root.rglob("*.yaml")}
    assert {f"{name}.yaml" for name in shipped.names()} == paths


@pytest.mark.parametrize(
    "name", ["mnist/convnet1", "mnist/convnet1.yaml", "configs/mnist/convnet1.yaml"]
)
def test_a_config_is_found_by_its_name(name: str) -> None:
    assert shipped.find(name) == shipped.folder() / "mnist/convnet1.yaml"


@pytest.mark.parametrize("name", ["mnist", "", "../configs/mnist/convnet1", "/etc/x"])
def test_nothing_else_is_found(name: str) -> None:
    assert shipped.find(name) is None


def test_a_sweep_begins_with_a_shipped_config_or_one_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "mnist").mkdir()
    (tmp_path / "mnist/convnet2.yaml").write_text("")
    file = tmp_path / "s.yaml"
    bases = ["mnist/convnet1", "mnist/convnet2.yaml", "mnist/convnet9", "own.yaml"]
    file.write_text(f"base: [{', '.join(bases)}]\nseeds: 2\n")
    sweep, _ = load_sweep(file)
    file.write_text(f"base: {'a' * 300}\n")
    long, _ = load_sweep(file)
    assert shipped.with_bases(long, tmp_path) == long
    assert shipped.with_bases(sweep, tmp_path).base == (
        str(shipped.folder() / "mnist/convnet1.yaml"),
        *bases[1:],
    )


def test_each_says_what_it_is_for() -> None:
    for name in shipped.names():
        assert len(shipped.purpose(name)) > 20
        assert "\n" not in shipped.purpose(name)
    assert shipped.purpose("sweeps/mnist_lr") == (
        "Learning rates on the lecture's 1st ConvNet."
    )


def test_a_copy_is_the_same_config_and_finds_its_schema(tmp_path: Path) -> None:
    (path,) = shipped.copy("mnist/convnet1", tmp_path / "configs")
    assert path == tmp_path / "configs/mnist/convnet1.yaml"
    original = load_config(shipped.folder() / "mnist/convnet1.yaml").config
    assert load_config(path).config == original
    link = path.read_text().splitlines()[0].partition("$schema=")[2]
    schema = (path.parent / link).read_bytes()
    assert schema == (shipped.folder() / "schema.json").read_bytes()


def test_a_sweep_brings_its_base_along(tmp_path: Path) -> None:
    sweeps = [name for name in shipped.names() if name.startswith("sweeps/")]
    for name in sweeps:
        paths = shipped.copy(name, tmp_path / name)
        wanted, _ = load_sweep(paths[0])
        bases = {(paths[0].parent / base).resolve() for base in wanted.base}
        assert bases == {path.resolve() for path in paths[1:]}
        assert (paths[0].parent / "schema.json").exists()


def test_a_folder_is_copied_whole(tmp_path: Path) -> None:
    names = [name for name in shipped.names() if name.startswith("mnist/")]
    paths = shipped.copy("mnist", tmp_path)
    assert paths == [tmp_path / f"{name}.yaml" for name in names]


def test_what_is_there_stays_unless_told(tmp_path: Path) -> None:
    (path,) = shipped.copy("mnist/convnet1", tmp_path)
    path.write_text("mine")
    with pytest.raises(AlreadyExistsError) as caught:
        shipped.copy("mnist", tmp_path)
    assert str(caught.value) == f"{path} is there already; --overwrite replaces it"
    assert path.read_text() == "mine"
    assert not (tmp_path / "mnist/convnet2.yaml").exists()
    shipped.copy("mnist/convnet1", tmp_path, overwrite=True)
    assert path.read_text() != "mine"


def test_an_unknown_name_and_a_bad_place_are_one_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"^no shipped config is called 'minst'; see"):
        shipped.copy("minst", tmp_path)
    with pytest.raises(ConfigError, match=r"; did you mean 'mnist/convnet1'\?$"):
        shipped.copy("mnst/convnet1", tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(
        BeenetError, match=r"^cannot write .*file: .*; choose another place with --out$"
    ):
        shipped.copy("mnist/convnet1", tmp_path / "file")
