"""TFLearn's preprocessing object in the graph, and its statistics in the `.tfl`."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from beenet.config.layers import ExampleShape
from beenet.config.preprocessing import CropCenter, Preprocessing
from beenet.errors import NetworkError
from beenet.preparation import compute, needed, preprocess
from beenet.tflearn_backend import tflearn

Floats = NDArray[np.float32]


def data_preprocessing(methods: Sequence[Preprocessing]) -> Any:
    """Return the ``tflearn.ImagePreprocessing`` of a script; None without methods.

    It makes six variables in the default graph, which are saved with the weights:
    ``DataPreprocessing/mean``, ``std`` and ``pc``, and for each whether it is set.
    """
    if not methods:
        return None
    made = tflearn.ImagePreprocessing()
    for method in methods:
        arguments = method.arguments()
        if method.statistic is not None:  # a given value is assigned by `fit`
            arguments.pop(method.statistic, None)
        if isinstance(method, CropCenter):
            arguments = {"shape": method.shape}
        getattr(made, f"add_{method.yaml_name}")(**arguments)
    return made


class Preprocessor:
    """The preprocessing of one network, with the statistics in its variables."""

    def __init__(
        self, made: Any, methods: Sequence[Preprocessing], shape: ExampleShape
    ) -> None:
        """Store the methods and find the statistics' variables.

        Args:
            made: what ``data_preprocessing`` returned for ``methods``.
            methods: in their order.
            shape: of one example before the first method.
        """
        self._methods = methods
        self._shape = shape
        self._parameters = {
            name: getattr(made, f"global_{name}") for name in needed(methods)
        }

    def variables(self, there: Sequence[str]) -> list[Any]:
        """Return the variables on which a prediction depends.

        Args:
            there: the names in the file from which they are read; statistics given by
                the config need not be among them.
        """
        methods = needed(self._methods)
        return [
            variable
            for name, p in self._parameters.items()
            if p.var.op.name in there or methods[name].given_statistic is None
            for variable in (p.var, p.var_r)
        ]

    def fit(self, session: Any, x: NDArray[Any]) -> None:
        """Set the statistics from the train split, as TFLearn's ``fit`` does first.

        Those given by the config are used; those already set, from a saved model, stay;
        the others are computed.

        Args:
            session: the network's.
            x: the train split, [n, *shape]: float32, or uint8 meaning value/255.
        """
        for name, method in needed(self._methods).items():
            parameter, given = self._parameters[name], method.given_statistic
            if given is not None:
                parameter.assign(np.asarray(given, np.float32), session)
            elif not parameter.is_restored(session):
                parameter.assign(compute(method, x), session)

    def reader(self, session: Any) -> Callable[[Floats], Floats]:
        """Return the function that preprocesses a batch, with the current statistics.

        Raises:
            NetworkError: a statistic is not known, or does not fit the examples.
        """
        values = self.statistics(session)
        return lambda x: preprocess(self._methods, x, values)

    def statistics(self, session: Any) -> dict[str, Any]:
        """Return the needed statistics of the train split: ``mean``, ``std``, ``pc``.

        Raises:
            NetworkError: a statistic is not known, or does not fit the examples.
        """
        return {
            name: self._value(session, name, method)
            for name, method in needed(self._methods).items()
        }

    def _value(self, session: Any, name: str, method: Preprocessing) -> Any:
        parameter, given = self._parameters[name], method.given_statistic
        if parameter.is_restored(session):
            value = parameter.value
        elif given is not None:
            value = np.asarray(given, np.float32)
        else:
            raise NetworkError(
                f"{method.yaml_name} needs the {name} of the train split, which "
                "this model was saved without"
            )
        n = math.prod(self._shape)
        fitting = [(n, n)] if name == "pc" else [(), (1,), self._shape[-1:]]
        if np.shape(value) not in fitting:
            raise NetworkError(
                f"{method.yaml_name}: the saved {name} has shape "
                f"{list(np.shape(value))}, which does not fit examples of "
                f"{list(self._shape)}"
            )
        return value
