"""A `.meta` is a stranger's: whatever its bytes, it is read as data or refused."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from beenet.errors import NetworkError
from beenet.network.build import build
from beenet.network.foreign import reading
from beenet.network.foreign.model import read_model
from beenet.network.foreign.reading import parse_graph, read_graph
from beenet.tflearn_backend import tf

SHAPE = (8, 8, 1)


@pytest.fixture(scope="module")
def meta(tmp_path_factory, tiny_data):
    from beenet.config import load_config

    with build(load_config(tiny_data / "tiny.yaml").config, SHAPE, 3) as network:
        return network.meta


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("metas") / "m.meta"


def refused(path):
    """Return whether a file is refused, which takes one line; or else it is read."""
    reason = None
    try:
        read_model(path)
    except NetworkError as error:
        reason = str(error)
    if reason is not None:
        assert "\n" not in reason
        assert reason.startswith(f"{path} cannot be read: ")
    return reason is not None


@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.data())
def test_flipped_bits_are_read_or_refused_in_one_line(meta, place, data):
    damaged = bytearray(meta)
    for _ in range(data.draw(st.integers(1, 20))):
        damaged[data.draw(st.integers(0, len(meta) - 1))] ^= data.draw(
            st.integers(1, 255)
        )
    place.write_bytes(damaged)
    refused(place)


@settings(max_examples=30)
@given(st.data())
def test_truncated_metas_are_read_or_refused_in_one_line(meta, place, data):
    place.write_bytes(meta[: data.draw(st.integers(0, len(meta) - 1))])
    refused(place)


def test_a_whole_one_is_read(meta, place):
    place.write_bytes(meta)
    assert not refused(place)


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"\x00" * 100])
def test_what_is_no_graph_is_refused(data, place):
    place.write_bytes(data)
    assert refused(place)


def test_what_is_too_large_is_refused(meta, place, monkeypatch):
    place.write_bytes(meta)
    monkeypatch.setattr(reading, "MAX_NODES", 10)
    with pytest.raises(NetworkError, match="it holds more than 10 nodes"):
        read_graph(place)
    monkeypatch.setattr(reading, "LARGEST_FILE", 1000)
    with pytest.raises(NetworkError, match="larger than 1,000 bytes; is it a graph"):
        read_graph(place)


def crafted(*nodes):
    """Return a meta of nodes given as (name, op, inputs)."""
    meta = tf.MetaGraphDef()
    for name, op, inputs in nodes:
        meta.graph_def.node.add(name=name, op=op, input=inputs)
    return meta


def test_a_constant_that_claims_to_be_huge_allocates_nothing():
    meta = crafted(("c", "Const", []))
    tensor = meta.graph_def.node[0].attr["value"].tensor
    tensor.dtype = tf.float32.as_datatype_enum
    for _ in range(4):
        tensor.tensor_shape.dim.add(size=2**40)
    tensor.float_val.append(0.1)
    node = parse_graph(meta.SerializeToString()).nodes["c"]
    assert node.values == (0.1,)


def test_circles_and_dangling_inputs_are_refused(place):
    for nodes in (
        [("X", "Placeholder", []), ("a", "Identity", ["b"]), ("b", "Identity", ["a"]),
         ("c", "Add", ["X", "a"])],
        [("X", "Placeholder", []), ("a", "Relu", ["X", "gone"])],
        [("X", "Placeholder", []), ("a", "Add", ["X", "b"]), ("b", "Tanh", ["a"])],
        [("X", "Placeholder", []), ("X", "Placeholder", [])],
        [("X", "Placeholder", []), ("a", "If", ["X"])],
    ):  # fmt: skip
        meta = crafted(*nodes)
        meta.collection_def["inputs"].node_list.value.append("X:0")
        place.write_bytes(meta.SerializeToString())
        assert refused(place), nodes
