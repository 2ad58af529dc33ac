"""Where a run came from: what each of its checkpoints carries on from its beginning."""

from pydantic import BaseModel, ConfigDict, Field

from beenet.system.thread_plan import ThreadPlan


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True, populate_by_name=True)


class StartModel(_Kept):
    """The saved model that a run began with."""

    model: str
    """Its prefix."""
    sha256: str
    """The digest of its values."""


class Origin(_Kept):
    """What must be as it was when a run goes on."""

    started: float
    """In seconds since 1970."""
    source: StartModel | None = Field(
        validation_alias="from", serialization_alias="from"
    )
    """The model that it began with; None for none."""
    plan: ThreadPlan
    device: str
    data: dict[str, str]
    """The SHA-256 of the data's files, by their names."""
    versions: dict[str, str]
    """All that the last bits depend on: see `numeric_environment`."""
