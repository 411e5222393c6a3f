"""Business days of an evaluation, and the calendar period of the next one."""

from dataclasses import dataclass
from datetime import date, timedelta

import pyarrow as pa

from b2shift.interact.contracts import Cadence
from b2shift.interact.evaluation.words import MONTHS
from b2shift.kernel.calendar import add_months, first_of_month, is_business_day, next_business_day
from b2shift.lake.api import Session

_BACK, _AHEAD = 800, 500
_WEEK = 5
_MONTHS = {Cadence.MENSAL: 1, Cadence.BIMESTRAL: 2, Cadence.TRIMESTRAL: 3, Cadence.SEMESTRAL: 6, Cadence.ANUAL: 12}


@dataclass(frozen=True)
class Period:
    """One month, quarter… of the calendar: `key` is stable, `name` is how people say it."""

    start: date
    end: date
    key: str
    name: str


class Clock:
    """Business days counted from `as_of`: 0 is the last one up to it, 1 the next. Nothing asks the time."""

    def __init__(self, as_of: date) -> None:
        self.as_of = as_of
        self.next_day = next_business_day(as_of + timedelta(days=1))
        days = [as_of + timedelta(days=n) for n in range(-_BACK, _AHEAD + 1)]
        business = [is_business_day(day) for day in days]
        past = sum(business[: _BACK + 1])
        self._numbers: dict[date, int] = {}
        count = -past
        for day, works in zip(days, business, strict=True):
            count += works
            self._numbers[day] = count
        self._business = [day for day, works in zip(days, business, strict=True) if works]

    def number(self, day: date) -> int:
        """The number of the last business day up to `day`."""
        return self._numbers[min(max(day, min(self._numbers)), max(self._numbers))]

    def within(self, start: date, end: date) -> tuple[int, int]:
        """Numbers of the first and the last business day from `start` to `end`."""
        return self.number(start - timedelta(days=1)) + 1, self.number(end)

    def review(self, days: int) -> int:
        """The business day from which `days` to act on a lasting signal run: the last one before this week or month.

        A signal has no day of its own. Counted from every new run its term would never end; so short terms run from
        the week of the next business day, and those that a week cannot hold from its month.
        """
        start = self.next_day - timedelta(days=self.next_day.weekday())
        return self.number((start if days < _WEEK else first_of_month(self.next_day)) - timedelta(days=1))

    def tables(self, session: Session) -> None:
        """`rule_days`: every calendar day with its number; `rule_business_days`: the day of every number."""
        tables = {"rule_days": list(self._numbers), "rule_business_days": self._business}
        for name, days in tables.items():
            numbers = [self._numbers[day] for day in days]
            text = "SELECT unnest($days) AS day, CAST(unnest($numbers) AS INTEGER) AS n"
            values = {"days": days, "numbers": numbers}
            session.connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {text}", values)

    def period(self, every: Cadence) -> Period:
        """The calendar period of the next business day: nobody can be contacted before it."""
        months, day = _MONTHS[every], self.next_day
        index = (day.month - 1) // months
        start = date(day.year, index * months + 1, 1)
        end = add_months(start, months) - timedelta(days=1)
        return Period(start, end, f"{every.value}/{start:%Y-%m}", _period_name(every, start, index))


def register(session: Session, name: str, rows: pa.Table) -> None:
    """A table of this evaluation from rows made here."""
    session.connection.register("_rows", rows)
    session.connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM _rows")
    session.connection.unregister("_rows")


def _period_name(every: Cadence, start: date, index: int) -> str:
    if every is Cadence.MENSAL:
        return f"de {MONTHS[start.month - 1]} de {start.year}"
    if every is Cadence.BIMESTRAL:
        return f"de {MONTHS[start.month - 1]} e {MONTHS[start.month]} de {start.year}"
    if every is Cadence.ANUAL:
        return f"de {start.year}"
    return f"do {index + 1}º {'trimestre' if every is Cadence.TRIMESTRAL else 'semestre'} de {start.year}"
