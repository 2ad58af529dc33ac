"""What stands on the page: the report room's numbers, and nothing that could run."""

import base64
import hashlib
import json
import re
import shutil
import zlib
from html.parser import HTMLParser

import numpy as np
import pytest

from beenet.report.comparison import compare
from beenet.report.leaderboard import leaderboard, leaderboard_csv
from beenet.report.page.page import make_page


class Parsed(HTMLParser):
    """The elements of a page, as a browser finds them."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.elements, self.texts, self.scripts = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, data):
        if self.lasttag == "script" and not data.isspace():
            self.scripts[-1] += data
        self.texts.append(data)

    def attribute(self, name):
        return [a[name] for _, a in self.elements if name in a]


@pytest.fixture(scope="module")
def parsed(page):
    return Parsed(page)


@pytest.fixture(scope="module")
def data(parsed):
    return json.loads(parsed.scripts[0])


def words(text):
    return " ".join(text.split())


def unpacked(text, kind):
    return np.frombuffer(zlib.decompress(base64.b64decode(text)), kind)


@pytest.mark.slow
def test_the_same_runs_give_the_same_bytes(page, lab, tiny_data):
    assert make_page(leaderboard([lab]), data_dir=tiny_data) == page


def test_nothing_is_asked_of_the_network(page, parsed):
    links = parsed.attribute("href") + parsed.attribute("src")
    assert links
    assert all(link.startswith("#") for link in links)
    assert "@import" not in page
    assert not re.search(r"url\((?!#)", page)


def test_no_script_but_ours_can_run(page, parsed):
    assert len(parsed.scripts) == 2  # the data, and ours
    script = page[page.rindex("<script>") + len("<script>") : page.rindex("</script>")]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    (policy,) = [
        a["content"] for tag, a in parsed.elements if tag == "meta" and "content" in a
        and "script-src" in a["content"]
    ]  # fmt: skip
    assert "default-src 'none'" in policy
    assert f"script-src 'sha256-{digest}'" in policy
    assert not [name for _, a in parsed.elements for name in a if name.startswith("on")]
    assert not [tag for tag, _ in parsed.elements if tag in ("img", "iframe", "base")]
    assert page.count("alert(1)") > 4  # it is there, as text
    assert "<script>alert" not in page
    assert "onerror=alert(1)>" not in page


def test_the_table_is_the_leaderboard(page, lab):
    text = words(re.sub(r"<[^>]*>", " ", page))
    board = leaderboard([lab])
    for line in leaderboard_csv(board).splitlines()[1:]:
        assert f"{float(line.split(',')[6]):.4f}" in text
    assert "lab/learning_rate-0.05/seed-*" in text
    assert "runs that differ only by their seed: mean" in text
    assert text.count("seed 1") >= 2


def test_every_run_has_its_page(parsed, page):
    ids = parsed.attribute("id")
    assert [i for i in ids if i.startswith("run-")] == [f"run-{n}" for n in range(5)]
    assert len(ids) == len(set(ids))
    text = words(re.sub(r"<[^>]*>", " ", page))
    for part in ("max_pool_2d", "trainable: ", "STRIPED", "The ring marks epoch 3"):
        assert text.count(part) >= 5, part
    assert "# &lt;script&gt;alert(1)&lt;/script&gt; &lt;/pre&gt;" in page


def test_mistakes_come_surest_first_with_their_pictures(page, data):
    section = page[page.index('id="run-1"') : page.index('id="run-2"')]
    keys = re.findall(r'data-media="([\d.]+)"', section)
    assert len(keys) == 3
    given = [float(p) for p in re.findall(r"p\(true\) ([\d.]+)", section)]
    assert given == sorted(given)
    assert set(keys) <= set(data["media"])
    picture = data["media"][keys[0]]["picture"]
    assert picture.startswith("data:image/png;base64,")


def test_an_example_is_on_the_page_once(data):
    pictures = [media["picture"] for media in data["media"].values()]
    assert len(pictures) == len(set(pictures)) > 10


def test_any_two_runs_can_be_compared(data, lab):
    paths = [run["path"] for run in data["runs"]]
    for split in ("train", "test", "valid"):
        assert len(data["tests"][split]) == 10
        for a, b, only_a, only_b, p in data["tests"][split]:
            found = compare(lab / paths[a], lab / paths[b], split=split)
            (test,) = [s.paired for s in found.splits if s.split == split]
            assert (only_a, only_b) == (test.only_first, test.only_second)
            assert p == pytest.approx(test.p, rel=1e-5)


def test_flips_are_those_of_compare(data, lab):
    a, b = data["runs"][1], data["runs"][3]
    found = compare(lab / a["path"], lab / b["path"])
    group = data["examples"][a["answers"]["group"]]
    places = unpacked(group["places"], "<u4")
    one, two = (unpacked(run["answers"]["predicted"], "u1") for run in (a, b))
    flipped = places[one != two].tolist()
    assert flipped == [flip.index for flip in found.flips]
    shares = unpacked(a["answers"]["probability"], "u1") / 255
    by_place = dict(zip(places.tolist(), shares.tolist(), strict=True))
    for flip in found.flips:
        assert by_place[flip.index] == pytest.approx(flip.first_probability, abs=0.003)


def test_configs_tell_what_is_not_the_same(data, lab):
    one, two = data["runs"][1], data["runs"][3]
    differ = {k for k in one["config"] if one["config"][k] != two["config"].get(k)}
    found = compare(lab / one["path"], lab / two["path"])
    assert differ == {change.key for change in found.config}


def test_a_sweep_has_its_plots(page):
    section = page[page.index('id="sweep-0"') :]
    section = section[: section.index("</section>")]
    assert "4 runs on data" in section
    assert section.count("<svg") == 1
    assert "optimizer.momentum.learning_rate" in section


@pytest.mark.usefixtures("undrawn")
def test_where_the_data_are_not_here_it_says_so(write_run, tmp_path, tiny_data):
    folder = write_run(tmp_path / "run", wrong=[1])
    sidecar = folder.path / "model.tfl.yaml"
    sidecar.write_text(sidecar.read_text().replace("path: ", "path: /nowhere"))
    text = make_page(leaderboard([tmp_path]), data_dir=tiny_data)
    assert "The examples themselves cannot be shown: /nowhere" in text
    assert "data-media=" not in text.partition("<script")[0]


@pytest.mark.usefixtures("undrawn")
def test_other_data_are_not_shown_for_those_of_the_run(write_run, tmp_path, tiny_data):
    folder = write_run(tmp_path / "run", wrong=[1])
    sidecar = folder.path / "model.tfl.yaml"
    digest = json.loads(folder.provenance.read_text())["data"]["sha256"]["valid_X.pck"]
    sidecar.write_text(sidecar.read_text().replace(digest, "ab" * 32))
    text = make_page(leaderboard([tmp_path]), data_dir=tiny_data)
    assert "the data here are not those that the run saw: data" in text


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("config.yaml", None, "config.yaml cannot be read"),
        ("config.yaml", b"a: [", "config.yaml, every default"),
        ("history.csv", None, "history.csv is not a history"),
        ("history.csv", b"", "history.csv tells of no epoch"),
        ("model.tfl.yaml", None, "has no sidecar model.tfl.yaml"),
        ("outcomes.npz", None, "the run kept no outcomes.npz"),
        ("outcomes.npz", b"PK", "outcomes.npz cannot be read"),
    ],
)
@pytest.mark.usefixtures("undrawn")
def test_a_part_that_is_missing_says_so_and_the_rest_stands(
    name, content, words, write_run, tmp_path, tiny_data
):
    folder = write_run(tmp_path / "run", wrong=[1])
    if content is None:
        (folder.path / name).unlink()
    else:
        (folder.path / name).write_bytes(content)
    if name == "outcomes.npz" and content:
        folder.outcomes.unlink()  # the leaderboard itself refuses it
        words = "the run kept no outcomes.npz"
    text = make_page(leaderboard([tmp_path]), data_dir=tiny_data)
    assert words in text
    assert "held out" in text


@pytest.mark.usefixtures("undrawn")
def test_a_history_of_impossible_numbers_is_not_drawn(write_run, tmp_path, tiny_data):
    folder = write_run(tmp_path / "run")
    folder.history.write_text(folder.history.read_text().replace("1.1", "inf"))
    text = make_page(leaderboard([tmp_path]), data_dir=tiny_data)
    assert "its numbers cannot be" in text


def test_no_runs_make_a_page_too(tmp_path):
    text = make_page(leaderboard([tmp_path]))
    assert "beenet train CONFIG" in text
    assert json.loads(Parsed(text).scripts[0])["runs"] == []


@pytest.mark.usefixtures("undrawn")
def test_a_run_that_was_moved_away_is_not_there(lab, tmp_path, tiny_data):
    shutil.copytree(lab / "lab", tmp_path / "lab")
    text = make_page(leaderboard([tmp_path]), data_dir=tiny_data)
    assert text.count('class="view page"') == 4
