"""Spellings across sources: one table says how each delivered category, name or city should be written."""

from collections import Counter, defaultdict
from collections.abc import Mapping

import pyarrow as pa

from b2shift.identify.cleansing.decisions import Pair, accepted, decisions
from b2shift.identify.cleansing.file_forms import TALLIES, WORD
from b2shift.identify.cleansing.names import harmonise_names
from b2shift.identify.cleansing.similar_categories import SimilarCategory, similar_categories
from b2shift.identify.cleansing.spellings import harmonise
from b2shift.identify.cleansing.verdict import Verdict
from b2shift.identify.contracts import Decision
from b2shift.identify.sources.declaration import Kind, Source, SourceColumn
from b2shift.identify.sources.declarations import rows_of, tables
from b2shift.lake.api import Session

CODE_VERSION = 3
CITY, DOUBTS, CITY_DOUBTS = "city", "category_doubts", "city_doubts"


def vocabulary_of(source: Source, column: SourceColumn) -> str:
    """The vocabulary a column speaks: its declared one, or its own."""
    return column.vocabulary or f"{source.source}.{column.name}"


def vocabulary_columns(source: Source) -> list[SourceColumn]:
    """Columns whose values belong to a vocabulary."""
    return [c for c in source.columns if c.kind in (Kind.CATEGORY, Kind.NAME) or (c.kind is Kind.TEXT and c.vocabulary)]


def build_spellings(session: Session, sources: list[Source]) -> None:
    """Write `spellings`: delivered → written, for every vocabulary of the sources there are; and `category_doubts`."""
    columns = tuple(
        (s.source, c.header, vocabulary_of(s, c), str(c.kind)) for s in sources for c in vocabulary_columns(s)
    )
    inputs = [source.raw_table for source in sources if vocabulary_columns(source)]
    decided = decisions(session.store.root.parent)
    categories = {name: pairs for name, pairs in decided.items() if name != CITY}
    with session.stage("spellings", inputs=inputs, parameters=(CODE_VERSION, columns, repr(categories))) as stage:
        if not stage.stale:
            return
        heard, named = _heard(session, sources)
        verdicts = {
            name: harmonise_names(sorted(named[name]), counts) if name in named else harmonise(counts)
            for name, counts in heard.items()
        }
        doubts: dict[str, list[SimilarCategory]] = {}
        for name, counts in heard.items():
            if name not in named:
                pairs = decided.get(name, {})
                verdicts[name] |= decided_verdicts(counts, verdicts[name], accepted(pairs))
                doubts[name] = open_doubts(written_counts(counts, verdicts[name]), pairs)
        session.write(tables()["spellings"], _table(verdicts), sort_by=["vocabulary", "delivered"])
        session.write(tables()[DOUBTS], doubts_table(doubts), sort_by=["vocabulary", "delivered"])


def decided_verdicts(
    counts: Mapping[str, int], verdicts: Mapping[str, Verdict], decisions_by_form: Mapping[str, Decision]
) -> dict[str, Verdict]:
    """The verdicts that people's decisions change: forms written as a decided one are written as was decided."""
    found = {}
    for value in counts:
        after = verdicts[value].after if value in verdicts else value
        decision = decisions_by_form.get(str(after))
        if decision is not None and decision.spelling != value:
            found[value] = Verdict(decision.spelling, "category_variant", decision.rule, 1.0)
    return found


def written_counts(counts: Mapping[str, int], verdicts: Mapping[str, Verdict]) -> Counter[str]:
    """How often each form is written, after the verdicts."""
    written: Counter[str] = Counter()
    for value, count in counts.items():
        written[str(verdicts[value].after if value in verdicts else value)] += count
    return written


def open_doubts(counts: Mapping[str, int], decided: Mapping[Pair, Decision]) -> list[SimilarCategory]:
    """Forms that look alike and nobody has decided about."""
    return [one for one in similar_categories(counts) if (one.rare, one.frequent) not in decided]


def doubts_table(doubts: Mapping[str, list[SimilarCategory]]) -> pa.Table:
    """Rows of `category_doubts` or `city_doubts`."""
    rows = [
        {"vocabulary": name, "delivered": one.rare, "spelling": one.frequent, "rows": one.rows,
         "rows_of_spelling": one.rows_of_frequent, "confidence": one.likeness}
        for name, found in doubts.items() for one in found
    ]  # fmt: skip
    return rows_of(DOUBTS, rows)


def _heard(session: Session, sources: list[Source]) -> tuple[dict[str, dict[str, int]], dict[str, set[str]]]:
    """How often each vocabulary heard each value; the names among them."""
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    named: dict[str, set[str]] = {}
    words = _words(session)
    for source in sources:
        columns = {column.header: column for column in vocabulary_columns(source)}
        for column in columns.values():
            if column.kind is Kind.NAME:
                named.setdefault(vocabulary_of(source, column), set())
        for header, value, count in words.get(source.source, ()):
            vocabulary = vocabulary_of(source, columns[header])
            counts[vocabulary][value] += count
            if columns[header].kind is Kind.NAME:
                named[vocabulary].add(value)
    return counts, named


def _words(session: Session) -> dict[str, list[tuple[str, str, int]]]:
    """Source → header of a column, a value of it and how often it comes."""
    found: dict[str, list[tuple[str, str, int]]] = defaultdict(list)
    rows = session.connection.execute(
        f"SELECT source, \"column\", value, sum(lines) FROM {TALLIES} WHERE what = '{WORD}' GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    for source, *word in rows:
        found[source].append((word[0], word[1], int(word[2])))
    return found


def _table(verdicts: dict[str, dict[str, Verdict]]) -> pa.Table:
    rows = [
        {"vocabulary": vocabulary, "delivered": value, "spelling": v.after, "kind": v.kind, "rule": v.rule,
         "confidence": v.confidence}
        for vocabulary, found in verdicts.items() for value, v in found.items()
    ]  # fmt: skip
    return rows_of("spellings", rows)
