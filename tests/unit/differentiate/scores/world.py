"""A small vendor: customers with revenue, usage, invoices and answers by month; some leave after their use falls."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from tests.unit.identify.refined import fill

from b2shift.differentiate.api import build_features, score_customers
from b2shift.identify.api import build_customers
from b2shift.kernel.calendar import add_months
from b2shift.lake.api import Session, writing

AS_OF = date(2025, 3, 31)
NEWEST = date(2025, 3, 1)
SEGMENTS = ("VAREJO", "SAUDE", "AGROINDUSTRIA")
FAMILIES = ("RH", "CRM", "CLOUD")
Rows = list[dict[str, Any]]


def ledgers(
    customers: int, leavers: Sequence[int] = (), *, months: int = 24, seed: int = 1, usage: bool = True
) -> dict[str, Rows]:
    """Refined rows; customer k in `leavers` leaves in one of the last 18 months, its use halving for three before."""
    rng = np.random.default_rng(seed)
    told: dict[str, Rows] = {name: [] for name in ("customer_registry", "contract_lines", "revenue_monthly")}
    told |= {name: [] for name in ("usage_monthly", "invoices", "nps_answers", "opportunities")}
    ends = {k: int(rng.integers(1, min(18, months))) for k in leavers}
    for k in range(customers):
        _customer(told, k, ends.get(k), months, rng, usage)
    return told


def _customer(
    told: dict[str, Rows], k: int, back: int | None, months: int, rng: np.random.Generator, usage: bool
) -> None:
    code, family = f"T{k:05d}", FAMILIES[k % 3]
    since = date(2015 + k % 8, 1 + k % 12, 10)
    told["customer_registry"].append({"customer_id": code, "customer_since": since})
    line = {"customer_id": code, "signed_on": since, "situation": "ATIVO", "market_segment": SEGMENTS[k % 3]}
    told["contract_lines"].append(line | {"revenue_line_group": "SAAS", "value": 1000 + k})
    for ago in range(months - 1, -1, -1):
        month = add_months(NEWEST, -ago)
        left = None if back is None else ago - back
        if left is not None and left < 0:
            break
        fading = 0.5 if left is not None and left < 3 else 1.0
        _month(told, code, family, month, fading, rng, usage)
    if back is not None:
        end = add_months(NEWEST, -back) + timedelta(days=19)
        told["opportunities"].append(
            {"opportunity_id": f"R{k}", "customer_id": code, "kind": "renovacao", "product_family": family}
            | {"created_on": end - timedelta(days=40), "closed_on": end, "result": "perdido"}
        )


def _month(
    told: dict[str, Rows], code: str, family: str, month: date, fading: float, rng: np.random.Generator, usage: bool
) -> None:
    told["revenue_monthly"].append(
        {"customer_id": code, "month": month, "product_family": family, "mrr": 100, "licensed_users": 5}
    )
    if usage:
        hours = float(np.round(40 * fading * rng.uniform(0.85, 1.15), 2))
        told["usage_monthly"].append(
            {"customer_id": code, "month": month, "product_line": 3, "hours": hours, "active_users": 4}
            | {"active_days": int(20 * fading), "modules_used": 5}
        )
    late = int(rng.integers(0, 4)) + (0 if fading == 1 else 8)
    due = month + timedelta(days=14)
    told["invoices"].append(
        {"invoice_id": f"F{code}{month}", "customer_id": code, "issued_on": month + timedelta(days=2), "due_on": due}
        | {"paid_on": due + timedelta(days=late - 2), "amount": 100, "status": "PAGA"}
    )
    if rng.random() < 0.25:
        told["nps_answers"].append(
            {"customer_id": code, "survey": "produto", "answered_on": month + timedelta(days=11)}
            | {"score": int(rng.integers(4, 11)), "class": "neutro", "drivers": {}}
        )


def scored(home: Path, told: dict[str, Rows], *, seed: int = 7, threads: int = 2) -> tuple[Rows, dict[str, Any]]:
    """Rows of `scores` by customer, and the cards by score, after a run on these ledgers."""
    with writing(home, threads=threads) as session:
        fill(session, **told)
        run(session, seed)
        rows = session.query("SELECT * FROM scores ORDER BY customer_id").to_pylist()
        cards = session.query("SELECT * FROM score_cards").to_pylist()
        session.commit(AS_OF)
    return rows, {card["score"]: card for card in cards}


def run(session: Session, seed: int = 7) -> None:
    """The steps before the scores, and the scores."""
    build_customers(session, AS_OF)
    build_features(session, AS_OF)
    score_customers(session, AS_OF, seed=seed)
