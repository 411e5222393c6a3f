"""Evaluate the data quality rules of each source on each load: one metric per rule, kept in `rule_results`."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from hashlib import md5
from statistics import median_high
from typing import Any

from b2shift.identify.cleansing.table_parts import files_of_note, kept_part
from b2shift.identify.quality.stability import stability_index
from b2shift.identify.quality.watermark import watermarks
from b2shift.identify.sources.cleansing_stage import clean_notes
from b2shift.identify.sources.declaration import Reader, Source
from b2shift.identify.sources.declarations import rows_of, tables, target_spec
from b2shift.identify.sources.reading import Notes, read_notes
from b2shift.identify.sources.removed_sources import clean_stage
from b2shift.identify.sources.rule import Rule, RuleKind
from b2shift.lake.api import Session, TableFiles, quote

TABLE = "rule_results"
_ORPHAN = ("orphan_key", "invalid_key")
# Shares and ratios are not computed on fewer rows.
_FEWEST_ROWS = 10
_DUPLICATE = ("duplicate_row", "duplicate_event", "repeated_id")


@dataclass(frozen=True)
class RuleResult:
    """The result of one rule of one source in one load."""

    source: str
    content: str
    rule: Rule
    value: float | None
    rows: int

    @property
    def delivery(self) -> str:
        """The digest of the files of the source alone; the freshness rule adds the newest day of all sources."""
        return self.content.split(" ")[0]

    @property
    def passed(self) -> bool:
        """Whether the value is within the limits."""
        return self.rule.holds(self.value)

    @property
    def description(self) -> str:
        """The rule, its value and its limits in words, pt-BR."""
        ends = (("mínimo", self.rule.at_least), ("máximo", self.rule.at_most))
        limits = [f"{word} {self._formatted(end)}" for word, end in ends if end is not None]
        value = "sem valor" if self.value is None else self._formatted(self.value)
        name = _RULE_NAMES[self.rule.rule]
        what = f"{name} {self.rule.about}" if self.rule.about else _ROW_RULE_NAMES.get(self.rule.rule, name)
        return f"{what}: {value} ({', '.join(limits)})"

    def _formatted(self, value: float) -> str:
        """Enough digits to distinguish a share just below its limit from the limit."""
        text = f"{100 * value:.6g}%" if self.rule.rule in _PERCENT_RULES else f"{value:.4g}"
        return text.replace(".", ",")


_PERCENT_RULES = {RuleKind.COMPLETE, RuleKind.VALID, RuleKind.UNIQUE, RuleKind.KNOWN, RuleKind.VOLUME}
_RULE_NAMES = {
    RuleKind.COMPLETE: "preenchimento de", RuleKind.VALID: "validade de", RuleKind.UNIQUE: "linhas sem repetição",
    RuleKind.KNOWN: "referência de", RuleKind.FRESH: "dias de atraso", RuleKind.STEADY: "mudança na distribuição de",
    RuleKind.VOLUME: "linhas contra a carga anterior",
    RuleKind.PACE: "dias que as datas avançaram além do resto da entrega",
}  # fmt: skip
_ROW_RULE_NAMES = {RuleKind.KNOWN: "linhas de clientes conhecidos"}
"""names of rules about rows, not a column"""


def evaluate_rules(session: Session, sources: Iterable[Source]) -> list[RuleResult]:
    """Evaluate the rules of every source recomputed in this load, and freshness of all sources."""
    sources = tuple(sources)
    newest = _newest_days(session, sources)
    rejected = _rejected(session)
    pace = _pace(session, sources)
    found: list[RuleResult] = []
    for source in sources:
        if not session.has(source.raw_table if source.reader is not Reader.TELEMETRY else source.table):
            continue
        counts = _count_rows(session, source, rejected) if session.recomputed(clean_stage(source)) else None
        rules = [rule for rule in source.rules if counts or rule.rule is RuleKind.FRESH]
        found += [_evaluated(session, source, rule, newest, pace, counts) for rule in rules]
    return found


@dataclass(frozen=True)
class _Counts:
    """Counts over the rows of a source: all, per rule about values those that pass and those it applies to, rejected by
    kind."""

    count: int
    shares: dict[Rule, tuple[int, int]]
    rejected: Counter[str]


def _rejected(session: Session) -> dict[str, Counter[str]]:
    """Source → kind → number of rejected rows."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    if session.has("rejects"):
        counts = session.connection.execute("SELECT source, kind, count(*) FROM rejects GROUP BY ALL").fetchall()
        for source, kind, count in counts:
            found[source][kind] = count
    return found


def _count_rows(session: Session, source: Source, rejected: dict[str, Counter[str]]) -> _Counts:
    expressions = {
        rule: _value_counts_sql(rule) for rule in source.rules if rule.rule in (RuleKind.COMPLETE, RuleKind.VALID)
    }
    selected = ", ".join(["count(*)", *(part for pair in expressions.values() for part in pair)])
    count, *numbers = session.connection.execute(f"SELECT {selected} FROM ({_rows(session, source)})").fetchall()[0]
    shares = dict(zip(expressions, zip(numbers[::2], numbers[1::2], strict=True), strict=True))
    return _Counts(int(count), shares, rejected[source.source])


def _value_counts_sql(rule: Rule) -> tuple[str, str]:
    """SQL: number of rows that pass a rule, and of those it applies to."""
    if rule.rule is RuleKind.COMPLETE:
        return f"count({quote(str(rule.column))})", "count(*)"
    return f"count(*) FILTER ({rule.check})", f"count(*) FILTER (({rule.check}) IS NOT NULL)"


def append_results(session: Session, results: list[RuleResult]) -> None:
    """Append results to `rule_results`, except those present for the same content (idempotent)."""
    spec = tables()[TABLE]
    earlier = session.query(f"SELECT * FROM {TABLE}").to_pylist() if session.has(TABLE) else []
    known = {(row["source"], row["rule"], row["about"], row["content"]) for row in earlier}
    rows = [row for row in (_row(session, one) for one in results) if _key(row) not in known]
    if rows or not session.has(TABLE):
        session.write(spec, rows_of(TABLE, [*earlier, *rows]), sort_by=["load", "source", "rule", "about"])


def _key(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["source"], row["rule"], row["about"], row["content"]


def _row(session: Session, one: RuleResult) -> dict[str, Any]:
    rule = one.rule
    return {
        "load": session.version, "source": one.source, "rule": str(rule.rule), "about": rule.about,
        "critical": rule.critical, "value": one.value, "at_least": rule.at_least, "at_most": rule.at_most,
        "passed": one.passed, "rows": one.rows, "content": one.content, "told": one.description,
    }  # fmt: skip


def content_digest(notes: dict[str, Notes]) -> str:
    """A digest of the content of all files of a source."""
    contents = repr(sorted((file, note["content"]) for file, note in notes.items()))
    return md5(contents.encode(), usedforsecurity=False).hexdigest()


def _evaluated(
    session: Session,
    source: Source,
    rule: Rule,
    newest: dict[str, date | None],
    pace: dict[str, int],
    counts: _Counts | None,
) -> RuleResult:
    notes = read_notes(session, source)
    digest = content_digest(notes)
    if rule.rule is RuleKind.FRESH or counts is None:  # not recomputed
        last, own = max(filter(None, newest.values()), default=None), newest.get(source.source)
        value = float((last - own).days) if last and own else None
        files = clean_notes(session, source).get("files", {}).values()
        return RuleResult(source.source, f"{digest} {last}", rule, value, sum(int(file["accepted"]) for file in files))
    if rule.rule is RuleKind.PACE:
        return RuleResult(source.source, digest, rule, pace.get(source.source), counts.count)
    return RuleResult(source.source, digest, rule, _value(session, source, rule, counts, notes), counts.count)


def critical_failures(results: Iterable[RuleResult]) -> list[RuleResult]:
    """The critical rules that failed."""
    return [one for one in results if one.rule.critical and not one.passed]


def _rows(session: Session, source: Source) -> str:
    """SQL: the rows of its table that come from this source."""
    note = clean_notes(session, source).get("parts", {}).get(target_spec(source).name)
    return f"SELECT * FROM {session.rows(files_of_note(note)) if note else source.table}"


def _served(source: Source, session: Session) -> TableFiles | None:
    """Its rows in the served version, None when there are none."""
    stage = session.base.stages.get(clean_stage(source)) if session.base else None
    return kept_part(session, stage.notes, target_spec(source).name) if stage else None


def _value(session: Session, source: Source, rule: Rule, counts: _Counts, notes: dict[str, Notes]) -> float | None:
    served, rows, count = _served(source, session), f"({_rows(session, source)})", counts.count
    read = sum(int(note["rows"]) for note in notes.values())
    value: float | None = None
    if rule in counts.shares:
        value = _share(*counts.shares[rule])
    elif rule.rule is RuleKind.KNOWN and rule.among:
        value = _referenced_share(session, rule, rows)
    elif rule.rule in (RuleKind.KNOWN, RuleKind.UNIQUE):
        value = _not_rejected_share(counts, rule.rule, read)
    elif served and rule.rule is RuleKind.STEADY:
        earlier = f"(SELECT * FROM {session.rows(served)})"
        value = stability_index(session, earlier, rows, str(rule.column)) if count >= _FEWEST_ROWS else None
    elif served and rule.rule is RuleKind.VOLUME:
        value = _volume_ratio(session, count, served)
    return value


def _volume_ratio(session: Session, count: int, served: TableFiles) -> float | None:
    earlier = session.count(served)
    return count / earlier if earlier >= _FEWEST_ROWS else None


def _referenced_share(session: Session, rule: Rule, rows: str) -> float | None:
    table, column = str(rule.among).split(".")
    if not session.has(table):
        return None
    own = quote(str(rule.column))
    found = f"count(*) FILTER ({own} IN (SELECT {quote(column)} FROM {quote(table)}))"
    passed, applicable = session.connection.execute(
        f"SELECT {found}, count(*) FROM {rows} WHERE {own} IS NOT NULL"
    ).fetchall()[0]
    return _share(passed, applicable)


def _not_rejected_share(counts: _Counts, kind: RuleKind, read: int) -> float | None:
    """Share of the rows read that were not rejected as duplicates, or as orphans."""
    rejected = sum(counts.rejected[one] for one in (_DUPLICATE if kind is RuleKind.UNIQUE else _ORPHAN))
    return 1 - rejected / read if read >= _FEWEST_ROWS else None


def _share(some: int, of: int) -> float | None:
    return float(some) / float(of) if of >= _FEWEST_ROWS else None


def _newest_days(session: Session, sources: Iterable[Source]) -> dict[str, date | None]:
    """Source with a freshness rule → its newest day, as cleansing noted it."""
    found: dict[str, date | None] = {}
    for source in sources:
        if any(rule.rule is RuleKind.FRESH for rule in source.rules):
            day = clean_notes(session, source).get("newest")
            found[source.source] = date.fromisoformat(day) if day else None
    return found


def _pace(session: Session, sources: Iterable[Source]) -> dict[str, int]:
    """Loaded source → days its high-water mark advanced beyond the median of all of them."""
    moved = {source.source: (pair[1] - pair[0]).days for source in sources if (pair := watermarks(session, source))}
    return {name: days - median_high(moved.values()) for name, days in moved.items()}
