"""The delivery by source, the troubled first, and the defects by kind."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from b2shift.web.accounts.models import User
from b2shift.web.console import formats
from b2shift.web.console.charts import Chart, Column, Table
from b2shift.web.console.formats import count_short, number, percent
from b2shift.web.console.quality import words
from b2shift.web.console.wording import Tone
from b2shift.web.crm.catalogue import visible_loads, visible_quality
from b2shift.web.crm.models import Load

MOST_KINDS = 12
MILLION = 1_000_000
_WORST_FIRST = ("quarantined", "failed", "missing", "kept", "unknown", "loaded")
_KEPT_DAYS = re.compile(r"(.+) \((\d{4}-\d\d-\d\d) a (\d{4}-\d\d-\d\d)\)")
"""What the ledger calls the days of an earlier delivery that a newer file of the name did not bring."""


@dataclass(frozen=True)
class FileRow:
    """One file as loaded."""

    load: Load
    label: str
    tone: Tone

    @property
    def rejected_share(self) -> float | None:
        """Rows set aside over rows read."""
        load = self.load
        return load.rows_rejected / load.rows_read if load.rows_read and load.rows_rejected is not None else None

    @property
    def name(self) -> str:
        """The file; of one that an earlier delivery brought, the days of it that a newer one did not bring."""
        kept = _KEPT_DAYS.fullmatch(self.load.file)
        if not kept:
            return self.load.file
        first, last = (formats.day(date.fromisoformat(one)) for one in kept.groups()[1:])
        return _("%(file)s, de %(first)s a %(last)s") % {"file": kept[1], "first": first, "last": last}

    @property
    def date_order(self) -> str:
        """The order of its dates in words."""
        return words.date_order(self.load.date_order)

    @property
    def decimal_mark(self) -> str:
        """Its decimal mark in words."""
        return words.decimal_mark(self.load.decimal_mark)


@dataclass(frozen=True)
class SourceRow:
    """A source: its files, summed."""

    source: str
    files: list[FileRow]

    def _sum(self, column: str) -> int:
        return sum(getattr(one.load, column) or 0 for one in self.files)

    @property
    def read(self) -> int:
        """Rows found."""
        return self._sum("rows_read")

    @property
    def accepted(self) -> int:
        """Rows used."""
        return self._sum("rows_accepted")

    @property
    def rejected(self) -> int:
        """Rows set aside."""
        return self._sum("rows_rejected")

    @property
    def repaired(self) -> int:
        """Values changed."""
        return self._sum("values_repaired")

    @property
    def rejected_share(self) -> float | None:
        """Rows set aside over rows found."""
        return self.rejected / self.read if self.read else None

    @property
    def worst(self) -> FileRow:
        """The file that says how the source is."""
        return min(self.files, key=_severity)

    @property
    def troubled(self) -> bool:
        """Whether some file did not arrive or could not be read."""
        return any(one.load.status != "loaded" for one in self.files)


def sources_of(user: User) -> list[SourceRow]:
    """The sources, those with trouble first, then by share of rows set aside."""
    grouped: dict[str, list[FileRow]] = {}
    for load in visible_loads(user):
        label, tone = words.status(load.status)
        grouped.setdefault(load.source or load.file, []).append(FileRow(load, label, tone))
    rows = [SourceRow(source, sorted(files, key=_severity)) for source, files in grouped.items()]
    return sorted(rows, key=lambda row: (_severity(row.worst)[0], -(row.rejected_share or 0.0), row.source))


def sentence(rows: Sequence[SourceRow]) -> str:
    """What matters: how much arrived, how much was set aside, what is missing."""
    if not rows:
        return _("Nenhuma entrega foi lida ainda.")
    read, rejected = sum(row.read for row in rows), sum(row.rejected for row in rows)
    files = sum(1 for row in rows for one in row.files if one.load.status == "loaded")
    text = ngettext("%(count)s arquivo lido", "%(count)s arquivos lidos", files) % {"count": number(files)}
    text += (_(", %(rows)s de linhas") if read >= MILLION else _(", %(rows)s linhas")) % {"rows": count_short(read)}
    if read:
        text += _("; %(share)s rejeitadas") % {"share": percent(rejected / read, 2)}
    for status, one, many in (
        ("quarantined", _("em quarentena: %(names)s"), _("em quarentena: %(names)s")),
        ("failed", _("com erro: %(names)s"), _("com erro: %(names)s")),
        ("missing", _("ausente: %(names)s"), _("ausentes: %(names)s")),
        ("kept", _("mantida de antes: %(names)s"), _("mantidas de antes: %(names)s")),
    ):
        names = [row.source for row in rows if any(file.load.status == status for file in row.files)]
        if names:
            shown = ", ".join(names[:4]) + ("…" if len(names) > 4 else "")
            text += "; " + (one if len(names) == 1 else many) % {"names": shown}
    return text + "."


@dataclass(frozen=True)
class DefectRow:
    """One defect kind in one column of one source, by treatment."""

    kind: str
    source: str
    column: str
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """The kind in words."""
        return words.defect(self.kind)

    @property
    def repaired(self) -> int:
        """Values corrected."""
        return self.counts.get("repaired", 0)

    @property
    def unknown(self) -> int:
        """Values left empty."""
        return self.counts.get("unknown", 0)

    @property
    def rejected(self) -> int:
        """Rows set aside."""
        return self.counts.get("rejected", 0)

    @property
    def total(self) -> int:
        """Over all treatments."""
        return sum(self.counts.values())


def defects_of(user: User, source: str = "") -> list[DefectRow]:
    """Defects by kind, source and column, the most frequent first; of one source when told."""
    counts = visible_quality(user)
    if source:
        counts = counts.filter(source=source)
    found: dict[tuple[str, str, str], DefectRow] = {}
    for one in counts:
        key = (one.kind, one.source, one.column)
        row = found.setdefault(key, DefectRow(one.kind, one.source, one.column))
        row.counts[one.treatment] = row.counts.get(one.treatment, 0) + one.count
    return sorted(found.values(), key=lambda row: (-row.total, row.kind, row.source, row.column))


def defect_picture(rows: Sequence[DefectRow]) -> Chart | None:
    """The most frequent kinds, each bar divided by what was done."""
    totals: dict[str, dict[str, int]] = {}
    for row in rows:
        kept = totals.setdefault(row.kind, dict.fromkeys(words.TREATMENT, 0))
        for treatment, count in row.counts.items():
            kept[treatment] = kept.get(treatment, 0) + count
    if not totals:
        return None
    ordered = sorted(totals.items(), key=lambda pair: (-sum(pair[1].values()), pair[0]))[:MOST_KINDS]
    everything = sum(sum(kept.values()) for kept in totals.values())
    first, kept = ordered[0]
    tones = {"repaired": "good", "unknown": "warn", "rejected": "bad"}
    return Chart(
        name="defeitos",
        kind="stacked",
        title=_("Defeitos por tipo e tratamento"),
        reading=_("%(total)s defeitos de %(kinds)s tipos; o mais comum é %(first)s, %(share)s do total.")
        % {
            "total": count_short(everything),
            "kinds": len(totals),
            "first": words.defect(first).lower(),
            "share": percent(sum(kept.values()) / everything),
        },
        table=Table(
            [
                Column(_("Defeito"), "", "x"),
                *(Column(words.treatment(one), "number", "value", tones[one]) for one in words.TREATMENT),
            ],
            [(words.defect(kind), *(counts[one] for one in words.TREATMENT)) for kind, counts in ordered],
        ),
        options={"upright": False},
    )


def _severity(row: FileRow) -> tuple[int, str]:
    status = row.load.status
    return (_WORST_FIRST.index(status) if status in _WORST_FIRST else 0, row.load.file)
