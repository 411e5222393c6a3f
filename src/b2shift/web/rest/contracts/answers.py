"""Answers as programs read them: the same rows, period, scope and code as on the pages."""

from datetime import date
from typing import Any

from pydantic import Field

from b2shift.kernel.contract import Contract


class Days(Contract):
    """A period, both days inclusive."""

    start: date
    end: date


class QuestionAnswer(Contract):
    """What a question came to: an answer with its rows, a question back, or a refusal."""

    action: str = Field(description="answer, clarify or refuse")
    reason: str | None = Field(description="why it is not answered; null when it is")
    about: str = Field(description="what was not understood or is not there")
    options: tuple[str, ...] = Field(description="metrics to choose from when asked back")
    readings: tuple[dict[str, Any], ...] = Field(description="typed queries to choose from, where two readings differ")
    query: dict[str, Any] | None = Field(
        description="the typed query: intent, metrics, dimensions, filters, time, order…"
    )
    fingerprint: str | None = Field(description="the same on every surface for the same query, scope and data")
    narrative: tuple[str, ...] = Field(
        description="sentences, in the person's language; every numeral is a number of the rows"
    )
    rows: tuple[dict[str, Any], ...] = Field(description="numbers; percentages in points, money in BRL")
    labels: dict[str, dict[str, str]] = Field(description="dimension → value → what it is called")
    units: dict[str, str] = Field(description="metric → brl, percent, count, ratio, hours, points or score")
    definitions: dict[str, str] = Field(description="what the metrics mean")
    period: Days | None = Field(description="the period that was counted, said or not")
    compared_period: Days | None = Field(description="the period it was set against")
    conditions: tuple[str, ...] = Field(description="what the numbers are limited to: the filters of `query` in words")
    scope: str = Field(description="whose rows were counted")
    notes: tuple[str, ...] = Field(description="what limits the answer")
    as_of: date | None = Field(description="the day of the data")
    version: int | None = Field(description="version of the data")
    following: tuple[str, ...] = Field(description="questions that may be asked next")
