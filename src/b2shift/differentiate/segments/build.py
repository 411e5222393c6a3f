"""The stage `segments`: features to segments with names, life stages and purchase classes, written as tables."""

from datetime import date
from hashlib import blake2b
from pathlib import Path

import numpy as np
import pyarrow as pa

from b2shift.differentiate.lifecycle.purchases import purchases_sql
from b2shift.differentiate.lifecycle.rfm import rfm
from b2shift.differentiate.lifecycle.stages import life_stages
from b2shift.differentiate.segments import catalogue, flows, model_store, predecessor
from b2shift.differentiate.segments.candidates import Candidate, Outcomes
from b2shift.differentiate.segments.continuation import continuation
from b2shift.differentiate.segments.distinct import Integers
from b2shift.differentiate.segments.human_decisions import SegmentDecisions
from b2shift.differentiate.segments.identity import PreviousSegmentation, match_segments
from b2shift.differentiate.segments.names import Name, name_segments, still_holds
from b2shift.differentiate.segments.profiles import profiles
from b2shift.differentiate.segments.projection import map_positions
from b2shift.differentiate.segments.representations import SCALED
from b2shift.differentiate.segments.search_loop import search
from b2shift.differentiate.segments.search_plan import SearchPlan
from b2shift.differentiate.segments.search_space import KMEANS, MIXTURE
from b2shift.differentiate.segments.segmentation import Segmentation, segment_all
from b2shift.differentiate.segments.selection import FLOOR, Verdict, judge
from b2shift.differentiate.segments.trait_declarations import PATH as TRAITS
from b2shift.differentiate.segments.trait_declarations import declared_variables
from b2shift.differentiate.segments.traits import levels_of
from b2shift.differentiate.segments.view import PREDECESSOR, View, behaviour_view, build_view
from b2shift.kernel.progress import Progress
from b2shift.lake.api import Session, load_specs

CODE_VERSION = 12
SEARCH_ROWS = 12_000
"""Customers the model selection uses; of more, a seeded sample (the stated reason says so)."""
SAMPLE_DISTINCT = 2_400
"""Distinct rows searched; the others are assigned by mean distance."""
PLAN = SearchPlan(
    sizes=(8, 10, 12, 14), kinds=((SCALED, KMEANS), (SCALED, MIXTURE)), refits=3, max_measured=4, sample=SAMPLE_DISTINCT
)
PREDECESSOR_PLAN = SearchPlan(sizes=(22,), kinds=((SCALED, KMEANS),), refits=2, sample=SAMPLE_DISTINCT)

_SPECS = load_specs(Path(__file__).parents[1] / "tables.yaml")
_INPUTS = ("contract_lines", "customer_registry", "customers", "features", "nps_answers", "purchases")
_FEATURES = """
    SELECT customer_id, f.* EXCLUDE (customer_id, as_of)
    FROM customers LEFT JOIN features f USING (customer_id) ORDER BY customer_id
"""


def build(session: Session, as_of: date, *, seed: int, decisions: SegmentDecisions, progress: Progress) -> None:
    """Write the eight tables of segments and `segment_model`, unless made from the same inputs."""
    inputs = [*_INPUTS, *(("scores",) if session.has("scores") else ())]
    declarations = blake2b(TRAITS.read_bytes() + predecessor.SQL.read_bytes(), digest_size=8).hexdigest()
    with session.stage(
        "segments", inputs=inputs, parameters=(CODE_VERSION, as_of, seed, declarations, decisions)
    ) as stage:
        if stage.stale:
            stage.notes |= _build(session, as_of, seed, decisions, progress)


def _build(
    session: Session, as_of: date, seed: int, decisions: SegmentDecisions, progress: Progress
) -> dict[str, object]:
    previous = model_store.previous_model(session)
    session.write(_SPECS["features_b2shift37"], predecessor.predecessor_sql(as_of), sort_by=["customer_id"])
    features = session.query(_FEATURES)
    customers = _customer_ids(features)
    levels = levels_of(features, declared_variables())
    view = behaviour_view(levels)
    rows = _sample_rows(len(customers), seed)
    searched = view.take(rows) if len(rows) < len(customers) else view
    previous_segmentation = None if previous is None else previous.segmentation
    verdicts = _verdicts(session, features, searched, rows, seed, decisions, previous_segmentation, progress)
    chosen = next(variable.candidate for variable in verdicts if variable.chosen)
    model = segment_all(view, searched, rows, chosen)

    profiles_found = profiles(levels.traits(), model.labels, model.k)
    identity = match_segments(previous_segmentation, customers, model.labels, model.centres, view.columns)
    kept_names = [
        Name(decisions.names[key], ())
        if key in decisions.names
        else name
        if name and still_holds(name, profile)
        else None
        for key, name, profile in zip(identity.keys, identity.names, profiles_found, strict=True)
    ]
    reserved = [] if previous_segmentation is None else previous_segmentation.ended_names(identity.keys)
    names = name_segments(profiles_found, np.bincount(model.labels, minlength=model.k).tolist(), kept_names, reserved)
    purchase_rows = session.query(purchases_sql(as_of, decisions.rfm_config))
    purchases = rfm(purchase_rows, customers, None if previous is None else previous.edges, decisions.rfm_config)
    stages = life_stages(features, seed=seed)
    contract_totals = np.nan_to_num(
        features.column("contract_total").cast(pa.float64()).to_numpy(zero_copy_only=False).astype(float)
    )
    map_points = map_positions(
        model.points,
        _distinct_labels(model),
        customers,
        np.log1p(np.maximum(contract_totals, 0)),
        {} if previous_segmentation is None else previous_segmentation.positions,
    )
    people = catalogue.customer_rows(
        as_of, customers, model, identity.keys, names, map_points, stages, purchases, previous_segmentation
    )
    session.write(_SPECS["segments"], people, sort_by=["customer_id"])
    session.write(
        _SPECS["segment_profiles"], catalogue.profile_rows(identity.keys, profiles_found), sort_by=["segment_id"]
    )
    session.write(
        _SPECS["segment_catalogue"],
        catalogue.catalogue_rows(session, as_of, customers, model, identity.keys, names, profiles_found),
        sort_by=["segment_id"],
    )
    _write_flows(session, as_of, previous_segmentation, customers, [identity.keys[label] for label in model.labels],
                 dict(zip(identity.keys, (name.text for name in names), strict=True)))  # fmt: skip
    session.write(_SPECS["segment_models"], catalogue.candidate_rows(verdicts))
    session.write(
        _SPECS["segment_model"],
        model_store.model_rows(
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
    session: Session,
    as_of: date,
    previous_segmentation: PreviousSegmentation | None,
    customers: list[str],
    keys: list[str],
    names: dict[str, str],
) -> None:
    """`segment_flows` and `segment_events`: the history, and this step where there was a previous version."""
    previous_date, flow_rows, event_rows = None, None, None
    if previous_segmentation is not None:
        previous_date, money = (
            previous_segmentation.as_of,
            session.query("SELECT customer_id, mrr FROM customers").to_pydict(),
        )
        revenue = dict(zip(money["customer_id"], (value or 0 for value in money["mrr"]), strict=True))
        flow_rows = flows.flows(previous_segmentation, as_of, customers, keys, names, revenue)
        event_rows = flows.events(
            previous_segmentation, as_of, flows.count_transitions(previous_segmentation, customers, keys), names
        )
    for name, rows in (("segment_flows", flow_rows), ("segment_events", event_rows)):
        session.write(_SPECS[name], flows.merge_history(session, _SPECS[name], rows, previous_date, as_of))


def _verdicts(
    session: Session,
    features: pa.Table,
    searched: View,
    rows: Integers,
    seed: int,
    decisions: SegmentDecisions,
    previous_segmentation: PreviousSegmentation | None,
    progress: Progress,
) -> list[Verdict]:
    outcomes, candidates, steps = _outcomes(features), list[Candidate](), _SearchProgress(progress)
    candidates += search(searched, outcomes.take(rows), PLAN, floor=FLOOR, seed=seed, report=steps).all_candidates
    continued = continuation(
        previous_segmentation, searched, outcomes.take(rows), floor=FLOOR, seed=seed, sample=SAMPLE_DISTINCT
    )
    candidates += [] if continued is None else [continued]
    if not candidates:
        candidates = [_one_segment(searched)]
    predecessor_view, positions_in_all = _predecessor_view(session, _customer_ids(features))
    if len(positions_in_all) > 1:
        rows_searched = _sample_rows(len(positions_in_all), seed)
        outcomes_searched = outcomes.take(positions_in_all[rows_searched])
        candidates += search(
            predecessor_view.take(rows_searched),
            outcomes_searched,
            PREDECESSOR_PLAN,
            floor=FLOOR,
            seed=seed,
            report=steps,
        ).all_candidates
    market = levels_of(
        features, [variable for variable in declared_variables() if variable.name == "market_segment"]
    ).codes["market_segment"]
    market_churn, _ = outcomes.take(rows).explained(market[rows].astype(np.intp) + 1)
    steps.finish()
    return judge(candidates, market_churn, len(rows), len(features), decisions.preference)


def _one_segment(view: View) -> Candidate:
    """A single segment, where too few customers differ."""
    labels = np.zeros(view.count, np.intp)
    return Candidate(view.name, SCALED, KMEANS, labels, 0.0, 0.0, 0.0, None, None, 1.0, None, None, None, 0.0)


def _predecessor_view(session: Session, customers: list[str]) -> tuple[View, Integers]:
    """The 37 columns, and the position of each of their customers among all."""
    table = session.query("SELECT * FROM features_b2shift37 ORDER BY customer_id")
    columns = {name: table.column(name).to_numpy(zero_copy_only=False).astype(float) for name in predecessor.COLUMNS}
    position = {customer: i for i, customer in enumerate(customers)}
    ids = table.column("customer_id").to_pylist()
    known = np.array([i for i, customer in enumerate(ids) if customer in position], np.intp)
    parts = [(names, np.column_stack([columns[name][known] for name in names])) for names in predecessor.VARIABLES]
    return build_view(PREDECESSOR, parts), np.array([position[ids[i]] for i in known], np.intp)


def _outcomes(features: pa.Table) -> Outcomes:
    """Past churn (a renewal lost or recurring revenue ended in the last 12 months), and log revenue."""
    lost, growth, mrr = (
        features.column(name).cast(pa.float64()).to_numpy(zero_copy_only=False).astype(float)
        for name in ("lost_renewals_12m", "mrr_growth_12m", "mrr")
    )
    left = (np.nan_to_num(lost) > 0) | (np.nan_to_num(growth) <= -1)
    return Outcomes(left.astype(float), np.log1p(np.maximum(np.nan_to_num(mrr), 0)))


def _customer_ids(features: pa.Table) -> list[str]:
    return [str(key) for key in features.column("customer_id").to_pylist()]


def _distinct_labels(model: Segmentation) -> Integers:
    of_rows = np.zeros(len(model.points.rows), np.intp)
    of_rows[model.points.inverse] = model.labels
    return of_rows


def _sample_rows(count: int, seed: int) -> Integers:
    if count <= SEARCH_ROWS:
        return np.arange(count)
    return np.sort(np.random.default_rng(seed).choice(count, SEARCH_ROWS, replace=False))


class _SearchProgress:
    """Turns search reports into progress steps."""

    def __init__(self, progress: Progress) -> None:
        self.progress, self.done = progress, 0
        plans = (PLAN, PREDECESSOR_PLAN)
        self.total = sum(
            (len(plan.sizes) * len(plan.kinds)) + min(plan.max_measured, len(plan.sizes)) + 1 for plan in plans
        )

    def __call__(self, spent: float, note: str) -> None:
        self.progress("Segmentos", min(self.done, self.total - 1), self.total, note)
        self.done += 1

    def finish(self) -> None:
        self.progress("Segmentos", self.total, self.total)
