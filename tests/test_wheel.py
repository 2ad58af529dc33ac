"""What is released: a wheel and an sdist that hold all of beenet, and nothing else."""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from beenet import __version__

ROOT = Path(__file__).parents[1]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def dist(tmp_path_factory) -> Path:
    """Build both, the wheel from the sdist, without the network."""
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out)]
    done = subprocess.run([*command, str(ROOT)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return out


def tracked(folder: str) -> set[str]:
    """What git knows of a folder, and is there."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", folder],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    return {name for name in listed.stdout.splitlines() if (ROOT / name).is_file()}


def test_the_wheel_holds_the_package_the_configs_and_nothing_else(dist: Path) -> None:
    (wheel,) = dist.glob("*.whl")
    assert wheel.name == f"beenet-{__version__}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        info = f"beenet-{__version__}.dist-info/"
        metadata = archive.read(f"{info}METADATA").decode()
    assert f"\nVersion: {__version__}\n" in metadata
    inside = {name for name in names if not name.startswith(info)}
    configs = {f"beenet/{name}" for name in tracked("configs")}
    assert inside == tracked("beenet") | configs
    assert "beenet/py.typed" in inside
    assert len([name for name in inside if name.endswith("-ubyte.xz")]) == 4
    licences = {name for name in names if "/licenses/" in name}
    assert licences == {
        f"{info}licenses/LICENSE",
        f"{info}licenses/beenet/datasets/mnist/LICENSE",
    }


def test_the_sdist_holds_the_checkout(dist: Path) -> None:
    (sdist,) = dist.glob("*.tar.gz")
    top = f"beenet-{__version__}/"
    with tarfile.open(sdist) as archive:
        names = {name.removeprefix(top) for name in archive.getnames()}
    for folder in ("beenet", "configs", "docs", "tests"):
        assert {name for name in names if name.startswith(f"{folder}/")} == (
            tracked(folder)
        )
    rest = {name for name in names if "/" not in name}
    assert rest == {
        ".gitignore",
        "CHANGELOG.md",
        "LICENSE",
        "Makefile",
        "PKG-INFO",
        "README.md",
        "pyproject.toml",
    }


def test_an_installed_wheel_finds_its_configs(dist: Path, tmp_path: Path) -> None:
    """From the unpacked wheel, in an empty folder: what pip installs, so to speak."""
    (wheel,) = dist.glob("*.whl")
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    (tmp_path / "empty").mkdir()
    code = f"import sys; sys.path.insert(0, {str(site)!r}); from beenet.cli import main"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}; main(['check', 'mnist/tflearn_convnet1'])"],
        capture_output=True,
        text=True,
        cwd=tmp_path / "empty",
        env={"PATH": ""},
    )
    path = site / "beenet/configs/mnist/tflearn_convnet1.yaml"
    assert (done.stdout, done.stderr) == (f"{path}: ok\n", "")
