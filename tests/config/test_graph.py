import pytest

from beenet.config import lint
from beenet.config.graph import MAX_NODES, THE_INPUT
from beenet.config.load import dump_config, structure
from beenet.config.yaml_text import parse

HEAD = "dataset: BEE1\nlayers:\n"


def text(layers: str) -> str:
    return HEAD + "".join(f"  {line}\n" for line in layers.strip("\n").splitlines())


INCEPTION = """
- conv_2d: {nb_filter: 8, filter_size: 3, name: stem}
  id: stem
- conv_2d: {nb_filter: 4, filter_size: 1}
  id: one
- conv_2d: {nb_filter: 4, filter_size: 3}
  from: stem
  id: three
- merge: {mode: concat, axis: 3}
  from: [one, three]
- fully_connected: {n_units: 2, activation: softmax}
"""
RESIDUAL = """
- conv_2d: {nb_filter: 4, filter_size: 3}
- repeat:
    times: 2
    layers:
      - batch_normalization
      - conv_2d: {nb_filter: 4, filter_size: 3}
        id: change
      - merge: {mode: elemwise_sum}
        from: [input, change]
- fully_connected: {n_units: 2, activation: softmax}
"""


def edges(load, layers: str) -> list[tuple[str, tuple[int, ...]]]:
    return [(node.kind, node.inputs) for node in load(text(layers)).config.nodes]


def test_a_layer_takes_the_one_above(load) -> None:
    assert edges(load, "- flatten\n- flatten\n- flatten") == [
        ("flatten", (THE_INPUT,)),
        ("flatten", (0,)),
        ("flatten", (1,)),
    ]


def test_a_layer_takes_what_from_names(load) -> None:
    assert edges(load, INCEPTION) == [
        ("conv_2d", (THE_INPUT,)),
        ("conv_2d", (0,)),
        ("conv_2d", (0,)),
        ("merge", (1, 2)),
        ("fully_connected", (3,)),
    ]


def test_each_turn_of_a_repeat_takes_the_end_of_the_one_before(load) -> None:
    assert edges(load, RESIDUAL) == [
        ("conv_2d", (THE_INPUT,)),
        ("batch_normalization", (0,)),
        ("conv_2d", (1,)),
        ("merge", (0, 2)),
        ("batch_normalization", (3,)),
        ("conv_2d", (4,)),
        ("merge", (3, 5)),
        ("fully_connected", (6,)),
    ]
    titles = [node.title for node in load(text(RESIDUAL)).config.nodes]
    assert titles[3] == "layer 2.3 (Merge), turn 1 of 2"
    assert titles[5] == "layer 2.2 (Conv2D), turn 2 of 2"
    assert titles[7] == "layer 3 (FullyConnected)"


def test_input_is_what_comes_in(load) -> None:
    layers = "- flatten: {}\n  id: a\n- merge_outputs: {}\n  from: [input, a]"
    assert edges(load, layers)[1] == ("merge_outputs", (THE_INPUT, 0))
    layers = "- input_data: {shape: [12288]}\n" + layers
    assert edges(load, layers)[2] == ("merge_outputs", (0, 1))


def test_a_repeat_has_an_id_and_a_from_and_may_stand_in_another(load) -> None:
    layers = """
- flatten: {}
  id: flat
- repeat:
    times: 2
    layers:
      - repeat: {times: 2, layers: [flatten]}
        id: twice
      - merge_outputs: {}
        from: [flat, twice]
  id: deep
- repeat: {times: 2, layers: [flatten]}
  from: flat
  id: short
- merge_outputs: {}
  from: [deep, short, input]
"""
    assert [inputs for _, inputs in edges(load, layers)] == [
        (THE_INPUT,),
        (0,), (1,), (0, 2),
        (3,), (4,), (0, 5),
        (0,), (7,),
        (6, 8, THE_INPUT),
    ]  # fmt: skip
    assert load(text(layers)).config.nodes[5].title == (
        "layer 2.1.1 (Flatten), turn 2 of 2, turn 2 of 2"
    )


def test_sibling_repeats_may_use_the_same_ids(load) -> None:
    block = RESIDUAL.split("\n", 2)[2].rsplit("- fully", 1)[0]
    assert len(edges(load, "- flatten\n" + block + block)) == 13


@pytest.mark.parametrize("layers", [INCEPTION, RESIDUAL])
def test_a_resolved_config_keeps_the_branches(load, layers: str) -> None:
    config = load(text(layers)).config
    dumped = dump_config(config)
    assert "from: [" in dumped
    document, faults = parse(dumped, "c.yaml")
    assert faults == []
    again = structure(document)
    assert again == config
    assert again.nodes == config.nodes


def swapped(layers: str, old: str, new: str) -> str:
    assert layers.count(old) == 1
    return text(layers.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new", "faults"),
    [
        ("from: stem", "from: stm",
         ["8:11: layers[2].from: no layer above has the id 'stm'; "
          "did you mean 'stem'?"]),
        ("from: stem", "from: q",
         ["8:11: layers[2].from: no layer above has the id 'q'; "
          "known are input, stem, one"]),
        ("from: [one, three]", "from: [one, tree]",
         ["11:17: layers[3].from[1]: no layer above has the id 'tree'; "
          "did you mean 'three'?"]),
        ("from: stem", "from: three",
         ["8:11: layers[2].from: 'three' is this layer's own id"]),
        ("  id: one", "  id: one\n  from: three",
         ["7:11: layers[1].from: 'three' comes later, at layers[2]"]),
        ("id: three", "id: one",
         ["9:9: layers[2].id: 'one' is the id of layers[1] already",
          "11:17: layers[3].from[1]: no layer above has the id 'three'; "
          "known are input, stem, one"]),
        ("id: one", "id: input",
         ["6:9: layers[1].id: 'input' is what comes in; choose another id",
          "11:12: layers[3].from[0]: no layer above has the id 'one'; "
          "known are input, stem, three"]),
        ("from: [one, three]", "from: [stem, three]",
         ["5:5: layers[1]: the output of layer 2 (Conv2D) goes nowhere: no layer "
          "below takes it; remove it, or give it an id and name that in a 'from'"]),
        ("  from: [one, three]", "  from: [one, stem]",
         ["7:5: layers[2]: the output of layer 3 (Conv2D) goes nowhere: no layer "
          "below takes it; remove it, or give it an id and name that in a 'from'"]),
        ("  from: [one, three]\n", "  from: [one, three]\n  id: both\n",
         ["12:9: layers[3].id: no 'from' takes 'both'; remove the id"]),
        ("  from: [one, three]\n", "",
         ["10:12: layers[3].merge: merge needs two inputs or more, "
          "as in from: [input, A]"]),
        ("from: [one, three]", "from: [three]",
         ["11:11: layers[3].from: merge needs two inputs or more, "
          "as in from: [input, A]"]),
        ("from: stem", "from: [stem, one]",
         ["8:11: layers[2].from: conv_2d takes one input, got 2; "
          "put a merge above it"]),
        ("from: stem", "from: 3",
         ["8:11: layers[2].from: must be the id of a layer above, or a list of ids, "
          "got 3"]),
        ("from: stem", "from: []",
         ["8:11: layers[2].from: must be the id of a layer above, or a list of ids, "
          "got []"]),
        ("from: stem", "from: ",
         ["8:10: layers[2].from: must be the id of a layer above, or a list of ids, "
          "got null"]),
        ("id: three", "id: 3",
         ["9:9: layers[2].id: must be a word of letters, digits, '_' and '-', got 3"]),
        ("from: stem", "form: stem",
         ["7:5: layers[2]: must be a layer: a name, or one name with its arguments, "
          "got the names conv_2d, form; did you mean 'from'?"]),
        ("- conv_2d: {nb_filter: 4, filter_size: 3}\n", "- id: x\n",
         ["7:5: layers[2]: must be a layer: a name, or one name with its arguments, "
          "got id and from alone"]),
    ],
)  # fmt: skip
def test_a_graph_that_cannot_be_is_refused_with_its_place(
    refuse, old: str, new: str, faults: list[str]
) -> None:
    if new == "- id: x\n":  # the layer's own id goes
        old, new = old + "  from: stem\n  id: three\n", new + "  from: stem\n"
    assert refuse(swapped(INCEPTION, old, new)) == [f"c.yaml:{f}" for f in faults]


@pytest.mark.parametrize(
    ("old", "new", "faults"),
    [
        ("times: 2", "times: 0",
         ["5:14: layers[1].repeat.times: must be at least 1, got 0"]),
        ("times: 2", "times: 5000",
         ["5:14: layers[1].repeat.times: makes 15,000 layers, more than 10,000"]),
        ("times: 2", "time: 2",
         ["5:7: layers[1].repeat.time: is not a known key; did you mean 'times'?"]),
        ("[input, change]", "[input, chang]",
         ["11:25: layers[1].repeat.layers[2].from[1]: no layer above has the id "
          "'chang'; did you mean 'change'?"]),
        ("filter_size: 3}\n        id", "filter_siz: 3}\n        id",
         ["8:35: layers[1].repeat.layers[1].conv_2d.filter_siz: is not a known key; "
          "did you mean 'filter_size'?"]),
        ("softmax}\n", "softmax}\n  from: change\n",
         ["13:11: layers[2].from: 'change' is known inside layers[1].repeat only; "
          "give the repeat an id"]),
        ("  from: [input, change]", "  from: [input, input]",
         ["8:11: layers[1].repeat.layers[1]: the output of layer 2.2 (Conv2D), "
          "turn 1 of 2 goes nowhere: no layer below takes it; remove it, or give it "
          "an id and name that in a 'from'"]),
    ],
)  # fmt: skip
def test_a_repeat_that_cannot_be_is_refused_with_its_place(
    refuse, old: str, new: str, faults: list[str]
) -> None:
    assert refuse(swapped(RESIDUAL, old, new)) == [f"c.yaml:{f}" for f in faults]
    assert MAX_NODES == 10_000


def test_repeats_that_make_too_many_together_are_refused(refuse) -> None:
    one = "- repeat: {times: 6000, layers: [flatten]}\n"
    layers = text(f"\n{one}{one}- fully_connected: {{n_units: 2}}\n")
    assert refuse(layers) == [
        "c.yaml:4:21: layers[1].repeat.times: makes 6,000 layers, 12,000 with those "
        "above, more than 10,000"
    ]


def test_faults_of_the_graph_come_with_all_the_others(refuse) -> None:
    layers = swapped(INCEPTION, "from: stem", "from: stm")
    assert refuse(layers + "training: {epochs: 0}\n") == [
        "c.yaml:8:11: layers[2].from: no layer above has the id 'stm'; "
        "did you mean 'stem'?",
        "c.yaml:13:20: training.epochs: must be at least 1, got 0",
    ]


def test_a_turn_that_nobody_takes_is_lost(refuse) -> None:
    layers = """
- flatten: {}
  id: a
- repeat:
    times: 2
    layers:
      - flatten: {}
        from: a
"""
    (fault,) = refuse(text(layers))
    assert fault.startswith(
        "c.yaml:8:11: layers[1].repeat.layers[0]: the output of layer 2.1 (Flatten), "
        "turn 1 of 2 goes nowhere"
    )


def test_the_input_takes_nothing(refuse) -> None:
    layers = "- flatten: {}\n  id: a\n- input_data: {shape: [12288]}\n  from: a"
    assert refuse(text(layers)) == [
        "c.yaml:6:11: layers[1].from: input_data is the input and takes nothing"
    ]


def test_a_flag_may_set_what_a_layer_takes(load, refuse) -> None:
    config = load(text(INCEPTION), "layers[3].from=[three, one]")
    assert config.config.nodes[3].inputs == (2, 1)
    assert refuse(text(INCEPTION), "layers[2].from=on") == [
        "-o layers[2].from=on: layers[2].from: no layer above has the id 'on'; "
        "did you mean 'one'?",
    ]


def findings(load, layers: str) -> list[str]:
    return [str(finding) for finding in lint(load(layers), (64, 64, 3), 2)]


def test_good_branches_have_no_findings(load) -> None:
    assert findings(load, text(INCEPTION)) == []
    assert findings(load, text(RESIDUAL)) == []


def test_shapes_that_clash_in_a_merge_are_found(load) -> None:
    layers = swapped(
        INCEPTION, "nb_filter: 4, filter_size: 1", "nb_filter: 5, filter_size: 1"
    )
    layers = layers.replace("concat, axis: 3", "elemwise_sum, axis: 3")
    assert findings(load, layers) == [
        "c.yaml:10:39: layers[3].merge.axis: changes nothing with mode elemwise_sum",
        "c.yaml:10:12: layers[3].merge: layer 4 (Merge) cannot be built: 64x64x5 and "
        "64x64x4 cannot be combined number by number: their sides must be equal, or 1",
    ]


def test_a_shape_that_clashes_at_every_turn_is_found_once(load) -> None:
    layers = swapped(RESIDUAL, "times: 2", "times: 9")
    pool = "max_pool_2d: {kernel_size: 3, padding: valid}"
    layers = layers.replace("batch_normalization", pool, 1)
    assert findings(load, layers) == [
        "c.yaml:10:18: layers[1].repeat.layers[2].merge: layer 2.3 (Merge), turn 1 of "
        "9 cannot be built: 64x64x4 and 21x21x4 cannot be combined number by number: "
        "their sides must be equal, or 1"
    ]
    layers = text("- repeat:\n    times: 9\n    layers:\n      - " + pool)
    assert findings(load, layers) == [
        "c.yaml:6:24: layers[0].repeat.layers[0].max_pool_2d: layer 1.1 (MaxPool2D), "
        "turn 4 of 9 cannot be built: a window of 3 does not fit a height of 2 "
        "without padding"
    ]


def test_a_name_in_a_repeat_is_made_unique_by_tflearn(load) -> None:
    layers = swapped(RESIDUAL, "size: 3}\n        id", "size: 3, name: c}\n        id")
    assert findings(load, layers) == []
    assert findings(load, layers.replace("n_units: 2,", "n_units: 2, name: c,")) == [
        "c.yaml:12:41: layers[2].fully_connected.name: warning: layer 2.2 has the "
        "name 'c' too; TFLearn will save this one as 'c_2'"
    ]


def test_weights_that_would_be_made_twice_are_found(load) -> None:
    layers = swapped(RESIDUAL, "size: 3}\n        id", "size: 3, scope: s}\n        id")
    assert findings(load, layers) == [
        "c.yaml:8:58: layers[1].repeat.layers[1].conv_2d.scope: its turn before has "
        "the scope 's' already; give a name in its place, which TFLearn makes unique"
    ]
    twice = """
- conv_2d: {nb_filter: 3, filter_size: 3, scope: s}
- batch_normalization: {scope: s}
- conv_2d: {nb_filter: 3, filter_size: 3, scope: s}
- fully_connected: {n_units: 2, activation: softmax}
"""
    assert findings(load, text(twice)) == [
        "c.yaml:5:52: layers[2].conv_2d.scope: layer 1 (Conv2D) has the scope 's' "
        "already; give a name, or reuse: true to share its weights"
    ]
    shared = twice.replace("scope: s}\n- fully", "scope: s, reuse: true}\n- fully")
    assert findings(load, text(shared)) == []


# Each refused, or not, by TFLearn on TensorFlow 2.21, as is said here.
@pytest.mark.parametrize(
    ("above", "below", "told"),
    [
        ("conv_2d: {nb_filter: 3, filter_size: 3, scope: s}",
         "fully_connected: {n_units: 2, scope: s}",
         "layer 1 (Conv2D) has the scope 's' already; give a name, or reuse: true to "
         "share its weights"),
        ("conv_2d: {nb_filter: 3, filter_size: 3, name: s}",
         "fully_connected: {n_units: 2, scope: s}",
         "layer 1 (s) has the name 's' already; give a name, or reuse: true to share "
         "its weights"),
        ("conv_2d: {nb_filter: 3, filter_size: 3}",
         "fully_connected: {n_units: 2, scope: Conv2D}",
         "layer 1 (Conv2D) has the name 'Conv2D' already; give a name, or reuse: true "
         "to share its weights"),
        ("conv_2d: {nb_filter: 3, filter_size: 3, name: s}",
         "fully_connected: {n_units: 2, scope: s, reuse: true}", None),
        ("conv_2d: {nb_filter: 3, filter_size: 3, scope: s}",
         "fully_connected: {n_units: 2, name: s}", None),
        ("conv_2d: {nb_filter: 3, filter_size: 3, scope: s}",
         "fully_connected: {n_units: 2, scope: t, reuse: true}",
         "no layer above has the scope 't', whose weights to share"),
        ("batch_normalization: {name: s}",
         "fully_connected: {n_units: 2, scope: s}", None),
        ("max_pool_2d: {kernel_size: 2, name: s}",
         "fully_connected: {n_units: 2, scope: s}", None),
    ],
)  # fmt: skip
def test_scopes_that_tensorflow_refuses_are_found(load, above, below, told) -> None:
    layers = f"\n- {above}\n- {below.replace('2, ', '2, activation: softmax, ')}\n"
    found = [fault.partition(".scope: ")[2] for fault in findings(load, text(layers))]
    assert found == ([told] if told else [])


GATE = """
- conv_2d: {nb_filter: 10, filter_size: 3}
  id: maps
- global_avg_pool
- fully_connected: {n_units: 10, activation: softmax}
- reshape: {new_shape: [-1, 1, 1, 10]}
  id: gate
- merge: {mode: elemwise_mul}
  from: [maps, gate]
- fully_connected: {n_units: 2, activation: softmax}
"""


def test_a_gate_may_be_narrow_and_a_softmax(load) -> None:
    assert findings(load, text(GATE)) == []
    chain = GATE.replace("- merge: {mode: elemwise_mul}\n  from: [maps, gate]\n", "")
    chain = chain.replace("  id: gate\n", "").replace("  id: maps\n", "")
    warnings = findings(load, text(chain))
    assert [w.partition("warning: ")[2].split()[0] for w in warnings] == [
        "softmax",
        "only",
    ]


def test_the_output_is_judged_along_the_graph(load) -> None:
    ends = INCEPTION.replace(", activation: softmax}", "}\n  id: end\n")
    ends += "- fully_connected: {n_units: 2, activation: softmax}\n  from: both\n"
    ends = ends.replace("three]\n", "three]\n  id: both\n")
    ends += "  id: other\n- merge: {mode: elemwise_sum}\n  from: [end, other]\n"
    assert findings(load, text(ends)) == []  # a sum of two is not judged
    linear = swapped(INCEPTION, ", activation: softmax", "")
    (finding,) = findings(load, linear)
    assert "an output of linear under categorical_crossentropy" in finding
