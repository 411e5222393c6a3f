"""Alerts and reports as programs read them: one's own."""

from datetime import date, datetime
from typing import Any

from pydantic import Field

from b2shift.kernel.contract import Contract
from b2shift.web.rest.contracts.base import Page


class AlertItem(Contract):
    """A number one wants to hear of when it crosses a line."""

    alert_id: int = Field(description="number of the alert")
    text: str = Field(description="the sentence it was made of")
    line: str = Field(description="metric and limit, pt-BR")
    query: dict[str, Any] = Field(description="the typed query it looks at")
    scope: str = Field(description="whose rows are counted, as when it was made")
    cadence: str = Field(description="run, week or month")
    via: tuple[str, ...] = Field(description="notice, email, slack")
    paused: bool = Field(description="whether it is not looked at")
    beyond: tuple[str, ...] = Field(description="groups beyond the line now; an empty text is the whole scope")
    last_value: float | None = Field(description="what it was at the last look; null for several groups")
    looked_at: datetime | None = Field(description="when it was last looked at")
    trouble: str = Field(description="why the last look did not judge it, pt-BR")


class AlertPage(Page[AlertItem]):
    """One's alerts, newest first."""


class FiringItem(Contract):
    """One crossing, kept as it was."""

    firing_id: int = Field(description="number of the firing")
    alert_id: int = Field(description="number of the alert")
    group: str = Field(description="value of the dimension; empty for the whole scope")
    value: float = Field(description="the number that crossed the line")
    counted: int = Field(description="customers counted")
    query: dict[str, Any] = Field(description="the typed query with its period")
    fingerprint: str = Field(description="the code of the answer: the same on every surface")
    version: int = Field(description="version of the data")
    as_of: date = Field(description="the day of the data")
    at: datetime = Field(description="when it was seen")


class FiringPage(Page[FiringItem]):
    """Crossings of one alert, newest first."""


class EditionItem(Contract):
    """A file of a report made for you."""

    edition_id: int = Field(description="number of the edition")
    report: str = Field(description="title of the report")
    day: date = Field(description="the day it is of")
    format: str = Field(description="pdf or xlsx")
    name: str = Field(description="name of the file")
    scope: str = Field(description="whose rows were counted")
    version: int = Field(description="version of the data")
    fingerprints: tuple[str, ...] = Field(description="the codes of its answers, in their order")
    made_at: datetime = Field(description="when it was made")


class EditionPage(Page[EditionItem]):
    """Editions made for you, newest first."""
