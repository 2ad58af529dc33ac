"""The model of a config: data set, layers, optimizer, loss and training options."""

import os
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Literal, TypeGuard

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainValidator,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError, ValidationError
from typing_extensions import Self

from beenet.config.augmentation import AnyAugmentation
from beenet.config.estimator import (
    Accuracy,
    Adam,
    AnyLoss,
    AnyMetric,
    AnyOptimizer,
    CategoricalCrossentropy,
)
from beenet.config.graph import Node, graph
from beenet.config.layer_items import AnyLayerItem, LayerItem
from beenet.config.layers import ExampleShape
from beenet.config.preprocessing import AnyPreprocessing, CropCenter
from beenet.config.schedule import AnySchedule
from beenet.config.structure import Strict
from beenet.config.tracking import AnyTracker
from beenet.config.values import (
    ClassWeights,
    Count,
    NotNegative,
    Positive,
    Seed,
    ThreadsOrAuto,
    a_list,
    at_least,
    text_like,
)
from beenet.config.warm_start import AnyWarmStart
from beenet.errors import DatasetError
from beenet.registry import REGISTRY, find
from beenet.text.values import show


def _registered(value: object) -> str:
    if not isinstance(value, str):
        text = f"must be the name of a data set, got {show(value)}"
        raise PydanticCustomError("beenet", text)
    try:
        return find(value).name
    except DatasetError as error:
        raise PydanticCustomError("beenet", str(error)) from None


DatasetName = Annotated[
    str, PlainValidator(_registered), WithJsonSchema({"enum": list(REGISTRY)})
]


DEVICE, DEVICE_WORDS = r"auto|cpu|gpu|gpu:[0-9]+", "auto, cpu, gpu or gpu:N"
"""The valid names of a device: a regular expression, and the same in words."""

if TYPE_CHECKING:
    Device = str
    RunName = str
else:
    Device = text_like(DEVICE, DEVICE_WORDS)
    RunName = text_like(
        r"[A-Za-z0-9][A-Za-z0-9_.-]*(/[A-Za-z0-9][A-Za-z0-9_.-]*)*",
        "words of letters, digits, '_', '.' and '-', parted by '/'",
    )


class DatasetConfig(Strict):
    """A data set by its registered name, or a folder of six pickles."""

    name: DatasetName | None = None
    """Name of a registered data set: see `beenet data list`."""
    path: Annotated[str, Field(min_length=1)] | None = None
    """Folder of six pickles, relative to this file; without a name, your own set."""
    classes: (
        Annotated[tuple[str, ...], a_list(2), at_least(2, "two classes")] | None
    ) = None
    """Class names of your own set, in one-hot order."""
    plus: (
        Annotated[tuple[DatasetName, ...], a_list(1), at_least(1, "one name")] | None
    ) = None
    """Registered data sets of the same shape and classes whose splits are appended.
    ``dataset: [BEE1, BEE4]`` means ``{name: BEE1, plus: [BEE4]}``."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.name is None and self.path is None:
            raise PydanticCustomError("beenet", "needs a name, or a path and classes")
        if self.name is None and self.classes is None:
            text = "needs classes: the names of its classes in one-hot order"
            if not os.path.isdir(str(self.path)):
                text = f"there is no folder {self.path}; a relative path counts from "
                text += "the config's folder, or, given by -o, from the current one"
            raise PydanticCustomError("beenet", text)
        if self.name is not None and self.classes is not None:
            text = f"needs no classes: {self.name} has its own"
            raise PydanticCustomError("beenet", text)
        if self.classes is not None and len(set(self.classes)) < len(self.classes):
            raise PydanticCustomError("beenet", "names a class twice")
        for name in self.classes or ():
            if not (name and name.isprintable()):
                text = f"a class cannot be called {name!a}"
                raise PydanticCustomError("beenet", text)
        self._check_joined()
        return self

    def _check_joined(self) -> None:
        """Refuse to join data sets that cannot be scored as one."""
        if self.plus and self.name is None:
            raise PydanticCustomError("beenet", "joins registered data sets alone")
        plus = self.plus or ()
        for i, other in enumerate(plus):
            first, joined = REGISTRY[self.name or ""], REGISTRY[other]
            if (joined.shape, joined.classes) != (first.shape, first.classes):
                text = f"{other} cannot join {self.name}: its examples are of another"
                raise PydanticCustomError(
                    "beenet", f"{text} shape, or of other classes"
                )
            if other in (self.name, *plus[:i]):
                raise PydanticCustomError("beenet", f"names {other} twice")

    @property
    def title(self) -> str:
        """The registered name or the path, and the names of joined sets."""
        return " + ".join((self.name or str(self.path), *(self.plus or ())))

    @property
    def shape(self) -> tuple[int, ...] | None:
        """The shape of one example; None for a user's own set, which is not read."""
        return REGISTRY[self.name].shape if self.name else None

    @property
    def n_classes(self) -> int:
        """The number of classes."""
        return len(REGISTRY[self.name].classes if self.name else self.classes or ())


def names_only(dataset: object) -> TypeGuard[list[str]]:
    """Return whether ``dataset`` is a list of two or more names."""
    return (
        isinstance(dataset, list)
        and len(dataset) > 1
        and all(isinstance(name, str) for name in dataset)
    )


def _spelled_out(dataset: object) -> object:
    """Read ``MNIST`` as ``{name: MNIST}``; a list as its first name and ``plus``."""
    if isinstance(dataset, str):
        return {"name": dataset}
    if names_only(dataset):
        return {"name": dataset[0], "plus": dataset[1:]}
    if not isinstance(dataset, dict | DatasetConfig):
        rule = "must be the name of a data set, a list of several, or a mapping with "
        rule += "name or path"
        raise PydanticCustomError("beenet", f"{rule}, got {show(dataset)}")
    return dataset


Monitor = Literal["accuracy", "loss"]
"""The score of the test split that is watched; valid is held out."""


class EarlyStopping(Strict):
    """When to stop before the last epoch."""

    patience: Count
    """Training stops after this number of epochs without improvement."""
    monitor: Monitor = "loss"
    """The score on the test split that is watched."""
    min_delta: NotNegative = 0.0
    """By how much the score must improve to count as an improvement."""


class Training(Strict):
    """Epochs, batch size, seed, device and so on."""

    epochs: Count = 10
    """Passes over the train split."""
    batch_size: Count = 64
    """Examples in one step."""
    shuffle: bool = True
    """Draw a new order of the train split at each epoch."""
    seed: Seed = 1
    """Fixes the initial weights, the order, the augmentation and the dropout."""
    device: Device = "auto"
    """auto (a GPU if there is one), cpu, gpu, or gpu:N."""
    threads: ThreadsOrAuto = "auto"
    """CPU threads; auto measures and chooses."""
    clip_gradients: NotNegative = 5.0
    """Global norm that gradients are clipped to; 0 for no clipping."""
    class_weights: ClassWeights | None = None
    """Factor on each example's loss by its class: balanced (by class sizes in train),
    a mapping of class names (those left out weigh 1), or a list in one-hot order."""
    schedule: AnySchedule | None = None
    """How the learning rate changes from epoch to epoch; null for no schedule."""
    early_stopping: EarlyStopping | None = None
    """Stop when the test split has not improved for `patience` epochs."""
    save_best: Monitor | None = None
    """Keep the weights of the best epoch on the test split, not of the last epoch."""
    checkpoint_every: Positive = 60.0
    """Seconds between two checkpoints inside an epoch; each epoch ends with one."""


def _connected(steps: tuple[LayerItem, ...]) -> tuple[LayerItem, ...]:
    """Refuse steps that do not form a graph, with each fault at its own place."""
    faults = [
        InitErrorDetails(
            type=PydanticCustomError("beenet", text),
            loc=path[1:],
            input=None,
        )
        for path, text in graph(steps).faults
    ]
    if faults:
        raise ValidationError.from_exception_data("layers", faults)
    return steps


class Config(Strict):
    """One experiment."""

    name: RunName
    """Name of the run and of its folder below runs/; may hold slashes."""
    dataset: Annotated[DatasetConfig, BeforeValidator(_spelled_out)]
    """The data set to learn from."""
    preprocessing: Annotated[tuple[AnyPreprocessing, ...], a_list(0)] = ()
    """Methods applied in order to every split; their statistics come from train."""
    augmentation: Annotated[tuple[AnyAugmentation, ...], a_list(0)] = ()
    """Random changes to train's examples, before preprocessing."""
    layers: Annotated[
        tuple[AnyLayerItem, ...],
        a_list(1),
        at_least(1, "one layer"),
        AfterValidator(_connected),
    ]
    """The layers, from the first one to the output."""
    optimizer: AnyOptimizer = Adam()
    """The optimizer that updates the weights."""
    loss: AnyLoss = CategoricalCrossentropy()
    """The loss that training minimizes."""
    metric: AnyMetric | None = Accuracy()
    """The metric shown for each batch beside its loss; null for none."""
    warm_start: Annotated[AnyWarmStart, Field(alias="from")] = None
    """A saved model whose weights training starts from, where they fit."""
    training: Training = Training()
    """Epochs, batch size, seed, device and so on."""
    tracking: Annotated[AnyTracker | None, Field(exclude=True)] = None
    """An experiment tracker that receives the results, such as mlflow. It is not part
    of a run's identity: it may change between calls, and is not stored with the run."""

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """The network as built: every layer with its inputs, the output last."""
        return tuple(graph(self.layers).nodes)

    def input_shape(self, shape: ExampleShape) -> ExampleShape:
        """Return the shape to which examples of ``shape`` are reshaped at first.

        It is that of ``input_data``, except with ``crop_center``, which needs the
        data's own shape.

        Raises:
            ShapeError: ``input_data`` has a shape of another size.
        """
        first = self.nodes[0].layer
        crops = any(isinstance(method, CropCenter) for method in self.preprocessing)
        if first.yaml_name == "input_data" and not crops:
            return first.output_shape(shape)
        return shape

    def fed_shape(self, shape: ExampleShape) -> ExampleShape:
        """Return the shape that examples of ``shape`` have after preprocessing.

        Raises:
            ShapeError: a method, or ``input_data``, does not fit.
        """
        shape = self.input_shape(shape)
        for method in self.preprocessing:
            shape = method.output_shape(shape)
        return shape
