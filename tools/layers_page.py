"""docs/layers.md, written from the layers' models.

``python -m tools.layers_page > docs/layers.md`` writes it.
"""

import sys

from beenet.config.layers import LAYERS
from beenet.config.layers.blocks import BLOCKS
from beenet.config.layers.cells import CELLS
from beenet.config.layers.conv import CONVOLUTIONS
from beenet.config.layers.core import CORE
from beenet.config.layers.embedding import EMBEDDING
from beenet.config.layers.merge import Merge, MergeOutputs
from beenet.config.layers.nested import NESTED
from beenet.config.layers.normalization import NORMALIZATIONS
from beenet.config.layers.pool import POOLS
from beenet.config.layers.recurrent import RECURRENT
from beenet.config.layers.reduce import REDUCTIONS
from beenet.config.structure import table
from beenet.text.markdown import md_table
from tools.estimator_page import section

LAYERS_NOT_COVERED = {
    "custom_layer": "a function cannot stand in YAML: write a layer of your own "
    "([adding-a-layer.md](adding-a-layer.md)), which beenet builds with it",
    "multi_target_data": "makes targets, not a layer; the data set gives the targets",
    "get": "looks up a name",
    "DropoutWrapper": "what `dropout` puts around the cell of a recurrent layer",
    "retrieve_seq_length_op": "what `dynamic` finds the length with",
    "advanced_indexing_op": "what `dynamic` finds the last step with",
}
"""What the modules of TFLearn's layers have and a config has not, and why."""

_INTRODUCTION = """\
# Layers

Names, arguments and defaults are TFLearn 0.5's. A layer is a mapping of its name to its
arguments (`conv_2d: {nb_filter: 20, filter_size: 5}`), or its bare name where it needs
none (`flatten`). Sizes may be one number for all sides or a list, one for each. Axes
are counted with the batch as 0. `beenet check` works out the shape behind each layer,
and says which layer cannot be built on what comes in.

A layer within a layer, and a cell within a layer, are written as they are elsewhere:

```yaml
layers:
  - reshape: {new_shape: [-1, 40, 100]}
  - time_distributed: {fn: {fully_connected: {n_units: 8, activation: relu}}}
  - bidirectional_rnn:
      rnncell_fw: {BasicLSTMCell: {num_units: 32}}
      rnncell_bw: {BasicLSTMCell: {num_units: 32}}
  - fully_connected: {n_units: 3, activation: softmax}
```

Recurrent layers are unrolled, as TFLearn does it: the graph holds their operations once
for each step, so that some hundred steps take minutes to build. Shorten a long sequence
first, by a convolution with strides or a pool. One with both `dynamic` and `dropout`
can be scored, but not trained: what it draws cannot be tied to the seed.

This page is written from the models by `python -m tools.layers_page`; a
test compares them with TFLearn's signatures, another builds every layer and compares
its training, bit for bit, with TFLearn's own train op.
"""

_BEENETS_OWN = """\
The last table's layers are not TFLearn's: scripts write them as a `custom_layer`
around TensorFlow's function of that name, and so does `beenet export --to script`.
"""


def layers_page() -> str:
    """Return docs/layers.md."""
    joining = table(Merge, MergeOutputs)
    left_out = [[f"`{name}`", why] for name, why in LAYERS_NOT_COVERED.items()]
    left_out.append(["`deconv_2d`", "covered: another name of `upsample_2d`"])
    key = "layers"
    return "\n".join(
        [
            _INTRODUCTION,
            section(
                "Core", key, {"input_data": LAYERS["input_data"], **CORE, **NESTED}
            ),
            section("Convolutions", key, CONVOLUTIONS),
            section("Pools and enlargements", key, POOLS),
            section("Blocks", key, BLOCKS),
            section("Normalization", key, NORMALIZATIONS),
            section("Recurrent layers", key, RECURRENT),
            section("Recurrent cells", "rnncell_fw", CELLS),
            section("Embedding", key, EMBEDDING),
            section("Layers that join", key, joining),
            section("beenet's own: reductions", key, REDUCTIONS),
            _BEENETS_OWN,
            "## Not covered\n",
            md_table([["TFLearn's", "why"], *left_out], left=2),
            "",
        ]
    )


if __name__ == "__main__":
    sys.stdout.write(layers_page())
