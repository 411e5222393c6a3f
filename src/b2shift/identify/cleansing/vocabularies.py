"""Spellings across sources: one table says how each delivered category, name or city should be written."""

from collections import defaultdict

import pyarrow as pa

from b2shift.identify.cleansing.names import harmonise_names
from b2shift.identify.cleansing.spellings import harmonise
from b2shift.identify.cleansing.usual import delivered
from b2shift.identify.cleansing.verdict import Verdict
from b2shift.identify.sources.declaration import Kind, Source, SourceColumn
from b2shift.identify.sources.declarations import rows_of, tables
from b2shift.lake.api import Session, quote

CODE_VERSION = 2


def vocabulary_of(source: Source, column: SourceColumn) -> str:
    """The vocabulary a column speaks: its declared one, or its own."""
    return column.vocabulary or f"{source.source}.{column.name}"


def spoken(source: Source) -> list[SourceColumn]:
    """Columns whose values belong to a vocabulary."""
    return [c for c in source.columns if c.kind in (Kind.CATEGORY, Kind.NAME) or (c.kind is Kind.TEXT and c.vocabulary)]


def build_spellings(session: Session, sources: list[Source]) -> None:
    """Write `spellings`: delivered → written, for every vocabulary of the sources there are."""
    told = tuple((s.source, c.header, vocabulary_of(s, c), str(c.kind)) for s in sources for c in spoken(s))
    inputs = [source.raw_table for source in sources if spoken(source)]
    with session.stage("spellings", inputs=inputs, parameters=(CODE_VERSION, told)) as stage:
        if stage.stale:
            session.write(
                tables()["spellings"], _table(_verdicts(session, sources)), sort_by=["vocabulary", "delivered"]
            )


def _verdicts(session: Session, sources: list[Source]) -> dict[str, dict[str, Verdict]]:
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    named: dict[str, set[str]] = defaultdict(set)
    for source in sources:
        for column in spoken(source):
            vocabulary = vocabulary_of(source, column)
            rows = session.connection.execute(
                f"SELECT v, count(*) FROM (SELECT {delivered(column, source)} AS v FROM {quote(source.raw_table)} AS r "
                "WHERE _text IS NULL) WHERE v IS NOT NULL GROUP BY v"
            ).fetchall()
            for value, count in rows:
                counts[vocabulary][value] += count
            if column.kind is Kind.NAME:
                named[vocabulary] |= {value for value, _ in rows}
    return {
        vocabulary: harmonise_names(sorted(named[vocabulary]), heard) if vocabulary in named else harmonise(heard)
        for vocabulary, heard in counts.items()
    }


def _table(verdicts: dict[str, dict[str, Verdict]]) -> pa.Table:
    rows = [
        {"vocabulary": vocabulary, "delivered": value, "spelling": v.after, "kind": v.kind, "rule": v.rule,
         "confidence": v.confidence}
        for vocabulary, found in verdicts.items() for value, v in found.items()
    ]  # fmt: skip
    return rows_of("spellings", rows)
