"""Events of event_sources.yaml: where they are found, their phrases and evidence."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from string import Template

from b2shift.interact.contracts import EventName
from b2shift.interact.evaluation.words import counted, day, money, month, number
from b2shift.kernel.calendar import last_closed_month
from b2shift.kernel.contract import Contract
from b2shift.kernel.yaml import parse_yaml

_FORMATS: Mapping[str, Callable[[str], str]] = {
    "text": lambda sql: f"CAST({sql} AS VARCHAR)",
    "day": day,
    "month": month,
    "money": money,
    "number": number,
}


class Value(Contract):
    """A value in a phrase: its label, and one SQL expression under the name of its format."""

    label: str
    text: str | None = None
    day: str | None = None
    month: str | None = None
    money: str | None = None
    number: str | None = None
    count: str | None = None
    unit: tuple[str, str] = ("", "")

    @property
    def sql(self) -> str:
        """The formatted value."""
        if self.count is not None:
            return counted(self.count, *self.unit)
        [(name, expression)] = self.model_dump(include=set(_FORMATS), exclude_none=True).items()
        return _FORMATS[name](expression)


class EventSource(Contract):
    """An event: where to find it and how to describe it."""

    label: str
    source: str
    rows: str
    phrase: str
    values: dict[str, Value]

    def found(self, as_of: date) -> str:
        """SELECT of its rows as known on `as_of`."""
        closed = last_closed_month(as_of)
        return Template(self.rows).substitute(as_of=f"DATE '{as_of}'", closed_month=f"DATE '{closed}'")


@lru_cache(maxsize=1)
def event_sources() -> dict[EventName, EventSource]:
    """Every event a rule may listen to."""
    declared = parse_yaml(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
    return {EventName(name): EventSource.model_validate(entry) for name, entry in declared.items()}
