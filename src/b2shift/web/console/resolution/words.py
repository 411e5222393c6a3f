"""The words for what speaks for and against two records being one company, or one person."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from b2shift.identify.contracts import LinkEvidence
from b2shift.web.console.formats import counted

EVIDENCE: dict[str, str | Promise] = {
    "name": _("Nome"),
    "legal_form": _("Forma jurídica"),
    "city": _("Cidade"),
    "segment": _("Segmento"),
    "cnpj_root": _("Raiz do CNPJ"),
    "domain": _("Domínio"),
    "phone": _("Telefone"),
    "email": _("E-mail"),
    "customer": _("Cliente"),
}
LEVELS: dict[str, str | Promise] = {
    "same": _("igual"),
    "other": _("diferente"),
    "slip": _("uma letra numa palavra comum"),
    "letter_moved": _("uma letra a mais, a menos ou trocada de lugar"),
    "letter_changed": _("uma letra diferente numa palavra rara"),
    "alike": _("palavras parecidas"),
    "same_state": _("outra, do mesmo estado"),
    "part": _("um tem as palavras do outro"),
    "same_person": _("mesmo nome, outro domínio"),
}
KINDS: dict[str, str | Promise] = {"customer": _("Cliente"), "prospect": _("Prospect")}
ZONES: dict[str, str | Promise] = {
    "same": _("a mesma empresa"),
    "doubt": _("pode ser a mesma empresa"),
    "other": _("outra empresa"),
}
_WIDEST = 100


def in_doubt(pairs: int) -> str:
    """How many pairs wait for a person."""
    return counted(
        ngettext("%(n)s par em dúvida", "%(n)s pares em dúvida", pairs), pairs, none=str(_("nenhum par em dúvida"))
    )


@dataclass(frozen=True)
class Reason:
    """One kind of evidence in words, its bits, and their bar: where it begins and how wide it is, of 200."""

    label: str
    level: str
    points: float
    start: float
    width: float

    @property
    def tone(self) -> str:
        """Whether it speaks for one company or against."""
        return "good" if self.points > 0 else "bad"


def reasons(evidence: Sequence[LinkEvidence]) -> list[Reason]:
    """What speaks for and against, the heaviest first; the heaviest bar fills its half."""
    most = max((abs(one.points) for one in evidence), default=0.0) or 1.0
    found = []
    for one in sorted(evidence, key=lambda e: -abs(e.points)):
        width = round(_WIDEST * abs(one.points) / most, 1)
        label, level = str(EVIDENCE.get(one.evidence, one.evidence)), str(LEVELS.get(one.level, one.level))
        start = _WIDEST if one.points > 0 else _WIDEST - width
        found.append(Reason(label, level, one.points, start, width))
    return found
