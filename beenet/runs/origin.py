"""The origin of a run: start, source model, threads, data, versions; checkpointed."""

from pydantic import BaseModel, ConfigDict, Field

from beenet.system.thread_plan import ThreadPlan


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True, populate_by_name=True)


class StartModel(_Kept):
    """The saved model that a run started from."""

    model: str
    """Its prefix."""
    sha256: str
    """The digest of its values."""


class Origin(_Kept):
    """What a run started with; a resumed run is checked against it."""

    started: float
    """In seconds since 1970."""
    source: StartModel | None = Field(
        validation_alias="from", serialization_alias="from"
    )
    """The model that it started from; None for none."""
    plan: ThreadPlan
    device: str
    data: dict[str, str]
    """File name to SHA-256 of the data's files."""
    versions: dict[str, str]
    """All that the last bits of the numbers depend on: see `numeric_environment`."""
