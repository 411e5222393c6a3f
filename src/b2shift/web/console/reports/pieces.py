"""What a report holds for one person: each answer as the pages show it, or why there is none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from pydantic import ValidationError

from b2shift.insight.contracts import Answer
from b2shift.kernel.errors import B2ShiftError
from b2shift.metrics.contracts import Scope, TypedQuery
from b2shift.web.accounts.models import User
from b2shift.web.console.answer_scope import scope_words
from b2shift.web.console.ask.figures import Figure, chart_of, figures_of, narrative_of, period_of, table_of
from b2shift.web.console.charts import Chart, Table
from b2shift.web.console.formats import day
from b2shift.web.crm.questions import answer, redated, rows_of
from b2shift.web.watch.reports import SavedAnswer

ROWS = 40


@dataclass(frozen=True)
class Piece:
    """One answer of a report."""

    title: str
    answer: Answer | None = None
    figures: Sequence[Figure] = ()
    chart: Chart | None = None
    table: Table | None = None
    why: str = ""

    @property
    def narrative(self) -> tuple[str, ...]:
        """What the answer says."""
        return narrative_of(self.answer) if self.answer else ()

    @property
    def origin(self) -> list[str]:
        """Period, scope, definition and code: what makes each number one that can be checked."""
        if self.answer is None:
            return []
        parts = [_("Período: %(period)s") % {"period": period_of(self.answer)}]
        if self.answer.compared_period:
            other = self.answer.compared_period
            parts.append(_("Comparado com: %(period)s") % {"period": f"{day(other.start)} – {day(other.end)}"})
        parts += [
            _("Escopo: %(scope)s") % {"scope": scope_words(self.answer.scope)},
            _("Dados até %(day)s, versão %(version)s")
            % {"day": day(self.answer.as_of), "version": self.answer.version},
            _("Código da resposta: %(code)s") % {"code": self.answer.fingerprint},
        ]
        defined = [f"{label}: {text}" for label, text in self.answer.definitions.items()]
        return ["; ".join(parts) + ".", *defined, *self.answer.notes]


@dataclass(frozen=True)
class Document:
    """A whole report for one person on one day."""

    title: str
    person: str
    day: date
    scope: Scope
    version: int
    pieces: Sequence[Piece]

    @property
    def fingerprints(self) -> list[str]:
        """The codes of its answers, in their order."""
        return [one.answer.fingerprint for one in self.pieces if one.answer]


def document(title: str, person: User, answers: Sequence[SavedAnswer], made_on: date, version: int) -> Document:
    """The answers of a report as this person would be answered now, over the rows they see."""
    pieces = [_piece(person, one, place) for place, one in enumerate(answers)]
    return Document(title, person.name, made_on, rows_of(person), version, pieces)


def _piece(person: User, kept: dict[str, Any], place: int) -> Piece:
    title = str(kept.get("title") or _("Resposta"))
    try:
        query = redated(str(kept.get("question") or ""), TypedQuery.model_validate(kept.get("query")))
        result = answer(person, query)
    except (B2ShiftError, ValidationError) as error:
        return Piece(title, why=str(error) if isinstance(error, B2ShiftError) else _("Esta consulta não existe."))
    if not isinstance(result, Answer):
        return Piece(title, why=_("Isto não está nos dados."))
    chart = chart_of(result, f"relatorio-{place}", title)
    return Piece(title, result, figures_of(result), chart, table_of(result, len(result.rows)))
