"""The stage `segments`: from features to segments with names, life stages and purchase classes, written as tables."""

from datetime import date
from hashlib import blake2b
from pathlib import Path

import numpy as np
import pyarrow as pa

from b2shift.differentiate.lifecycle.rfm import purchases_sql, rfm
from b2shift.differentiate.lifecycle.stages import life_stages
from b2shift.differentiate.segments import catalogue, flows, memory, predecessor
from b2shift.differentiate.segments.candidates import Candidate, Outcomes
from b2shift.differentiate.segments.chart import positions
from b2shift.differentiate.segments.choice import FLOOR, Judged, judged
from b2shift.differentiate.segments.continuation import continuation
from b2shift.differentiate.segments.declared import PATH as TRAITS
from b2shift.differentiate.segments.declared import declared
from b2shift.differentiate.segments.distinct import Integers
from b2shift.differentiate.segments.exploration import Plan, explore
from b2shift.differentiate.segments.fitted import Fitted, fitted
from b2shift.differentiate.segments.identity import Past, continued
from b2shift.differentiate.segments.names import Name, named, still_true
from b2shift.differentiate.segments.profiles import profiles
from b2shift.differentiate.segments.representations import SCALED
from b2shift.differentiate.segments.said import Said
from b2shift.differentiate.segments.traits import levels_of
from b2shift.differentiate.segments.trials import KMEANS, MIXTURE
from b2shift.differentiate.segments.view import PREDECESSOR, View, behaviour_view, view_of
from b2shift.kernel.progress import Progress
from b2shift.lake.api import Session, load_specs

CODE_VERSION = 11
SEARCH_ROWS = 12_000
"""Customers the model selection looks at; of more, a seeded sample (the reason of the choice says so)."""
SAMPLE = 2_400
"""Distinct rows that lead the search; all others then go where they are nearest on average."""
PLAN = Plan(sizes=(8, 10, 12, 14), kinds=((SCALED, KMEANS), (SCALED, MIXTURE)), refits=3, most=4, sample=SAMPLE)
PREDECESSOR_PLAN = Plan(sizes=(22,), kinds=((SCALED, KMEANS),), refits=2, sample=SAMPLE)

_SPECS = load_specs(Path(__file__).parents[1] / "tables.yaml")
_INPUTS = ("contract_lines", "customer_registry", "customers", "features", "nps_answers")
_FEATURES = """
    SELECT customer_id, f.* EXCLUDE (customer_id, as_of)
    FROM customers LEFT JOIN features f USING (customer_id) ORDER BY customer_id
"""


def build(session: Session, as_of: date, *, seed: int, said: Said, progress: Progress) -> None:
    """Write the eight tables of segments and `segment_model`, unless they were made from the same inputs."""
    inputs = [*_INPUTS, *(("scores",) if session.has("scores") else ())]
    declarations = blake2b(TRAITS.read_bytes() + predecessor.SQL.read_bytes(), digest_size=8).hexdigest()
    with session.stage("segments", inputs=inputs, parameters=(CODE_VERSION, as_of, seed, declarations, said)) as stage:
        if stage.stale:
            stage.notes |= _build(session, as_of, seed, said, progress)


def _build(session: Session, as_of: date, seed: int, said: Said, progress: Progress) -> dict[str, object]:
    before = memory.remembered(session)
    session.write(_SPECS["features_b2shift37"], predecessor.predecessor_sql(as_of), sort_by=["customer_id"])
    features = session.query(_FEATURES)
    customers = _keys(features)
    levels = levels_of(features, declared())
    view = behaviour_view(levels)
    rows = _sampled(len(customers), seed)
    searched = view.of(rows) if len(rows) < len(customers) else view
    past = None if before is None else before.past
    verdicts = _verdicts(session, features, searched, rows, seed, said, past, progress)
    chosen = next(one.candidate for one in verdicts if one.chosen)
    model = fitted(view, searched, rows, chosen)

    profiled = profiles(levels.traits(), model.labels, model.k)
    identity = continued(past, customers, model.labels, model.centres, view.columns)
    kept = [
        Name(said.names[key], ()) if key in said.names else name if name and still_true(name, profile) else None
        for key, name, profile in zip(identity.keys, identity.names, profiled, strict=True)
    ]
    taken = [] if past is None else past.ended(identity.keys)
    names = named(profiled, np.bincount(model.labels, minlength=model.k).tolist(), kept, taken)
    bought = session.query(purchases_sql(as_of, said.scoring))
    purchases = rfm(bought, customers, None if before is None else before.edges, said.scoring)
    stages = life_stages(features, seed=seed)
    size = np.nan_to_num(
        features.column("contract_total").cast(pa.float64()).to_numpy(zero_copy_only=False).astype(float)
    )
    spots = positions(
        model.points, _of_rows(model), customers, np.log1p(np.maximum(size, 0)), {} if past is None else past.positions
    )
    people = catalogue.people(as_of, customers, model, identity.keys, names, spots, stages, purchases, past)
    session.write(_SPECS["segments"], people, sort_by=["customer_id"])
    session.write(_SPECS["segment_profiles"], catalogue.traits(identity.keys, profiled), sort_by=["segment_id"])
    session.write(
        _SPECS["segment_catalogue"],
        catalogue.segments(session, as_of, customers, model, identity.keys, names, profiled),
        sort_by=["segment_id"],
    )
    _write_flows(session, as_of, past, customers, [identity.keys[label] for label in model.labels],
                 dict(zip(identity.keys, (name.text for name in names), strict=True)))  # fmt: skip
    session.write(_SPECS["segment_models"], catalogue.models(verdicts))
    session.write(
        _SPECS["segment_model"],
        memory.told(
            keys=identity.keys,
            names=names,
            centres=model.centres,
            columns=view.columns,
            next_number=identity.next_number,
            space=model.space,
            cuts=levels.cuts,
            edges=purchases.edges,
        ),
    )
    return {"segments": model.k, "algorithm": chosen.algorithm, "searched": len(rows), "customers": len(customers)}


def _write_flows(
    session: Session, as_of: date, past: Past | None, customers: list[str], own: list[str], names: dict[str, str]
) -> None:
    """`segment_flows` and `segment_events`: the steps before, and this one where there was a version before."""
    then, moved, told = None, None, None
    if past is not None:
        then, money = past.as_of, session.query("SELECT customer_id, mrr FROM customers").to_pydict()
        worth = dict(zip(money["customer_id"], (value or 0 for value in money["mrr"]), strict=True))
        moved = flows.flows(past, as_of, customers, own, names, worth)
        told = flows.events(past, as_of, flows.moves(past, customers, own), names)
    for name, step in (("segment_flows", moved), ("segment_events", told)):
        session.write(_SPECS[name], flows.kept(session, _SPECS[name], step, then, as_of))


def _verdicts(
    session: Session,
    features: pa.Table,
    searched: View,
    rows: Integers,
    seed: int,
    said: Said,
    past: Past | None,
    progress: Progress,
) -> list[Judged]:
    outcomes, found, steps = _outcomes(features), list[Candidate](), _Steps(progress)
    found += explore(searched, outcomes.of(rows), PLAN, floor=FLOOR, seed=seed, tell=steps).everyone
    before = continuation(past, searched, outcomes.of(rows), floor=FLOOR, seed=seed, sample=SAMPLE)
    found += [] if before is None else [before]
    if not found:
        found = [_one_segment(searched)]
    other, places = _predecessor_view(session, _keys(features))
    if len(places) > 1:
        part = _sampled(len(places), seed)
        told = outcomes.of(places[part])
        found += explore(other.of(part), told, PREDECESSOR_PLAN, floor=FLOOR, seed=seed, tell=steps).everyone
    market = levels_of(features, [one for one in declared() if one.name == "market_segment"]).codes["market_segment"]
    market_churn, _ = outcomes.of(rows).explained(market[rows].astype(np.intp) + 1)
    steps.finish()
    return judged(found, market_churn, len(rows), len(features), said.preference)


def _one_segment(view: View) -> Candidate:
    """Too few different customers to tell apart: all are one segment."""
    nobody = np.zeros(view.count, np.intp)
    return Candidate(view.name, SCALED, KMEANS, nobody, 0.0, 0.0, 0.0, None, None, 1.0, None, None, None, 0.0)


def _predecessor_view(session: Session, customers: list[str]) -> tuple[View, Integers]:
    """The 37 columns, and the position of each of their customers among all."""
    table = session.query("SELECT * FROM features_b2shift37 ORDER BY customer_id")
    columns = {name: table.column(name).to_numpy(zero_copy_only=False).astype(float) for name in predecessor.COLUMNS}
    position = {customer: i for i, customer in enumerate(customers)}
    ids = table.column("customer_id").to_pylist()
    kept = np.array([i for i, customer in enumerate(ids) if customer in position], np.intp)
    parts = [(names, np.column_stack([columns[name][kept] for name in names])) for names in predecessor.VARIABLES]
    return view_of(PREDECESSOR, parts), np.array([position[ids[i]] for i in kept], np.intp)


def _outcomes(features: pa.Table) -> Outcomes:
    """Past churn: a renewal lost or the recurring revenue ended in the last 12 months."""
    lost, growth, mrr = (
        features.column(name).cast(pa.float64()).to_numpy(zero_copy_only=False).astype(float)
        for name in ("lost_renewals_12m", "mrr_growth_12m", "mrr")
    )
    left = (np.nan_to_num(lost) > 0) | (np.nan_to_num(growth) <= -1)
    return Outcomes(left.astype(float), np.log1p(np.maximum(np.nan_to_num(mrr), 0)))


def _keys(features: pa.Table) -> list[str]:
    return [str(key) for key in features.column("customer_id").to_pylist()]


def _of_rows(model: Fitted) -> Integers:
    of_rows = np.zeros(len(model.points.rows), np.intp)
    of_rows[model.points.owner] = model.labels
    return of_rows


def _sampled(count: int, seed: int) -> Integers:
    if count <= SEARCH_ROWS:
        return np.arange(count)
    return np.sort(np.random.default_rng(seed).choice(count, SEARCH_ROWS, replace=False))


class _Steps:
    """Counts what the searches tell, so that the listener sees how far they are."""

    def __init__(self, progress: Progress) -> None:
        self.progress, self.done = progress, 0
        plans = (PLAN, PREDECESSOR_PLAN)
        self.total = sum((len(plan.sizes) * len(plan.kinds)) + min(plan.most, len(plan.sizes)) + 1 for plan in plans)

    def __call__(self, spent: float, note: str) -> None:
        self.progress("Segmentos", min(self.done, self.total - 1), self.total, note)
        self.done += 1

    def finish(self) -> None:
        self.progress("Segmentos", self.total, self.total)
