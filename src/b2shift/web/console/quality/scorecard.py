"""How each source keeps its rules from load to load, and what its newest load brought."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from b2shift.identify.api import quality_report
from b2shift.identify.contracts import LoadCounts, RuleOutcome, SourceQuality
from b2shift.kernel.errors import StateError
from b2shift.web.console.charts import Chart, Column, Table
from b2shift.web.console.formats import number
from b2shift.web.crm.lake import lake

MOST_SOURCES = 15


@dataclass(frozen=True)
class ScoreRow:
    """One source: its note, the rules it breaks, its newest load."""

    source: str
    score: float | None
    before: float | None
    broken: tuple[RuleOutcome, ...]
    kept: tuple[RuleOutcome, ...]
    newest: LoadCounts | None

    @property
    def better(self) -> bool | None:
        """Whether the note rose; None when it stayed or there is none before."""
        if self.score is None or self.before is None or self.score == self.before:
            return None
        return self.score > self.before


def scorecard() -> list[ScoreRow]:
    """Every source with rules, the lowest note first; empty before the first run."""
    return sorted(map(_row, _sources()), key=lambda row: (row.score if row.score is not None else 101, row.source))


def scores_over_time() -> Chart | None:
    """The mean note of all sources in each load, once there are two."""
    sources = _sources()
    notes: dict[int, dict[str, float]] = {}
    for source in sources:
        for one in source.scores:
            notes.setdefault(one.load, {})[source.source] = one.score
    if len(notes) < 2:
        return None
    # A source that a load did not bring keeps the note it had.
    current: dict[str, float] = {}
    rows = []
    for load in sorted(notes):
        current |= notes[load]
        rows.append((str(load), sum(current.values()) / len(current)))
    return Chart(
        name="notas",
        kind="line",
        title=_("Nota média das fontes, por carga"),
        reading=_("A nota média foi de %(first)s a %(last)s em %(loads)s cargas.")
        % {"first": number(rows[0][1], 1), "last": number(rows[-1][1], 1), "loads": number(len(rows))},
        table=Table([Column(_("Carga"), "", "x"), Column(_("Nota"), "number", "value")], rows),
        options={"top": 100},
    )


def lost_over_time() -> Chart | None:
    """What each source lost in its note in each load, the sources that lost most on top; none when nothing was."""
    sources = _sources()
    loads = sorted({one.load for source in sources for one in source.scores})
    rows: dict[str, list[float]] = {}
    for source in sources:
        notes, note = {one.load: one.score for one in source.scores}, 100.0
        # A source that a load did not bring keeps the note it had.
        rows[source.source] = [100 - (note := notes.get(load, note)) for load in loads]
    worst = sorted((name for name, lost in rows.items() if any(lost)), key=lambda name: (-sum(rows[name]), name))
    if len(loads) < 2 or not worst:
        return None
    shown = worst[:MOST_SOURCES]
    return Chart(
        name="perdas",
        kind="heat",
        title=_("Pontos perdidos por fonte, em cada carga"),
        reading=_("%(source)s é a fonte que mais perdeu: hoje %(now)s pontos.")
        % {"source": shown[0], "now": number(rows[shown[0]][-1])},
        table=Table(
            [Column(_("Carga"), "", "x"), Column(_("Fonte"), "", "y"), Column(_("Pontos perdidos"), "number", "value")],
            [(str(load), name, lost) for name in shown for load, lost in zip(loads, rows[name], strict=True)],
        ),
        size="tall" if len(shown) > 6 else "short" if len(shown) < 4 else "",
    )


def _sources() -> tuple[SourceQuality, ...]:
    try:
        return quality_report(lake()).sources
    except StateError:
        return ()


def _row(source: SourceQuality) -> ScoreRow:
    scores = [one.score for one in source.scores]
    return ScoreRow(
        source.source,
        scores[-1] if scores else None,
        scores[-2] if len(scores) > 1 else None,
        tuple(rule for rule in source.rules if not rule.passed),
        tuple(rule for rule in source.rules if rule.passed),
        source.loads[-1] if source.loads else None,
    )
