"""Operations are made by TensorFlow's functions, and put where another one was."""

from beenet.engine.graph.grafts import again, graft, replace
from beenet.tflearn_backend import tf


def node(name, op, *inputs):
    made = tf.NodeDef(name=name, op=op)
    made.input.extend(inputs)
    return made


def test_operations_stand_below_the_name_of_the_last():
    nodes = graft(
        "net/sum",
        {"a:1": tf.float32, "b": tf.float32},
        lambda a, b: tf.add_n([*tf.split(a, [1, 2]), b]),
    )
    inputs = {n.name: list(n.input) for n in nodes}
    assert inputs["net/sum"] == ["net/sum/split", "net/sum/split:1", "b"]
    assert inputs["net/sum/split"][0] == "a:1"
    assert set(inputs) - {"net/sum"} == {n for n in inputs if n.startswith("net/sum/")}


def test_what_is_there_already_is_shared():
    graph_def = tf.GraphDef()
    graph_def.node.extend(
        [node("x", "Relu"), node("old", "Tanh", "x"), node("end", "Neg", "old")]
    )
    replace(graph_def, "old", [node("x", "Sigmoid"), node("old", "Abs", "x")])
    found = [(n.name, n.op, list(n.input)) for n in graph_def.node]
    assert found == [
        ("x", "Relu", []),
        ("end", "Neg", ["old"]),
        ("old", "Abs", ["x"]),
    ]


def test_several_tensors_are_numbered():
    nodes = graft("net/parts", {"a": tf.float32}, lambda a: [a * 2, -a])
    inputs = {n.name: list(n.input) for n in nodes}
    assert inputs["net/parts/0"] == ["a", "net/parts/mul/y"]
    assert inputs["net/parts/1"] == ["a"]


def test_an_operation_can_be_done_again_with_other_tensors():
    product = node("net/product", "MatMul", "x", "w", "^before")
    product.attr["T"].type = tf.float32.as_datatype_enum
    product.attr["transpose_a"].b = True
    nodes = graft(
        "net/sum",
        {"a": tf.float32, "b": tf.float32},
        lambda a, b: again(product, [a, b]) + again(product, [b, a]),
    )
    *products, total = nodes
    assert [(n.op, list(n.input)) for n in products] == [
        ("MatMul", ["a", "b"]),
        ("MatMul", ["b", "a"]),
    ]
    assert all(n.attr["transpose_a"].b for n in products)
    assert list(total.input) == [n.name for n in products]
