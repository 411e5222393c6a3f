"""The base of every shape that travels between packages."""

from pydantic import BaseModel, ConfigDict


class Contract(BaseModel):
    """Frozen, closed and validated: an unknown field is an error, a known one never changes."""

    model_config = ConfigDict(frozen=True, extra="forbid")
