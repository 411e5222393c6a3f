"""Offers: eligibility, acceptance probability, value and uncertainty of every action for every customer."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyarrow as pa

from b2shift.interact.actions.problem import Flags, Floats, Integers
from b2shift.interact.contracts import Action, Catalogue, Channel, Kind, Situation
from b2shift.interact.evaluation.clauses import all_of, clause
from b2shift.interact.evaluation.contacts import DETERRED
from b2shift.interact.evaluation.facts import column
from b2shift.interact.evaluation.words import BY_CHANNEL, listed
from b2shift.lake.api import Session, literal

CEILING = 0.95
FATIGUE_BRL = 15.0
FATIGUE_DAYS = 14
_DETERRED = DETERRED[0].lower() + DETERRED[1:]
_PAYING = (Situation.ATIVO, Situation.PENDENTE)


@dataclass(frozen=True)
class Offers:
    """Customers in rows, actions in columns."""

    customers: list[str]
    chance: Floats
    value: Floats
    excluded: Integers
    """0 = eligible; else which of the action's `hurdles` was not passed, from 1."""
    fatigue: Floats
    channels: list[list[str]]
    deterred: Flags
    """Whom messages of retention make leave: only people speak to them."""

    def channel(self, customer: int, action: Action) -> Channel:
        """The first channel of an action that a customer may be reached by."""
        by_people = self.deterred[customer] and action.kind is Kind.RETENCAO
        allowed = self.channels[customer]
        return next(one for one in action.channels if one.value in allowed and (one.by_people or not by_people))

    @property
    def eligible(self) -> Flags:
        """Mask of eligible offers."""
        return self.excluded == 0


def build(session: Session, catalogue: Catalogue) -> Offers:
    """The offers of every customer in `rule_people`."""
    columns = []
    for number, action in enumerate(catalogue.actions):
        columns += [
            f"CAST({_chance(action)} AS FLOAT) AS p{number}",
            f"CAST(greatest(coalesce({column(action.value.metric)}, 0), 0) AS FLOAT) AS v{number}",
            f"CAST({_first_unmet(action)} AS TINYINT) AS x{number}",
        ]
    recent = f"last_contact_on > as_of_day - {FATIGUE_DAYS}"
    rows = session.query(
        f"SELECT customer_id, coalesce(allowed, []) AS allowed, deterred, "
        f"CAST(CASE WHEN {recent} THEN {FATIGUE_BRL} ELSE 0 END AS FLOAT) AS fatigue, {', '.join(columns)} "
        "FROM rule_people ORDER BY customer_id"
    )
    count = range(len(catalogue.actions))
    share = np.array([action.value.months * action.value.share for action in catalogue.actions], np.float32)
    return Offers(
        customers=[str(key) for key in rows.column("customer_id").to_pylist()],
        chance=_matrix(rows, [f"p{n}" for n in count], np.float32),
        value=_matrix(rows, [f"v{n}" for n in count], np.float32) * share,
        excluded=_matrix(rows, [f"x{n}" for n in count], np.int8),
        fatigue=rows.column("fatigue").to_numpy(),
        channels=[list(open_ or ()) for open_ in rows.column("allowed").to_pylist()],
        deterred=rows.column("deterred").to_numpy(zero_copy_only=False).astype(bool),
    )


@lru_cache(maxsize=256)
def eligibility_conditions(action: Action) -> list[tuple[str, str]]:
    """SQL of each eligibility condition, with the reason for exclusion when it is not met (pt-BR)."""
    among = ", ".join(literal(one.value) for one in _PAYING)
    open_ = ", ".join(literal(one.value) for one in action.channels)
    how = listed([BY_CHANNEL[one] for one in action.channels])
    eligibility = [
        (f"situation IN ({among})", "o contrato não está ativo"),
        (f"list_has_any(allowed, [{open_}])", f"não se pode contatar o cliente {how}"),
    ]
    if action.kind is Kind.RETENCAO:
        spoken = ", ".join(literal(one.value) for one in action.channels if one.by_people)
        eligibility.append((f"NOT deterred OR list_has_any(allowed, CAST([{spoken}] AS VARCHAR[]))", _DETERRED))
    return eligibility + [(all_of((one,)), f"não cumpre: {clause(one).words}") for one in action.where]


def chance_deviation(action: Action, chance: float) -> float:
    """Standard deviation of the acceptance probability: that of a Beta of its trials (Gelman, BDA3, app. A)."""
    return float(np.sqrt(max(chance * (1 - chance), 0.0) / (action.accept.offered + 3)))


def _chance(action: Action) -> str:
    """SQL of the acceptance rate with add-one smoothing, times the lifts that hold."""
    base = (action.accept.accepted + 1) / (action.accept.offered + 2)
    lifts = "".join(f" * CASE WHEN {all_of((one.when,))} THEN {one.times!r} ELSE 1 END" for one in action.lifts)
    return f"least({CEILING}, {base!r}{lifts})"


def _first_unmet(action: Action) -> str:
    cases = " ".join(
        f"WHEN NOT coalesce({test}, FALSE) THEN {number}"
        for number, (test, _) in enumerate(eligibility_conditions(action), start=1)
    )
    return f"CASE {cases} ELSE 0 END"


def _matrix(rows: pa.Table, names: list[str], kind: type) -> np.ndarray:
    return np.column_stack([rows.column(name).to_numpy() for name in names]).astype(kind, copy=False)
