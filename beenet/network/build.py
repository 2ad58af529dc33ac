"""Build a config's TFLearn graph, by the calls that a TFLearn script would make."""

from collections.abc import Callable, Sequence
from typing import Any

from beenet.config import Config
from beenet.config.graph import THE_INPUT, Node
from beenet.config.layers import ExampleShape, ShapeError
from beenet.errors import NetworkError
from beenet.network.functions import ClassWeighted, loss_function, metric, optimizer
from beenet.network.layers import layer_function
from beenet.network.memory import check_room, explain_shortage
from beenet.network.network import Network
from beenet.network.preprocessing import Preprocessor, data_preprocessing
from beenet.preparation import Augmenter
from beenet.text.values import show_shape
from beenet.text.words import first_line
from beenet.tflearn_backend import tf, tflearn


def build(
    config: Config,
    shape: Sequence[int],
    n_classes: int,
    *,
    session_config: Any = None,
    class_weights: Sequence[float] | None = None,
) -> Network:
    """Build the network that a config describes, with initialized weights.

    Args:
        config: the experiment.
        shape: the shape of one example of its data.
        n_classes: the number of classes, which the output must have.
        session_config: the ``tf.ConfigProto`` of the network's session.
        class_weights: factor of each example's loss by its class, in one-hot order.

    Raises:
        NetworkError: TensorFlow rejects a layer, which the message names; or no layer
            is trainable, or there is not enough memory.
    """
    with tf.Graph().as_default():
        # Before the first layer: otherwise operations take their seeds from the clock.
        tf.set_random_seed(config.training.seed)
        # Outside any layer: otherwise the first that uses it puts it into its scope.
        tflearn.config.init_training_mode()
        if session_config is not None:
            tf.add_to_collection(tf.GraphKeys.GRAPH_CONFIG, session_config)
        fed = fed_shape(config, shape)
        shape = config.input_shape(tuple(shape))
        # As in a script, before the input, of which it is an argument.
        made = data_preprocessing(config.preprocessing)
        before = set(tf.global_variables())
        tensors = build_layers(config.nodes, fed, preprocessing=made)
        # TFLearn's layers register the model's variables; a plugin's may not.
        told = tf.get_collection(tf.GraphKeys.MODEL_VARIABLES)
        for variable in tf.global_variables():
            if variable not in before and variable not in told:
                tf.add_to_collection(tf.GraphKeys.MODEL_VARIABLES, variable)
        output = tensors[len(config.nodes) - 1]
        if output.shape.as_list() != [None, n_classes]:
            came = show_shape(tuple(output.shape[1:]))
            raise NetworkError(
                f"the network's output has shape {came}, but there are {n_classes} "
                "classes"
            )
        if not tf.trainable_variables():
            raise NetworkError("there is nothing to train: no layer is trainable")
        rate = _rate(config) if config.training.schedule else None
        loss, unweighted = loss_function(config.loss), None
        if class_weights is not None:
            loss = ClassWeighted(loss, class_weights)
        output = tflearn.regression(
            output,
            optimizer=optimizer(config.optimizer, rate),
            loss=loss,
            metric=metric(config.metric),
            batch_size=config.training.batch_size,
        )
        if class_weights is not None:
            unweighted = loss.unweighted
        methods = config.preprocessing
        check_room()
        with explain_shortage("the weights find no room; give fewer or smaller layers"):
            return Network(
                output,
                clip_gradients=config.training.clip_gradients,
                learning_rate=rate,
                loss=unweighted,
                preprocessor=Preprocessor(made, methods, shape) if made else None,
                augmenter=Augmenter(config.augmentation, shape)
                if config.augmentation
                else None,
            )


def fed_shape(config: Config, shape: Sequence[int]) -> ExampleShape:
    """Return the shape in which examples of ``shape`` reach the first layer.

    Raises:
        NetworkError: the config requires another.
    """
    try:
        return config.fed_shape(tuple(shape))
    except ShapeError as error:
        raise NetworkError(str(error)) from None


def _rate(config: Config) -> Any:
    """Return the variable of a scheduled rate.

    A local variable, as the rate follows from the completed epochs: the `.tfl` contains
    only TFLearn's variables.
    """
    return tf.Variable(
        config.optimizer.learning_rate,
        trainable=False,
        collections=[tf.GraphKeys.LOCAL_VARIABLES],
        dtype=tf.float32,
        name="learning_rate",
    )


def build_layers(
    nodes: Sequence[Node],
    shape: Sequence[int],
    *,
    preprocessing: Any = None,
    built: Callable[[], None] = lambda: None,
) -> dict[int, Any]:
    """Call TFLearn's functions one after the other.

    Args:
        nodes: the layers.
        shape: the shape of one example, as it is fed.
        preprocessing: the ``tflearn.ImagePreprocessing`` of the input.
        built: called after each of them.

    Returns:
        Each node's tensor by its number, and the input's.

    Raises:
        NetworkError: TensorFlow rejects a layer, which the message names.
    """
    tensors: dict[int, Any] = {}
    if nodes[0].kind == "input_data":
        arguments = nodes[0].layer.arguments()
        tensors[0] = tflearn.input_data(
            shape=[None, *arguments["shape"]],
            data_preprocessing=preprocessing,
            name=arguments["name"],
        )
    else:
        tensors[THE_INPUT] = tflearn.input_data(
            shape=[None, *shape], data_preprocessing=preprocessing
        )
    for number, node in enumerate(nodes):
        if number in tensors:
            built()
            continue
        incoming = [tensors[source] for source in node.inputs]
        argument = incoming if node.layer.takes_many else incoming[0]
        try:
            tensors[number] = layer_function(node.layer)(argument)
        except Exception as error:  # whatever TensorFlow or TFLearn raise
            came = " and ".join(show_shape(tuple(t.shape[1:])) for t in incoming)
            raise NetworkError(
                f"{node.title} cannot be built on {came}: {first_line(error)}"
            ) from error
        built()
    return tensors
