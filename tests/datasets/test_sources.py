import os

import pytest

from beenet.datasets.sources import read_source
from beenet.errors import DatasetError


@pytest.fixture
def tree(tmp_path):
    def make(*names):
        for name in names:
            path = tmp_path / "raw" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(os.fsencode(name))
        return tmp_path / "raw"

    return make


def brief(source):
    return [(f.name, f.label, f.group, f.split) for f in source.files]


def test_class_folders(tree):
    notes = []
    names = ("B/2.png", "B/deep/1.jpg", "A/x.JPG", "A/notes.txt", ".git/x.png")
    found = read_source(tree(*names), note=notes.append)
    assert (found.kind, found.classes, found.is_split) == ("image", ("A", "B"), False)
    assert brief(found) == [
        ("A/x.JPG", "A", "A/x.JPG", None),
        ("B/2.png", "B", "B/2.png", None),
        ("B/deep/1.jpg", "B", "B/deep/1.jpg", None),
    ]
    assert len(notes) == 1
    assert notes[0].endswith(
        "1 file passed over: neither pictures nor recordings by name"
    )


def test_what_cannot_be_read_by_name_is_not_passed_over(tree):
    notes = []
    names = ("A/1.heic", "A/2.mov", "A/3.png", "B/1.HEIC", "B/2.dng")
    found = read_source(tree(*names), note=notes.append)
    assert (found.kind, [f.name for f in found.files]) == ("image", sorted(names))
    assert notes == []


def test_a_video_is_of_either_kind(tree):
    assert read_source(tree("A/1.mp4", "B/1.m4a")).kind == "audio"


def test_folders_of_splits_are_taken_as_the_splits(tree):
    names = [f"{s}/{c}/1.wav" for s in ("train", "test", "Validation") for c in "AB"]
    found = read_source(tree(*names))
    assert (found.kind, found.classes, found.is_split) == ("audio", ("A", "B"), True)
    assert {f.split for f in found.files} == {"train", "test", "valid"}


@pytest.mark.parametrize(
    ("group_by", "groups"),
    [
        ("parent", ["h1", "h2", "h1"]),
        (r"/(h\d)/", ["h1", "h2", "h1"]),
        (r"h\d", ["h1", "h2", "h1"]),
    ],
)
def test_groups_by_folder_or_by_pattern(tree, group_by, groups):
    found = read_source(tree("A/h1/x.png", "A/h2/x.png", "B/h1/x.png"), group_by)
    assert [f.group for f in found.files] == groups


def test_a_csv_says_all_of_it(tree):
    folder = tree("a.png", "b.png")
    (folder / "list.csv").write_text(
        "file,class,group,split\na.png,Q,h1,train\nb.png,W,h2,val\n"
    )
    found = read_source(folder / "list.csv")
    assert brief(found) == [
        ("a.png", "Q", "h1", "train"),
        ("b.png", "W", "h2", "valid"),
    ]
    assert found.files[0].path == folder / "a.png"


@pytest.mark.parametrize(
    ("names", "group_by", "words"),
    [
        ((), None, "no such folder or CSV file"),
        (("A/1.png",), None, "needs two classes or more, has only A"),
        (("x.png",), None, "needs two classes or more, has none"),
        (("A/1.png", "B/1.txt"), None, "B: this class has no picture and no recording"),
        (
            ("A/1.png", "A/2.png", "B/1.wav"),
            None,
            "holds both pictures (2, such as A/1.png) and recordings (1, such as "
            "B/1.wav); one set holds one kind",
        ),
        (("train/A/1.png", "test/A/1.png"), None, "has the splits test, train; needs"),
        (
            ("A/1.png", "B/1.png"),
            "parent",
            "A/1.png: lies in no folder below its class",
        ),
        (
            ("train/A/1.png", "test/A/1.png", "valid/A/1.png", "more/A/1.png"),
            None,
            "has train, test and valid, and more beside them; move it elsewhere",
        ),
        (
            ("A/1.png", "B\n/1.png"),
            None,
            r"the class 'B\n' holds a character that is no text; rename the folder",
        ),
        (
            ("A/1.png", "B\udcff/1.png"),
            None,
            r"the class 'B\udcff' holds a character that is no text; rename the folder",
        ),
        (("A/1.png", "B/1.png"), "h1", "'h1' finds no group in A/1.png"),
        (("A/1.png", "B/1.png"), "A/(x?)", "'A/(x?)' finds no group in A/1.png"),
    ],
)
def test_what_is_no_source_says_why(tree, tmp_path, names, group_by, words):
    tree(*names)
    with pytest.raises(DatasetError) as caught:
        read_source(tmp_path / "raw", group_by)
    assert words in str(caught.value)


def test_a_group_in_two_given_splits_is_refused(tree):
    names = [f"{s}/{c}/h1/{s}.png" for s in ("train", "test", "valid") for c in "AB"]
    with pytest.raises(DatasetError, match=r"the group h1 is in test \(test/A/h1"):
        read_source(tree(*names), "parent")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("file,label\nx,A\n", "has the columns file, label; needs file and class"),
        ("file,class,class\nx,A,B\n", "has the columns file, class, class; needs"),
        ("file,class\nx\n", ":2: has more or fewer cells than the first line"),
        ("file,class\nx,A,3\n", ":2: has more or fewer cells than the first line"),
        ("file,class\nx,A\n,B\n", ":3: has no file"),
        ("file,class,split\nx,A,dev\n", "must be train, test or valid, got 'dev'"),
        ("", "list.csv: is empty"),
        ("file;class\nx;A\n", "its columns are parted by ';'; save it with commas"),
        ('file,class\n"x,A\n', "is not a CSV file in UTF-8"),
    ],
)
def test_a_faulty_csv_says_where(tmp_path, text, words):
    (tmp_path / "list.csv").write_text(text)
    with pytest.raises(DatasetError) as caught:
        read_source(tmp_path / "list.csv")
    assert words in str(caught.value)


def test_bytes_that_are_no_csv(tmp_path):
    (tmp_path / "list.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DatasetError, match="is not a CSV file in UTF-8"):
        read_source(tmp_path / "list.csv")


def test_names_that_no_terminal_should_see_are_refused(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text('file,class\na.png,A\n"b\x1b[2J.png",B\n')
    with pytest.raises(DatasetError) as caught:
        read_source(path)
    assert str(caught.value) == f"{path}:3: file holds a character that is no text"


def test_odd_columns_are_told_in_one_short_line(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text('"fi\nle",class,' + "x" * 5000 + "\n")
    with pytest.raises(DatasetError) as caught:
        read_source(path)
    assert str(caught.value).startswith(f"{path}: has the columns fi le, class, xxx")
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < len(str(path)) + 200
