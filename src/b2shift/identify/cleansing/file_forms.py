"""How each file writes its days and numbers, decided once for the file from all of its values."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from b2shift.identify.cleansing.dates import EARLIEST, Decision, Written, decide
from b2shift.identify.cleansing.granularity import Granularity, learn
from b2shift.identify.cleansing.named_months import named_day_sql, short_year_sql
from b2shift.identify.cleansing.numbers import REAIS, decide_mark
from b2shift.identify.sources.cells import moment_of_serial_sql
from b2shift.identify.sources.declaration import DateOrder, Kind, Mark, Source
from b2shift.lake.api import Session, literal

TALLIES = "line_tallies"
"""How many lines of a file say what, kept from load to load."""
CURRENCY, DAY, MARK, NUMBER = "currency", "day", "mark", "number"
RESERVE, THOUSANDS, WORD = "reserve", "thousands", "word"
SAMPLE = 4000
"""So many different numbers of a column tell its granularity."""
_YEARS_AHEAD = 20
_LAST = date(2049, 12, 30)


class Form(NamedTuple):
    """The decisions for one file."""

    file: str
    dates: Decision | None
    last: date
    mark: Mark | None
    grains: Mapping[str, Granularity]

    @property
    def decimal(self) -> Mark:
        """The decimal mark, the comma in a file without numbers."""
        return self.mark or Mark.COMMA

    @property
    def order(self) -> DateOrder:
        """Day or month first."""
        return self.dates.order if self.dates else DateOrder.DAY_FIRST


def form_of(session: Session, source: Source, file: str) -> Form:
    """Decide from the sums of every day and number of a file (`line_tallies`)."""
    ask = _Tallies(session, source, file)
    days = ask.of(DAY) if source.of_kind(Kind.DATE, Kind.TIMESTAMP) else ""
    numbers = [column.header for column in source.of_kind(Kind.DECIMAL)]
    decision = decide(_written(session, days), source.date_order) if days else None
    last = _last_day(session, days, decision) if decision else _LAST
    mark = _mark(session, source, ask.of(MARK)) if numbers else None
    grouped = _grouped(session, ask.of(THOUSANDS), mark) if mark else set()
    grains = _grains(session, ask.of(NUMBER), [one for one in numbers if one not in grouped], mark) if mark else {}
    grains |= {header: Granularity(grouped=True) for header in grouped}
    for header in _majority(session, ask.of(CURRENCY), REAIS) if mark else ():
        grains[header] = grains.get(header, Granularity())._replace(currency=True)
    return Form(file, decision, last, mark, grains)


class _Tallies(NamedTuple):
    """The sums of one file."""

    session: Session
    source: Source
    file: str

    def of(self, what: str) -> str:
        """SQL of the values of a kind, with how many lines say each."""
        own = f"source = {literal(self.source.source)} AND file = {literal(self.file)}"
        return f'(SELECT "column", value AS v, lines AS n FROM {TALLIES} WHERE {own} AND what = {literal(what)})'


def _written(session: Session, days: str) -> Written:
    pattern = literal(r"^(\d{1,2})[-/.](\d{1,2})[-/.](?:\d{4}|\d{2})(?:\D.*)?$")
    row = session.connection.execute(f"""
        SELECT coalesce(sum(n) FILTER (regexp_matches(v, '^\\d{{4}}[-/.]\\d{{1,2}}[-/.]\\d{{1,2}}')), 0),
               coalesce(sum(n) FILTER (a BETWEEN 13 AND 31 AND b BETWEEN 1 AND 12), 0),
               coalesce(sum(n) FILTER (b BETWEEN 13 AND 31 AND a BETWEEN 1 AND 12), 0),
               coalesce(sum(n) FILTER (a BETWEEN 1 AND 12 AND b BETWEEN 1 AND 12), 0),
               coalesce(sum(n) FILTER (NOT short), 0), coalesce(sum(n) FILTER (short), 0),
               coalesce(sum(n) FILTER ({moment_of_serial_sql("v")} IS NOT NULL), 0)
        FROM (SELECT v, n, {short_year_sql("v")} AS short, TRY_CAST(regexp_extract(v, {pattern}, 1) AS INTEGER) AS a,
                     TRY_CAST(regexp_extract(v, {pattern}, 2) AS INTEGER) AS b
              FROM {days})
    """).fetchall()[0]
    return Written(*map(int, row))


def _last_day(session: Session, days: str, decision: Decision) -> date:
    """The last day that can be meant: twenty years after three quarters of the file's different days."""
    day: date | None = session.connection.execute(f"""
        SELECT CAST(quantile_disc(day, 0.75) AS DATE)
        FROM (SELECT DISTINCT {usual_day("v", decision)} AS day FROM {days})
        WHERE day BETWEEN DATE '{EARLIEST}' AND DATE '{_LAST}'
    """).fetchall()[0][0]
    return min(_LAST, day.replace(year=day.year + _YEARS_AHEAD, day=min(day.day, 28))) if day else _LAST


def _mark(session: Session, source: Source, marks: str) -> Mark:
    counts = dict(session.connection.execute(f"SELECT v, n FROM {marks}").fetchall())
    return decide_mark(counts.get(",", 0), counts.get(".", 0), source.decimal)


def _grouped(session: Session, thousands: str, mark: Mark) -> set[str]:
    """The columns most of whose numbers from a thousand on stand in groups, with the mark that is not the decimal's."""
    return _majority(session, thousands, "." if mark is Mark.COMMA else ",")


def _majority(session: Session, tallies: str, value: str) -> set[str]:
    """The columns most of whose lines say a value."""
    rows = session.connection.execute(f"""
        SELECT "column" FROM {tallies} GROUP BY 1
        HAVING coalesce(sum(n) FILTER (v = '{value}'), 0) > coalesce(sum(n) FILTER (v <> '{value}'), 0)
    """).fetchall()
    return {header for (header,) in rows}


def _grains(session: Session, sample: str, headers: list[str], mark: Mark) -> dict[str, Granularity]:
    point = "," if mark is Mark.COMMA else "."
    rows = session.connection.execute(
        f"SELECT \"column\", replace(v, '{point}', '.') FROM {sample} "
        f"WHERE regexp_full_match(v, '-?\\d+(\\{point}\\d{{1,9}})?') ORDER BY hash(v), v"
    ).fetchall()
    values: dict[str, list[str]] = {header: [] for header in headers}
    for header, value in rows:
        if header in values:
            values[header].append(value)
    return {header: learn(found) for header, found in values.items()}


def usual_day(text: str, dates: Decision | None) -> str:
    """SQL: a day in a usual form of its file, NULL when it is written otherwise."""
    days = [_numbered_day(text, dates.usual if dates else "iso")]
    days += [named_day_sql(text)] if dates and dates.named else []
    days += [f"CAST({moment_of_serial_sql(text)} AS DATE)"] if dates and dates.serial else []
    return f"coalesce({', '.join(days)})"


def _numbered_day(text: str, usual: str) -> str:
    if usual == "iso":
        return f"TRY_CAST({text} AS DATE)"
    form = "%d/%m/%Y" if usual == DateOrder.DAY_FIRST else "%m/%d/%Y"
    return (
        f"CASE WHEN regexp_full_match({text}, '\\d{{1,2}}/\\d{{1,2}}/\\d{{4}}( .*)?') "
        f"THEN CAST(try_strptime(split_part({text}, ' ', 1), '{form}') AS DATE) END"
    )
