"""What actions that people chose to take seem to bring, from the dated history; told only where it withstands tests.

An action is looked for in the 30 days after each labelled date, among customers that are still there after them; what
happens in the 90 days that follow is held against customers like them who were left alone, alike in every feature of
the date (`adjusted`). The effect is refused when few were acted on, when they have no likes (overlap, balance), when
the same comparison finds an "effect" on what happened in the 90 days *before* the date (placebo: nothing acts
backwards), or when selection on what nobody recorded, as strong as that on what was, would undo it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np

from b2shift.differentiate.scores.adjusted import Action, Difference, chosen, difference
from b2shift.differentiate.scores.binary import Rows
from b2shift.differentiate.scores.evidence import Evidence
from b2shift.differentiate.scores.frame import Flags, Floats, Frame, design
from b2shift.differentiate.scores.outcomes import HORIZON_DAYS, at_risk, ended_between, purchases
from b2shift.kernel.money import format_number

TABLE = "action_effects"
WINDOW_DAYS = 30
_FEWEST_ACTED, _FEWEST_EVENTS, _FEWEST_ALIKE = 200, 10, 200
_MOST_ALONE, _MOST_APART = 0.05, 0.2
_WIDEST_PLACEBO = 2.0
"""Times the error of the effect from which that of a placebo is too large to refuse anything."""
_SHRUNK = 0.98
_MOST_ACTED, _OTHERS = 1_000, 4
"""Customers acted on that are kept of a date, and others to each of them."""
_CONTACTED = """
SELECT DISTINCT a.customer_id FROM activities a LEFT JOIN opportunities o USING (opportunity_id)
WHERE CAST(a."at" AS DATE) > $start AND CAST(a."at" AS DATE) <= $end AND a.customer_id IS NOT NULL
  AND o.kind IS DISTINCT FROM 'renovacao'
"""
Row = dict[str, object]


@dataclass(frozen=True)
class Deed:
    """Something people do with customers; the statement gives with whom, between two days."""

    name: str
    label: str
    statement: str


@dataclass(frozen=True)
class Look:
    """Customers of one date: as known when compared, as they were on the date, and who was acted on after it."""

    known: Frame
    on_date: Frame
    acted: Flags


@dataclass(frozen=True)
class Outcome:
    """What a score foretells, as it came after the action and as it, or what goes with it, showed before the date."""

    score: str
    said: str
    said_before: str
    after: Callable[[Evidence, Look], Floats]
    before: Callable[[Evidence, Look], Floats]


@dataclass(frozen=True)
class Compared:
    """Looks of all dates together; what costs is worked out when asked for."""

    evidence: Evidence
    looks: tuple[Look, ...]

    @cached_property
    def acted(self) -> Flags:
        """Who was acted on."""
        return np.concatenate([look.acted for look in self.looks]) if self.looks else np.zeros(0, dtype=bool)

    @cached_property
    def matrix(self) -> Floats:
        """All that was known of each customer, and which date it was."""
        names = [one.name for one in self.evidence.declared if not one.snapshot and one.format != "list"]
        known, dates = [look.known for look in self.looks], np.arange(len(self.looks))
        seen = design(known, names, self.evidence.formats)
        dated = [np.tile(dates == k, (len(frame), 1)) for k, frame in enumerate(known)]
        return np.hstack([np.concatenate([seen.matrix(frame) for frame in known]), np.concatenate(dated)])

    @cached_property
    def action(self) -> Action:
        """How probable the action was of each."""
        customer = np.unique(np.concatenate([look.on_date.ids for look in self.looks]), return_inverse=True)[1]
        return chosen(self.matrix, self.acted, customer)

    def told(self, came: Callable[[Evidence, Look], Floats]) -> Floats:
        """An outcome of everybody."""
        return np.concatenate([came(self.evidence, look) for look in self.looks]) if self.looks else np.zeros(0)


def _left(evidence: Evidence, look: Look) -> Floats:
    start = look.on_date.as_of + timedelta(days=WINDOW_DAYS)
    return ended_between(look.on_date.ids, evidence.ended, start, start + timedelta(days=HORIZON_DAYS))


def _shrank(evidence: Evidence, look: Look) -> Floats:
    del evidence
    now, then = (np.nan_to_num(frame.numbers["mrr"]) for frame in (look.on_date, look.known))
    return np.asarray(now < _SHRUNK * then, dtype=float)


def _bought(evidence: Evidence, look: Look) -> Floats:
    start = look.on_date.as_of + timedelta(days=WINDOW_DAYS)
    return _bought_between(evidence, look, start, start + timedelta(days=HORIZON_DAYS))


def _had_bought(evidence: Evidence, look: Look) -> Floats:
    return _bought_between(evidence, look, look.known.as_of, look.on_date.as_of)


def _bought_between(evidence: Evidence, look: Look, start: date, end: date) -> Floats:
    who = {customer for customer, _ in purchases(evidence.session, start, end)}
    return np.array([float(customer in who) for customer in look.on_date.ids])


DEEDS = (Deed("seller_contact", "Contato comercial", _CONTACTED),)
OUTCOMES = (
    Outcome("churn_90d", "saída", "queda de receita", _left, _shrank),
    Outcome("purchase_90d", "compra", "compra", _bought, _had_bought),
)


def action_effects(evidence: Evidence, deeds: Sequence[Deed] = DEEDS) -> list[Row]:
    """A row of `action_effects` for each deed and score: told, or refused with the reason."""
    return [row for deed in deeds for row in _of(evidence, deed)]


def _of(evidence: Evidence, deed: Deed) -> list[Row]:
    looks = _looks(evidence, deed)
    now, before = (Compared(evidence, tuple(of)) for of in (looks, _earlier(evidence, looks)))
    return [_judged(deed, outcome, now, before) for outcome in OUTCOMES]


def _looks(evidence: Evidence, deed: Deed) -> list[Look]:
    """Of each labelled date after which 120 days are known: the customers still there after 30 of them."""
    told = []
    for frame in evidence.past:
        end = frame.as_of + timedelta(days=WINDOW_DAYS)
        if end + timedelta(days=HORIZON_DAYS) > evidence.known_until:
            continue
        there = frame.take(np.flatnonzero(at_risk(frame.ids, frame.numbers["mrr"], evidence.ended, end)))
        rows = evidence.session.query(deed.statement, {"start": frame.as_of, "end": end}).to_pylist()
        met = {row["customer_id"] for row in rows}
        acted = np.array([customer in met for customer in there.ids], dtype=bool)
        kept = _kept(acted, [evidence.seed, frame.as_of.toordinal()])
        told.append(Look(there.take(kept), there.take(kept), acted[kept]))
    return told


def _kept(acted: Flags, seed: Sequence[int]) -> Rows:
    """Those acted on and some of the others, drawn: beyond a few to each, more of them only cost time."""
    rng, chosen_of = np.random.default_rng(seed), (_MOST_ACTED, _OTHERS * max(int(acted.sum()), 1))
    groups = (np.flatnonzero(acted), np.flatnonzero(~acted))
    return np.sort(np.concatenate([rng.permutation(one)[:most] for one, most in zip(groups, chosen_of, strict=True)]))


def _earlier(evidence: Evidence, looks: Sequence[Look]) -> list[Look]:
    """The same customers with what was known of them a labelled date before; those not known then are left out."""
    told = []
    for look in looks:
        before = [frame for frame in evidence.past if frame.as_of < look.on_date.as_of]
        if before:
            _, mine, theirs = np.intersect1d(look.on_date.ids, before[-1].ids, return_indices=True)
            told.append(Look(before[-1].take(theirs), look.on_date.take(mine), look.acted[mine]))
    return told


def _judged(deed: Deed, outcome: Outcome, now: Compared, before: Compared) -> Row:
    counted = {"acted": int(now.acted.sum()), "customers": len(now.acted), "dates": len(now.looks)}
    came, showed = now.told(outcome.after), before.told(outcome.before)
    if why := next(_incomparable(outcome, now, came, showed), ""):
        return _row(deed, outcome, why) | counted
    found = difference(now.action, now.matrix, came)
    placebo = difference(before.action, before.matrix, showed)
    why = next(_doubts(outcome, found, placebo), "")
    return (
        _row(deed, outcome, why or _verdict(outcome, found, placebo))
        | counted
        | {
            "usable": not why,
            "difference": found.difference,
            "low": found.low,
            "high": found.high,
            "crude": found.crude,
            "placebo": placebo.difference,
            "placebo_low": placebo.low,
            "placebo_high": placebo.high,
            "without_a_like": now.action.without_a_like,
            "alike": now.action.effective,
            "imbalance": now.action.imbalance(now.matrix),
        }
    )


def _incomparable(outcome: Outcome, now: Compared, came: Floats, showed: Floats) -> Iterator[str]:
    """Why those acted on cannot be held against others, the cheapest to find first."""
    acted, events = int(now.acted.sum()), int(came[now.acted].sum())
    if acted < _FEWEST_ACTED:
        yield f"Só {format_number(acted)} clientes tiveram a ação nas datas conhecidas; {_FEWEST_ACTED} são o mínimo."
    if events < _FEWEST_EVENTS:
        found = f"Só {events} casos" if events else "Nenhum caso"
        yield f"{found} de {outcome.said} entre os {format_number(acted)} clientes que tiveram a ação."
    if showed.sum() < _FEWEST_EVENTS:
        yield f"Não há {outcome.said_before} antes da ação em que a comparação se teste (placebo)."
    if now.action.without_a_like > _MOST_ALONE or now.action.effective < _FEWEST_ALIKE:
        yield "Quem teve a ação não tem semelhantes que ficaram sem ela: não há com quem comparar."
    if now.action.imbalance(now.matrix) > _MOST_APART:
        yield "Mesmo ponderados, os que ficaram sem a ação diferem dos que a tiveram."


def _doubts(outcome: Outcome, found: Difference, placebo: Difference) -> Iterator[str]:
    """Why what was found may not be what the action brought."""
    if placebo.error > _WIDEST_PLACEBO * found.error:
        yield "O placebo é incerto demais para desmentir a comparação."
    if placebo.beyond_chance:
        yield (
            f"O placebo falhou: a mesma comparação acha {_points(placebo.difference)} em {outcome.said_before} nos "
            f"{HORIZON_DAYS} dias anteriores, que a ação não pode ter causado. Quem escolhe os clientes vê o que o "
            "modelo não vê."
        )
    if found.beyond_chance and not found.sturdy:
        yield "Causas não registradas, tão fortes quanto as registradas, desfariam a diferença."


def _verdict(outcome: Outcome, found: Difference, placebo: Difference) -> str:
    chance = "" if found.beyond_chance else ", o que não passa do acaso"
    return (
        f"{_points(found.difference)} em {outcome.said} nos {HORIZON_DAYS} dias depois (intervalo de 95%: "
        f"{_points(found.low)} a {_points(found.high)}){chance}; sem ajuste seriam {_points(found.crude)}; "
        f"o placebo dá {_points(placebo.difference)}. Supõe que nada fora dos atributos decida quem tem a ação."
    )


def _points(share: float) -> str:
    return f"{'+' if share > 0 else ''}{format_number(100 * share, 2)} pontos"


def _row(deed: Deed, outcome: Outcome, verdict: str) -> Row:
    return {"action": deed.name, "label": deed.label, "score": outcome.score, "usable": False, "verdict": verdict}
