"""The words for what happened to files and values."""

import re
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from b2shift.identify.api import DEFECTS
from b2shift.web.console.formats import NOTHING, number, stored
from b2shift.web.console.table_words import COLUMN_WORDS
from b2shift.web.console.wording import BAD, GOOD, QUIET, WARN, Tone

_FRACTION = re.compile(r"-?\d+\.\d+")
STATUS: dict[str, tuple[str | Promise, Tone]] = {
    "loaded": (_("Lida"), GOOD),
    "kept": (_("Mantida"), WARN),
    "missing": (_("Ausente"), WARN),
    "failed": (_("Com erro"), BAD),
    "quarantined": (_("Em quarentena"), BAD),
    "unknown": (_("Desconhecida"), QUIET),
}
TREATMENT: dict[str, str | Promise] = {
    "repaired": _("Corrigido"),
    "unknown": _("Deixado sem valor"),
    "rejected": _("Rejeitado"),
}
NEW = "new"
CHANGE: dict[str, str | Promise] = {
    NEW: _("Nova"),
    "changed": _("Alterada"),
    "corrected": _("Retificada"),
    "late": _("Tardia"),
    "withdrawn": _("Retirada"),
    "spoilt": _("Perdeu o valor"),
    "recovered": _("Valor de volta"),
}
ORIGIN: dict[str, str | Promise] = {
    "carried": _("Estimada"),
    "dated": _("Mês deduzido"),
    "bridged": _("Estimada entre dois meses"),
}
ORIGIN_MEANS: dict[str, str | Promise] = {
    "carried": _("A linha não veio, foi recusada ou veio sem valor, e o cliente foi faturado ou segue ativo."),
    "dated": _("A linha veio com o valor e sem uma data legível."),
    "bridged": _("Falta um mês, ou dois, entre outros do mesmo cliente e família."),
}
DATE_ORDER: dict[str, str | Promise] = {
    "iso": _("ano-mês-dia"),
    "day_first": _("dia primeiro"),
    "month_first": _("mês primeiro"),
    "named": _("mês por extenso"),
    "serial": _("números de planilhas"),
    "mixed": _("misturada"),
}
DECIMAL_MARK: dict[str, str | Promise] = {"comma": _("vírgula"), "point": _("ponto")}


def status(value: str) -> tuple[str, Tone]:
    """Word and look of a load's status."""
    label, tone = STATUS.get(value, (value or NOTHING, QUIET))
    return str(label), tone


def defect(kind: str) -> str:
    """The word of a defect; one nobody wrote a word for is told as it is stored."""
    return gettext(DEFECTS[kind]) if kind in DEFECTS else kind


def treatment(value: str) -> str:
    """The word of a treatment."""
    return str(TREATMENT.get(value, value))


def change(kind: str) -> str:
    """The word of what moved."""
    return str(CHANGE.get(kind, kind))


def moved_value(text: str | None) -> str:
    """A value of a table, kept as text, as people write days and numbers."""
    if text and _FRACTION.fullmatch(text):
        return number(Decimal(text), max(2, len(text.rstrip("0").partition(".")[2])))
    return stored(text or "")


def column_word(name: str) -> str:
    """What people call a column of a table; one nobody has a word for by its name."""
    return str(COLUMN_WORDS.get(name, name))


def date_order(value: str) -> str:
    """The word of a date order."""
    return str(DATE_ORDER.get(value, value))


def decimal_mark(value: str) -> str:
    """The word of a decimal mark."""
    return str(DECIMAL_MARK.get(value, value))


# The parts of `recurring_revenue.reason`.
WHY_SETTLED = (
    gettext_noop("linha sem valor legível"),
    gettext_noop("linha que não veio ou foi recusada"),
    gettext_noop("linha sem data legível"),
    gettext_noop("vale o que falta na fatura do mês"),
    gettext_noop("vale o valor do mês anterior"),
    gettext_noop("há fatura do mês, vale o valor do mês anterior"),
    gettext_noop("há uso no mês e o contrato segue ativo, vale o valor do mês anterior"),
    gettext_noop("o valor é o que falta na fatura deste mês"),
    gettext_noop("é o único mês que falta"),
    gettext_noop("mês que falta entre outros"),
)


def settled_reason(reason: str) -> str:
    """Why a row of revenue stands in for another, in the reader's language: each part is a text of its own."""
    return ", ".join(gettext(part) for part in reason.split("; "))
