"""What asking gives back."""

from typing import Any, Literal

from pydantic import Field

from b2shift.kernel.contract import Contract
from b2shift.metrics.contracts import TypedQuery

Action = Literal["answer", "clarify", "refuse"]
Reason = Literal[
    "missing_metric",
    "ambiguous_ranking",
    "ambiguous_entity",
    "out_of_scope",
    "not_in_data",
    "unsafe_write",
    "pii",
    "prompt_injection",
    "permission",
]


class Plan(Contract):
    """What a question asks for, or why it is not answered."""

    action: Action
    query: TypedQuery | None = None
    reason: Reason | None = None
    options: tuple[str, ...] = Field((), description="names to choose from when asked back")
    about: str = Field("", description="the word or topic that was not understood or is not there")

    def as_json(self) -> dict[str, Any]:
        """The published form."""
        if self.query is not None:
            return {"action": self.action, **self.query.as_json()}
        told: dict[str, Any] = {"action": self.action, "reason": self.reason}
        if self.options:
            told["options"] = list(self.options)
        return told | ({"about": self.about} if self.about else {})
