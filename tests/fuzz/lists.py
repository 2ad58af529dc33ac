"""The CSV file of `beenet data build`."""

from pathlib import Path

from hypothesis import strategies as st

from beenet.datasets.sources import read_source
from fuzz.mutation import mutated

_WORDS = [b",", b'"', b"\n", b"file", b"class", b"split", b"group", b"../../x.png",
          b"/etc/passwd", b"\0", b"train", b"x" * 140_000, b"\xef\xbb\xbf"]  # fmt: skip


def seeds() -> list[bytes]:
    return [
        b"file,class\na.png,BEE\nb/c.png,NO_BEE\n",
        b'file,class,group,split\na.wav,A,1,train\n"b,c.wav",B,2,test\nd.wav,B,3,val\n',
    ]


def inputs() -> st.SearchStrategy[bytes]:
    return mutated(seeds(), _WORDS)


def target(data: bytes, folder: Path) -> None:
    path = folder / "list.csv"
    path.write_bytes(data)
    read_source(path)
