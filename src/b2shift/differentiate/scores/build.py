"""The tables `scores`, `score_cards`, `score_models` and `action_effects` of a run."""

from collections.abc import Mapping
from datetime import date
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from b2shift.differentiate.contracts import Promotion
from b2shift.differentiate.features.declarations import PATH as FEATURES
from b2shift.differentiate.features.declarations import declarations
from b2shift.differentiate.scores import guard, health
from b2shift.differentiate.scores.actions import TABLE as EFFECTS
from b2shift.differentiate.scores.actions import Row, action_effects
from b2shift.differentiate.scores.churn import SCORE as CHURN
from b2shift.differentiate.scores.churn import bands, churn
from b2shift.differentiate.scores.detractor import detractor
from b2shift.differentiate.scores.evidence import STEP, Evidence, gather
from b2shift.differentiate.scores.frame import Floats
from b2shift.differentiate.scores.next_purchase import next_purchase
from b2shift.differentiate.scores.propensity import propensity
from b2shift.differentiate.scores.reasons import as_lists
from b2shift.differentiate.scores.registry import TABLE, registry_table
from b2shift.differentiate.scores.renewal_value import PATH as VALUE
from b2shift.differentiate.scores.renewal_value import renewal_value
from b2shift.differentiate.scores.score_output import ScoreOutput
from b2shift.kernel.progress import Progress
from b2shift.lake.api import Session, declared_table, load_specs

CODE_VERSION = 13
_SPECS = load_specs(Path(__file__).parents[1] / "tables.yaml")
_REGISTRY = ("companies", "customer_registry", "mrr_vendor")
_SCORES = (churn, health.health, detractor, propensity)
_DEPENDENT_SCORES = (renewal_value, next_purchase)
"""Scores that use the notes of others (features left out, base rate)."""
_BINS = pa.list_(pa.struct([("predicted", pa.float64()), ("observed", pa.float64()), ("customers", pa.int32())]))


def build(session: Session, as_of: date, seed: int, promotions: Mapping[str, Promotion], progress: Progress) -> None:
    """Write the four tables, unless made from the same rows and promotions."""
    sources = {block.source for block in declarations().blocks.values()}
    with session.stage(
        "scores",
        inputs=sorted({"features", *_REGISTRY, *sources}),
        parameters=(
            CODE_VERSION,
            as_of,
            seed,
            _declarations_digest(),
            sorted((output.score, output.version) for output in promotions.values()),
        ),
    ) as stage:
        if stage.stale:
            evidence = gather(session, as_of, seed, promotions, progress)
            outputs = _compute_scores(evidence, progress)
            session.write(_SPECS["scores"], _scores(evidence, outputs), sort_by=["customer_id"])
            cards = [card for output in outputs for card in output.cards]
            table = declared_table(_SPECS["score_cards"], cards, {"reliability": _BINS})
            session.write(_SPECS["score_cards"], table, sort_by=["score"])
            served = [served for output in outputs for served in output.served]
            session.write(_SPECS[TABLE], registry_table(session, served, as_of), sort_by=["score", "version"])
            session.write(_SPECS[EFFECTS], _effects(action_effects(evidence)), sort_by=["action", "score"])
            stage.notes |= {"usable": [card["score"] for card in cards if card["usable"]]}
            for output in outputs:
                stage.notes |= output.notes


def _compute_scores(evidence: Evidence, progress: Progress) -> list[ScoreOutput]:
    outputs: list[ScoreOutput] = []
    steps = len(evidence.past) + len(_SCORES) + len(_DEPENDENT_SCORES)
    for score in _SCORES:
        progress(STEP, len(evidence.past) + len(outputs), steps, score.__name__)
        outputs.append(score(evidence))
    notes = {name: value for output in outputs for name, value in output.notes.items()}
    for dependent in _DEPENDENT_SCORES:
        progress(STEP, len(evidence.past) + len(outputs), steps, dependent.__name__)
        outputs.append(dependent(evidence, notes))
    return outputs


def _declarations_digest() -> str:
    """Digest of the declarations the scores depend on."""
    contents = b"".join(path.read_bytes() for path in (FEATURES, guard.PATH, health.PATH, VALUE))
    return blake2b(contents, digest_size=8).hexdigest()


def _scores(evidence: Evidence, outputs: list[ScoreOutput]) -> pa.Table:
    columns = {name: values for output in outputs for name, values in output.columns.items()}
    reasons = [reasons for output in outputs for reasons in output.reasons]
    customers = len(evidence.now)
    keys = {
        "customer_id": pa.array(evidence.now.ids, type=pa.string()),
        "as_of": pa.array([evidence.as_of] * customers, type=pa.date32()),
        "churn_band": bands(columns[CHURN]),
    }
    numbers = {name: _column(values) for name, values in columns.items()}
    return pa.table(keys | numbers | {"reasons": as_lists(reasons, customers)})


def _column(values: Floats) -> "pa.Array[Any]":
    """Rounded far under what matters, so that the number of threads never shows."""
    return pa.array(np.round(values, 6), type=pa.float64(), mask=~np.isfinite(values))


def _effects(rows: list[Row]) -> pa.Table:
    """Refused ones tell less: what they lack is null."""
    spec = _SPECS[EFFECTS]
    empty = dict.fromkeys(column.name for column in spec.columns)
    return declared_table(spec, [empty | row for row in rows])
