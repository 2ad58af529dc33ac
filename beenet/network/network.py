"""A built network: TFLearn's model, its graph, session, input and output."""

from collections.abc import Mapping
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from beenet.errors import NetworkError
from beenet.network.metagraph import canonical_meta
from beenet.network.preprocessing import Preprocessor
from beenet.preparation import Augmenter
from beenet.tflearn_backend import quiet_stderr, tf, tflearn


class Network:
    """A TFLearn model with its own graph and session.

    A context manager: leaving it closes the session.

    Attributes:
        graph: the ``tf.Graph``, which contains only this network.
        model: the ``tflearn.DNN``.
        train_op: TFLearn's ``TrainOp`` (``apply_grad``, ``loss``, ``metric``).
        x: the input placeholder, float32 [batch, *shape].
        y: the target placeholder, float32 [batch, n_classes], one-hot.
        loss: the loss used for scores: TFLearn's, without class weights.
        output: the last layer's tensor, float32 [batch, n_classes].
        clip_gradients: the global norm to which gradients are clipped; 0 for none.
        meta: the `.meta` file's bytes: the graph as TFLearn made it, before an
            engine adds to it.
        preprocessor: preprocesses examples before they are fed; None for none.
        augmenter: augments them before that in training; None for none.
    """

    def __init__(
        self,
        output: Any,
        *,
        clip_gradients: float = 5.0,
        learning_rate: Any = None,
        loss: Any = None,
        preprocessor: Preprocessor | None = None,
        augmenter: Augmenter | None = None,
    ) -> None:
        """Wrap the network that ends in ``output``, the tensor of a regression layer.

        The graph of ``output`` must be the default graph. Its ``graph_config``
        collection may contain the ``ConfigProto`` of the session.

        Args:
            output: what ``tflearn.regression`` returned.
            clip_gradients: the global norm to which gradients are clipped; 0 for none.
            learning_rate: the variable of a scheduled rate.
            loss: the loss for scores, if it is not the training loss.
            preprocessor: see above.
            augmenter: see above.
        """
        self.preprocessor = preprocessor
        self.augmenter = augmenter
        self.graph = output.graph
        self.output = output
        self.clip_gradients = clip_gradients
        with quiet_stderr():  # the first session of a process looks for CUDA
            self.model = tflearn.DNN(output, clip_gradients=clip_gradients)
        (self.train_op,) = self.model.train_ops
        self.loss = self.train_op.loss if loss is None else loss
        self._learning_rate = learning_rate
        (self.x,) = self.model.inputs
        (self.y,) = self.model.targets
        self.meta = self._export()

    def _export(self) -> bytes:
        with self.graph.as_default():
            # As TFLearn's save does: remove temporarily what cannot be serialized.
            taken = tflearn.utils.fix_saver()
            meta = self.model.trainer.saver.export_meta_graph()
            tflearn.utils.fix_saver(taken)
        # TFLearn's own objects are written as if they were nodes; with them,
        # `tf.train.import_meta_graph` cannot read the file.
        meta.collection_def.pop(tf.GraphKeys.TRAIN_OPS, None)
        return canonical_meta(meta)

    @property
    def session(self) -> Any:
        """The session; ``tflearn.DNN.load`` replaces it."""
        return self.model.session

    @property
    def session_config(self) -> Any:
        """The ``ConfigProto`` of sessions on its graph."""
        configs = self.graph.get_collection(tf.GraphKeys.GRAPH_CONFIG)
        return configs[0] if configs else tf.ConfigProto()

    def set_training(self, training: bool) -> None:
        """Switch dropout and batch normalization between training and predicting."""
        with self.graph.as_default():
            tflearn.get_training_mode().load(training, self.session)

    def set_learning_rate(self, rate: float) -> None:
        """Set the optimizer's rate; requires a config with a schedule."""
        self._learning_rate.load(rate, self.session)

    def set_validation(self, loss: float, accuracy: float) -> None:
        """Set ``val_loss`` and ``val_acc``, as TFLearn does after scoring test.

        They are variables that every `.tfl` contains.
        """
        op = self.train_op
        self.session.run(
            [op.val_loss_assign, op.val_acc_assign],
            {op.val_loss_P: loss, op.val_acc_P: accuracy},
        )

    def variables(self) -> dict[str, Any]:
        """Return every variable that TFLearn saves, by its name in the file."""
        with self.graph.as_default():
            return {v.op.name: v for v in tf.global_variables()}

    def weights(self) -> list[Any]:
        """Return the variables on which a prediction depends, layer by layer."""
        with self.graph.as_default():
            made_by_layers = tf.get_collection(tf.GraphKeys.MODEL_VARIABLES)
        return [v for v in made_by_layers if v.op.name != "is_training"]

    def kept_on_restore(self) -> set[str]:
        """Return the variables of layers with ``restore: false``, by name."""
        with self.graph.as_default():
            excluded = tf.get_collection(tf.GraphKeys.EXCL_RESTORE_VARS)
        return {v.op.name for v in excluded}

    def layer_outputs(self) -> dict[str, Any]:
        """Return each layer's output tensor by its name, in the order of the graph."""
        mark = tf.GraphKeys.LAYER_TENSOR + "/"
        keys = [key for key in self.graph.get_all_collection_keys() if mark in key]
        layers = {t for key in keys for t in self.graph.get_collection(key)}
        at = {op: i for i, op in enumerate(self.graph.get_operations())}
        outputs = sorted(layers, key=lambda tensor: at[tensor.op])
        return {tensor.op.name.split("/")[0]: tensor for tensor in outputs}

    def values(self) -> dict[str, NDArray[Any]]:
        """Return the value of every variable that TFLearn saves, by name."""
        variables = self.variables()
        values = self.session.run(list(variables.values()))
        return {
            name: np.asarray(value)
            for name, value in zip(variables, values, strict=True)
        }

    def set_values(self, values: Mapping[str, NDArray[Any]]) -> None:
        """Set every variable to the values that `values` returned.

        Raises:
            NetworkError: they are another network's.
        """
        variables = self.variables()
        fit = variables.keys() == values.keys() and all(
            v.shape.is_compatible_with(values[name].shape)
            for name, v in variables.items()
        )
        if not fit:
            raise NetworkError("the variables are not those of this network")
        self.assign(values)

    def assign(self, values: Mapping[str, NDArray[Any]]) -> None:
        """Set some variables, by their names in the file.

        This is one call that feeds other values to the variables' initializers: setting
        up a call, or processing a changed graph, takes TensorFlow longer than some
        training steps.
        """
        variables = self.variables()
        assigned: list[Any] = []
        given: dict[Any, Any] = {}
        for name, value in values.items():
            op = variables[name].initializer
            if op.inputs[1] in given or not _takes(op.inputs[1], value):  # a plugin's
                op = self._assignment(variables[name])
            assigned.append(op)
            given[op.inputs[1]] = value
        self.session.run(assigned, given)

    def _assignment(self, variable: Any) -> Any:
        """Add an operation that assigns a fed value to a variable."""
        with self.graph.as_default():
            value = tf.placeholder(variable.dtype.base_dtype, None)
            return tf.assign(variable, value, validate_shape=False).op

    def __enter__(self) -> "Network":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.session.close()


def _takes(tensor: Any, value: Any) -> bool:
    """Return whether a value may be fed in place of a tensor, by its shape."""
    fits: bool = tensor.shape.is_compatible_with(np.shape(value))
    return fits
