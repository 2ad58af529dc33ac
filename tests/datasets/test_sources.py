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
        (
            ("A/1.png", "B/1.txt"),
            None,
            "the class B has no picture and no recording; fill",
        ),
        (
            ("A/1.png", "B/1.txt", "C/1.txt"),
            None,
            "raw: the classes B, C have no picture and no recording; fill the folders, "
            "or remove them",
        ),
        (
            ("BEE/1.png", "bee/1.png"),
            None,
            "raw: the classes BEE and bee differ in upper and lower case only; give "
            "them one name",
        ),
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
        ("File,Class,CLASS\nx,A,B\n", "has the columns File, Class, CLASS; needs"),
        ("file,class\nx,A\ny,a\n", "list.csv: the classes A and a differ in upper"),
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


def test_a_csv_of_a_spreadsheet_is_read(tree):
    folder = tree("a.png", "sub/b.png")
    path = folder / "list.csv"
    path.write_text(
        "File, Class ,Weather,\na.png,Q,rain,\n,,,\n\n  , ,,\nsub\\b.png,W,,\n"
    )
    notes = []
    found = read_source(path, note=notes.append)
    assert brief(found) == [
        ("a.png", "Q", "a.png", None),
        ("sub/b.png", "W", "sub/b.png", None),
    ]
    assert found.files[1].path == folder / "sub/b.png"
    assert notes == [
        f"{path}: columns passed over: Weather, one without a name; only file, class, "
        "group, split are read"
    ]


def test_a_backslash_that_is_no_separator_stays(tree):
    folder = tree("a\\b.png", "a/b.png")
    (folder / "list.csv").write_text("file,class\na\\b.png,Q\nno\\c.png,W\n")
    found = read_source(folder / "list.csv")
    assert [f.name for f in found.files] == ["a\\b.png", "no\\c.png"]


def test_one_class_in_two_unicode_forms_is_one_class(tree):
    parted, whole = "Ko\u0308nigin", "K\u00f6nigin"
    source = tree(f"{parted}/h/1.png", f"{whole}/h/2.png", "Drohne/h/1.png")
    found = read_source(source, "parent")
    assert found.classes == ("Drohne", "K\u00f6nigin")
    assert [f.label for f in found.files].count("K\u00f6nigin") == 2
    assert {f.group for f in found.files} == {"h"}
    lines = f"file,class\n1,{parted}\n2,{whole}\n3,Drohne\n"
    (source / "list.csv").write_text(lines, encoding="utf-8")
    assert read_source(source / "list.csv").classes == found.classes


def test_what_macos_adds_to_zip_files_is_ignored(tree):
    names = ("A/1.png", "B/1.png", "__MACOSX/A/1.png", "B/__MACOSX/2.png")
    notes = []
    found = read_source(tree(*names), note=notes.append)
    assert (found.classes, len(found.files), notes) == (("A", "B"), 2, [])


def test_names_that_are_not_utf_8_stay_distinct(tree):
    notes = []
    source = tree("A/\udcff.png", "A/\udcfe.png", "B/\u00fc.png")
    found = read_source(source, note=notes.append)
    assert [f.name for f in found.files] == [
        "A/\\xfe.png",
        "A/\\xff.png",
        "B/\u00fc.png",
    ]
    assert len({f.group for f in found.files}) == 3
    assert notes == [
        f"{source}: 2 file names are not in UTF-8; files.csv has such bytes as \\xff"
    ]


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
