"""Models of the experiment trackers that receive a training's results."""

from typing import Annotated, ClassVar

from pydantic import Field

from beenet.config.structure import Component, OneOf, table


class Mlflow(Component):
    """An MLflow tracking server or database: `pip install 'beenet[mlflow]'`."""

    yaml_name: ClassVar[str] = "mlflow"
    uri: Annotated[str, Field(min_length=1)] | None = None
    """Its address, such as http://host:5000 or sqlite:///mlflow.db; null for
    MLFLOW_TRACKING_URI, or else MLflow's own default."""
    experiment: Annotated[str, Field(min_length=1)] = "beenet"
    """Name of the experiment that the run belongs to."""
    model: bool = False
    """Whether the files of the .tfl are stored there, too."""


TRACKERS = table(Mlflow)

AnyTracker = Annotated[Mlflow, OneOf("a tracker", TRACKERS)]
