"""Each load held against the rules of its source: one number per rule, kept from load to load."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from hashlib import md5
from statistics import median_high
from typing import Any

from b2shift.identify.cleansing.parts import held_in, lies_there
from b2shift.identify.quality.newest_days import moved_from
from b2shift.identify.quality.stability import stability_index
from b2shift.identify.sources.cleansed import clean_notes
from b2shift.identify.sources.declaration import Reader, Source
from b2shift.identify.sources.declarations import rows_of, tables, target_spec
from b2shift.identify.sources.gone import clean_stage
from b2shift.identify.sources.reading import Notes, read_notes
from b2shift.identify.sources.rule import Rule, RuleKind
from b2shift.lake.api import Session, TableFiles, quote

TABLE = "rule_results"
_NOBODY_S = ("orphan_key", "invalid_key")
# Of fewer rows no share and no ratio says anything.
_ENOUGH = 10
_REPEATED = ("duplicate_row", "duplicate_event", "repeated_id")


@dataclass(frozen=True)
class Judged:
    """One rule of one source in one load."""

    source: str
    content: str
    rule: Rule
    value: float | None
    rows: int

    @property
    def delivery(self) -> str:
        """What the files of the source said; freshness also depends on those of other sources."""
        return self.content.split(" ")[0]

    @property
    def passed(self) -> bool:
        """Whether the promise was kept."""
        return self.rule.holds(self.value)

    @property
    def told(self) -> str:
        """The rule and its number, in words."""
        ends = (("mínimo", self.rule.at_least), ("máximo", self.rule.at_most))
        limits = [f"{word} {self._figure(end)}" for word, end in ends if end is not None]
        value = "sem valor" if self.value is None else self._figure(self.value)
        name = _NAMES[self.rule.rule]
        what = f"{name} {self.rule.about}" if self.rule.about else _OF_ROWS.get(self.rule.rule, name)
        return f"{what}: {value} ({', '.join(limits)})"

    def _figure(self, value: float) -> str:
        """So many digits as tell a share just below its limit from the limit."""
        told = f"{100 * value:.6g}%" if self.rule.rule in _SHARES else f"{value:.4g}"
        return told.replace(".", ",")


_SHARES = {RuleKind.COMPLETE, RuleKind.VALID, RuleKind.UNIQUE, RuleKind.KNOWN, RuleKind.VOLUME}
_NAMES = {
    RuleKind.COMPLETE: "preenchimento de", RuleKind.VALID: "validade de", RuleKind.UNIQUE: "linhas sem repetição",
    RuleKind.KNOWN: "referência de", RuleKind.FRESH: "dias de atraso", RuleKind.STEADY: "mudança na distribuição de",
    RuleKind.VOLUME: "linhas contra a carga anterior",
    RuleKind.PACE: "dias que as datas avançaram além do resto da entrega",
}  # fmt: skip
_OF_ROWS = {RuleKind.KNOWN: "linhas de clientes conhecidos"}
"""What a rule is called that looks at rows, not at a column."""


def judge(session: Session, sources: Iterable[Source]) -> list[Judged]:
    """The rules of every source that this load read anew, and the freshness of all."""
    sources = tuple(sources)
    newest = _newest(session, sources)
    refused = _refused(session)
    pace = _pace(session, sources)
    found: list[Judged] = []
    for source in sources:
        if not session.has(source.raw_table if source.reader is not Reader.TELEMETRY else source.table):
            continue
        looked_at = _look(session, source, refused) if session.recomputed(clean_stage(source)) else None
        rules = [rule for rule in source.rules if looked_at or rule.rule is RuleKind.FRESH]
        found += [_judged(session, source, rule, newest, pace, looked_at) for rule in rules]
    return found


@dataclass(frozen=True)
class _Look:
    """One look at the rows a source gave: how many, of each rule about values how many keep it, of how many; and how
    many rows of each kind were refused."""

    count: int
    shares: dict[Rule, tuple[int, int]]
    refused: Counter[str]


def _refused(session: Session) -> dict[str, Counter[str]]:
    """Source → kind → how many rows were refused."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    if session.has("rejects"):
        told = session.connection.execute("SELECT source, kind, count(*) FROM rejects GROUP BY ALL").fetchall()
        for source, kind, count in told:
            found[source][kind] = count
    return found


def _look(session: Session, source: Source, refused: dict[str, Counter[str]]) -> _Look:
    asked = {rule: _of_values(rule) for rule in source.rules if rule.rule in (RuleKind.COMPLETE, RuleKind.VALID)}
    told = ", ".join(["count(*)", *(part for pair in asked.values() for part in pair)])
    count, *numbers = session.connection.execute(f"SELECT {told} FROM ({_rows(session, source)})").fetchall()[0]
    shares = dict(zip(asked, zip(numbers[::2], numbers[1::2], strict=True), strict=True))
    return _Look(int(count), shares, refused[source.source])


def _of_values(rule: Rule) -> tuple[str, str]:
    """SQL: rows that keep a rule, and rows it speaks of."""
    if rule.rule is RuleKind.COMPLETE:
        return f"count({quote(str(rule.column))})", "count(*)"
    return f"count(*) FILTER ({rule.check})", f"count(*) FILTER (({rule.check}) IS NOT NULL)"


def remember(session: Session, judged: list[Judged]) -> None:
    """Add results to `rule_results`; one that is known for the same content is not told twice."""
    spec = tables()[TABLE]
    earlier = session.query(f"SELECT * FROM {TABLE}").to_pylist() if session.has(TABLE) else []
    known = {(row["source"], row["rule"], row["about"], row["content"]) for row in earlier}
    rows = [row for row in (_row(session, one) for one in judged) if _key(row) not in known]
    if rows or not session.has(TABLE):
        session.write(spec, rows_of(TABLE, [*earlier, *rows]), sort_by=["load", "source", "rule", "about"])


def _key(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["source"], row["rule"], row["about"], row["content"]


def _row(session: Session, one: Judged) -> dict[str, Any]:
    rule = one.rule
    return {
        "load": session.version, "source": one.source, "rule": str(rule.rule), "about": rule.about,
        "critical": rule.critical, "value": one.value, "at_least": rule.at_least, "at_most": rule.at_most,
        "passed": one.passed, "rows": one.rows, "content": one.content, "told": one.told,
    }  # fmt: skip


def content_of(notes: dict[str, Notes]) -> str:
    """What all the files of a source say, in a few letters."""
    told = repr(sorted((file, note["content"]) for file, note in notes.items()))
    return md5(told.encode(), usedforsecurity=False).hexdigest()


def _judged(
    session: Session,
    source: Source,
    rule: Rule,
    newest: dict[str, date | None],
    pace: dict[str, int],
    looked_at: _Look | None,
) -> Judged:
    notes = read_notes(session, source)
    digest = content_of(notes)
    if rule.rule is RuleKind.FRESH or looked_at is None:  # nothing is read again
        last, mine = max(filter(None, newest.values()), default=None), newest.get(source.source)
        value = float((last - mine).days) if last and mine else None
        files = clean_notes(session, source).get("files", {}).values()
        return Judged(source.source, f"{digest} {last}", rule, value, sum(int(file["accepted"]) for file in files))
    if rule.rule is RuleKind.PACE:
        return Judged(source.source, digest, rule, pace.get(source.source), looked_at.count)
    return Judged(source.source, digest, rule, _value(session, source, rule, looked_at, notes), looked_at.count)


def broken_by(judged: Iterable[Judged]) -> list[Judged]:
    """The critical rules that were not kept."""
    return [one for one in judged if one.rule.critical and not one.passed]


def _rows(session: Session, source: Source) -> str:
    """The rows this source alone gave to its table."""
    note = clean_notes(session, source).get("parts", {}).get(target_spec(source).name)
    return f"SELECT * FROM {session.rows(held_in(note)) if note else source.table}"


def _before(source: Source, session: Session) -> TableFiles | None:
    """Its rows in the version that serves, None when there are none."""
    stage = session.base.stages.get(clean_stage(source)) if session.base else None
    parts: Any = stage.notes.get("parts", {}) if stage else {}
    note = parts.get(target_spec(source).name)
    held = held_in(note) if note is not None else None
    return held if held is not None and lies_there(session, held) else None


def _value(session: Session, source: Source, rule: Rule, looked_at: _Look, notes: dict[str, Notes]) -> float | None:
    before, rows, count = _before(source, session), f"({_rows(session, source)})", looked_at.count
    read = sum(int(note["rows"]) for note in notes.values())
    value: float | None = None
    if rule in looked_at.shares:
        value = _share(*looked_at.shares[rule])
    elif rule.rule is RuleKind.KNOWN and rule.among:
        value = _found_elsewhere(session, rule, rows)
    elif rule.rule in (RuleKind.KNOWN, RuleKind.UNIQUE):
        value = _not_refused(looked_at, rule.rule, read)
    elif before and rule.rule is RuleKind.STEADY:
        earlier = f"(SELECT * FROM {session.rows(before)})"
        value = stability_index(session, earlier, rows, str(rule.column)) if count >= _ENOUGH else None
    elif before and rule.rule is RuleKind.VOLUME:
        value = _against(session, count, before)
    return value


def _against(session: Session, count: int, before: TableFiles) -> float | None:
    earlier = session.count(before)
    return count / earlier if earlier >= _ENOUGH else None


def _found_elsewhere(session: Session, rule: Rule, rows: str) -> float | None:
    table, column = str(rule.among).split(".")
    if not session.has(table):
        return None
    mine = quote(str(rule.column))
    found = f"count(*) FILTER ({mine} IN (SELECT {quote(column)} FROM {quote(table)}))"
    told = session.connection.execute(f"SELECT {found}, count(*) FROM {rows} WHERE {mine} IS NOT NULL").fetchall()[0]
    return _share(*told)


def _not_refused(looked_at: _Look, kind: RuleKind, read: int) -> float | None:
    """Share of the rows read that were not set aside for repeating another, or for being nobody's."""
    refused = sum(looked_at.refused[one] for one in (_REPEATED if kind is RuleKind.UNIQUE else _NOBODY_S))
    return 1 - refused / read if read >= _ENOUGH else None


def _share(some: int, of: int) -> float | None:
    return float(some) / float(of) if of >= _ENOUGH else None


def _newest(session: Session, sources: Iterable[Source]) -> dict[str, date | None]:
    """By source with a rule about freshness, its newest day, as cleansing noted it."""
    found: dict[str, date | None] = {}
    for source in sources:
        if any(rule.rule is RuleKind.FRESH for rule in source.rules):
            told = clean_notes(session, source).get("newest")
            found[source.source] = date.fromisoformat(told) if told else None
    return found


def _pace(session: Session, sources: Iterable[Source]) -> dict[str, int]:
    """By source that this load brought, the days its newest day moved on beyond the median of all of them."""
    moved = {source.source: (pair[1] - pair[0]).days for source in sources if (pair := moved_from(session, source))}
    return {name: days - median_high(moved.values()) for name, days in moved.items()}
