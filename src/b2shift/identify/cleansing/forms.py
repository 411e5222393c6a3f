"""How each file writes its days and numbers, decided once for the file from all of its values."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from b2shift.identify.cleansing.dates import EARLIEST, Decision, Written, decide
from b2shift.identify.cleansing.granularity import Granularity, learn
from b2shift.identify.cleansing.numbers import decide_mark
from b2shift.identify.sources.declaration import DateOrder, Kind, Mark, Source
from b2shift.lake.api import Session, literal, quote

_YEARS_AHEAD = 20
_SAMPLE = 4000
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
    """Look at every day and number of a file."""
    days = [column.header for column in source.of_kind(Kind.DATE, Kind.TIMESTAMP)]
    if days:
        session.connection.execute(f"CREATE OR REPLACE TEMP TABLE _days AS FROM {_values(source, file, days)}")
    numbers = [column.header for column in source.of_kind(Kind.DECIMAL)]
    decision = decide(_written(session), source.date_order) if days else None
    last = _last_day(session, decision) if decision else _LAST
    mark = _mark(session, source, file, numbers) if numbers else None
    grains = {header: _grain(session, source, file, header, mark) for header in numbers} if mark else {}
    return Form(file, decision, last, mark, grains)


def _values(source: Source, file: str, headers: list[str]) -> str:
    listed = ", ".join(map(quote, headers))
    return (
        f"(SELECT trim(v) AS v, count(*) AS n FROM (SELECT unnest([{listed}]) AS v FROM {quote(source.raw_table)} "
        f"WHERE _file = {literal(file)} AND _text IS NULL) WHERE v IS NOT NULL GROUP BY 1)"
    )


def _written(session: Session) -> Written:
    pattern = literal(r"^(\d{1,2})[-/.](\d{1,2})[-/.](?:\d{4}|\d{2})(?:\D.*)?$")
    row = session.connection.execute(f"""
        SELECT coalesce(sum(n) FILTER (regexp_matches(v, '^\\d{{4}}[-/.]\\d{{1,2}}[-/.]\\d{{1,2}}')), 0),
               coalesce(sum(n) FILTER (a BETWEEN 13 AND 31 AND b BETWEEN 1 AND 12), 0),
               coalesce(sum(n) FILTER (b BETWEEN 13 AND 31 AND a BETWEEN 1 AND 12), 0),
               coalesce(sum(n) FILTER (a BETWEEN 1 AND 12 AND b BETWEEN 1 AND 12), 0)
        FROM (SELECT v, n, TRY_CAST(regexp_extract(v, {pattern}, 1) AS INTEGER) AS a,
                     TRY_CAST(regexp_extract(v, {pattern}, 2) AS INTEGER) AS b
              FROM _days)
    """).fetchall()[0]
    return Written(*map(int, row))


def _last_day(session: Session, decision: Decision) -> date:
    """The last day that can be meant: twenty years after three quarters of the file's different days."""
    day: date | None = session.connection.execute(f"""
        SELECT CAST(quantile_disc(day, 0.75) AS DATE) FROM (SELECT {usual_day("v", decision.usual)} AS day FROM _days)
        WHERE day BETWEEN DATE '{EARLIEST}' AND DATE '{_LAST}'
    """).fetchall()[0][0]
    return min(_LAST, day.replace(year=day.year + _YEARS_AHEAD, day=min(day.day, 28))) if day else _LAST


def _mark(session: Session, source: Source, file: str, headers: list[str]) -> Mark:
    row = session.connection.execute(f"""
        SELECT coalesce(sum(n) FILTER (regexp_full_match(v, '-?\\d+,\\d+')), 0),
               coalesce(sum(n) FILTER (regexp_full_match(v, '-?\\d+\\.\\d+')), 0)
        FROM {_values(source, file, headers)}
    """).fetchall()[0]
    return decide_mark(int(row[0]), int(row[1]), source.decimal)


def _grain(session: Session, source: Source, file: str, header: str, mark: Mark) -> Granularity:
    point = "," if mark is Mark.COMMA else "."
    rows = session.connection.execute(
        f"SELECT replace(v, '{point}', '.') FROM {_values(source, file, [header])} "
        f"WHERE regexp_full_match(v, '-?\\d+(\\{point}\\d{{1,9}})?') ORDER BY hash(v), v LIMIT {_SAMPLE}"
    ).fetchall()
    return learn([value for (value,) in rows])


def usual_day(text: str, usual: str) -> str:
    """SQL: a day in the usual form of its file, NULL when it is written otherwise."""
    if usual == "iso":
        return f"TRY_CAST({text} AS DATE)"
    form = "%d/%m/%Y" if usual == DateOrder.DAY_FIRST else "%m/%d/%Y"
    return (
        f"CASE WHEN regexp_full_match({text}, '\\d{{1,2}}/\\d{{1,2}}/\\d{{4}}( .*)?') "
        f"THEN CAST(try_strptime(split_part({text}, ' ', 1), '{form}') AS DATE) END"
    )
