"""Where each customer is on its journey: 14 stages in 4 phases, by open rules over six facts.

Each fact has few values; every combination of them has exactly one stage, and every stage some combination (proved by a
test over all codes). A fact that the data do not tell never puts a customer in trouble.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from typing import Any


class Paying(StrEnum):
    """Recurring revenue, or active lines where the ledger has none of the customer."""

    NEVER = "nunca"
    NOW = "agora"
    ENDED = "acabou"


class Age(StrEnum):
    """Days since the first contract."""

    NEW = "até 90 dias"
    FIRST_YEAR = "até um ano"
    OLD = "mais de um ano"


class Use(StrEnum):
    """Use of the products by month."""

    UNKNOWN = "desconhecido"
    NONE = "sem uso"
    STARTED = "começou"
    REGULAR = "regular"


@dataclass(frozen=True)
class Code:
    """The six facts."""

    paying: Paying
    age: Age
    use: Use
    trouble: bool
    renewing: bool
    talking: bool


PHASES = ("Aquisição", "Onboarding", "Implantação", "Suporte e novos negócios")
STAGES = {
    "Em negociação": PHASES[0],
    "Contrato assinado": PHASES[0],
    "Sem ativação": PHASES[0],
    "Boas-vindas": PHASES[1],
    "Primeiro uso": PHASES[1],
    "Uso desde o início": PHASES[1],
    "Implantação em curso": PHASES[2],
    "Implantação travada": PHASES[2],
    "Adoção plena": PHASES[2],
    "Operação estável": PHASES[3],
    "Em dificuldade": PHASES[3],
    "Renovação próxima": PHASES[3],
    "Novo negócio": PHASES[3],
    "Encerrado": PHASES[3],
}
COLUMNS = (
    "situation", "mrr", "has_revenue", "active_lines", "tenure_years", "has_usage", "usage_months_12m",
    "usage_idle_months", "overdue_count", "tickets_open", "nps_last", "nps_days_since", "renewal_days",
    "contract_anniversary_days", "open_deals",
)  # fmt: skip
FEW_MONTHS, IDLE_MONTHS = 3, 2
OVERDUE, OPEN_TICKETS, DETRACTOR, RECENT_DAYS = 2, 5, 6, 180
RENEWAL_DAYS, ANNIVERSARY_DAYS = 90, 60
_NEW, _YEAR = 90 / 365.25, 1.0


def codes() -> list[Code]:
    """Every combination of facts."""
    flags = (False, True)
    return [Code(*facts) for facts in product(Paying, Age, Use, flags, flags, flags)]


def stage_of(code: Code) -> str:
    """The stage of a combination."""
    if code.paying is Paying.ENDED:
        return "Encerrado"
    if code.paying is Paying.NEVER:
        if code.talking:
            return "Em negociação"
        return "Contrato assinado" if code.age is Age.NEW else "Sem ativação"
    if code.age is Age.NEW:
        return {Use.STARTED: "Primeiro uso", Use.REGULAR: "Uso desde o início"}.get(code.use, "Boas-vindas")
    return _implementing(code) if code.age is Age.FIRST_YEAR else _established(code)


def _implementing(code: Code) -> str:
    if code.trouble or code.use is Use.NONE:
        return "Implantação travada"
    return "Adoção plena" if code.use is Use.REGULAR else "Implantação em curso"


def _established(code: Code) -> str:
    if code.trouble or code.use is Use.NONE:
        return "Em dificuldade"
    if code.renewing:
        return "Renovação próxima"
    return "Novo negócio" if code.talking else "Operação estável"


def code_of(row: Mapping[str, Any]) -> Code:
    """The facts of a row of `features`."""
    return Code(_paying(row), _age(row), _use(row), _trouble(row), _renewing(row), (row["open_deals"] or 0) > 0)


def _paying(row: Mapping[str, Any]) -> Paying:
    if (row["mrr"] or 0) > 0:
        return Paying.NOW
    if row["situation"] == "cancelado" or row["has_revenue"]:
        return Paying.ENDED
    return Paying.NOW if (row["active_lines"] or 0) > 0 else Paying.NEVER


def _age(row: Mapping[str, Any]) -> Age:
    years = row["tenure_years"]
    if years is None or years > _YEAR:
        return Age.OLD
    return Age.NEW if years <= _NEW else Age.FIRST_YEAR


def _use(row: Mapping[str, Any]) -> Use:
    if not row["has_usage"] or row["usage_idle_months"] is None:
        return Use.UNKNOWN
    if row["usage_idle_months"] >= IDLE_MONTHS:
        return Use.NONE
    return Use.STARTED if (row["usage_months_12m"] or 0) < FEW_MONTHS else Use.REGULAR


def _trouble(row: Mapping[str, Any]) -> bool:
    unhappy = row["nps_last"] is not None and row["nps_last"] <= DETRACTOR and row["nps_days_since"] <= RECENT_DAYS
    return (row["overdue_count"] or 0) >= OVERDUE or (row["tickets_open"] or 0) >= OPEN_TICKETS or unhappy


def _renewing(row: Mapping[str, Any]) -> bool:
    if row["renewal_days"] is not None:
        return bool(row["renewal_days"] <= RENEWAL_DAYS)
    return row["contract_anniversary_days"] is not None and bool(row["contract_anniversary_days"] <= ANNIVERSARY_DAYS)
