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
from b2shift.differentiate.scores.buying import buying
from b2shift.differentiate.scores.churn import SCORE as CHURN
from b2shift.differentiate.scores.churn import bands, churn
from b2shift.differentiate.scores.contracts_ahead import PATH as VALUE
from b2shift.differentiate.scores.contracts_ahead import contracts_ahead
from b2shift.differentiate.scores.detractor import detractor
from b2shift.differentiate.scores.evidence import STEP, Evidence, gather
from b2shift.differentiate.scores.frame import Floats
from b2shift.differentiate.scores.propensity import propensity
from b2shift.differentiate.scores.reasons import as_lists
from b2shift.differentiate.scores.registry import TABLE, registered
from b2shift.differentiate.scores.scored import Scored
from b2shift.kernel.progress import Progress
from b2shift.lake.api import Session, declared_table, load_specs

CODE_VERSION = 12
_SPECS = load_specs(Path(__file__).parents[1] / "tables.yaml")
_REGISTRY = ("companies", "customer_registry", "mrr_vendor")
_SCORES = (churn, health.health, detractor, propensity)
_FOLLOWING = (contracts_ahead, buying)
"""Scores that are told what the ones before left out and which base rate they found."""
_BINS = pa.list_(pa.struct([("predicted", pa.float64()), ("observed", pa.float64()), ("customers", pa.int32())]))


def build(session: Session, as_of: date, seed: int, wanted: Mapping[str, Promotion], progress: Progress) -> None:
    """Write the four tables, unless they were already made from the same rows and the same wishes."""
    sources = {block.source for block in declarations().blocks.values()}
    with session.stage(
        "scores",
        inputs=sorted({"features", *_REGISTRY, *sources}),
        parameters=(
            CODE_VERSION,
            as_of,
            seed,
            _declared(),
            sorted((one.score, one.version) for one in wanted.values()),
        ),
    ) as stage:
        if stage.stale:
            evidence = gather(session, as_of, seed, wanted, progress)
            made = _made(evidence, progress)
            session.write(_SPECS["scores"], _scores(evidence, made), sort_by=["customer_id"])
            cards = [card for one in made for card in one.cards]
            told = declared_table(_SPECS["score_cards"], cards, {"reliability": _BINS})
            session.write(_SPECS["score_cards"], told, sort_by=["score"])
            served = [served for one in made for served in one.served]
            session.write(_SPECS[TABLE], registered(session, served, as_of), sort_by=["score", "version"])
            session.write(_SPECS[EFFECTS], _effects(action_effects(evidence)), sort_by=["action", "score"])
            stage.notes |= {"usable": [card["score"] for card in cards if card["usable"]]}
            for one in made:
                stage.notes |= one.notes


def _made(evidence: Evidence, progress: Progress) -> list[Scored]:
    made: list[Scored] = []
    steps = len(evidence.past) + len(_SCORES) + len(_FOLLOWING)
    for score in _SCORES:
        progress(STEP, len(evidence.past) + len(made), steps, score.__name__)
        made.append(score(evidence))
    notes = {name: told for one in made for name, told in one.notes.items()}
    for following in _FOLLOWING:
        progress(STEP, len(evidence.past) + len(made), steps, following.__name__)
        made.append(following(evidence, notes))
    return made


def _declared() -> str:
    """Changes with any of the declarations the scores are made from."""
    told = b"".join(path.read_bytes() for path in (FEATURES, guard.PATH, health.PATH, VALUE))
    return blake2b(told, digest_size=8).hexdigest()


def _scores(evidence: Evidence, made: list[Scored]) -> pa.Table:
    columns = {name: values for one in made for name, values in one.columns.items()}
    told = [reasons for one in made for reasons in one.told]
    customers = len(evidence.now)
    keys = {
        "customer_id": pa.array(evidence.now.ids, type=pa.string()),
        "as_of": pa.array([evidence.as_of] * customers, type=pa.date32()),
        "churn_band": bands(columns[CHURN]),
    }
    numbers = {name: _column(values) for name, values in columns.items()}
    return pa.table(keys | numbers | {"reasons": as_lists(told, customers)})


def _column(values: Floats) -> "pa.Array[Any]":
    """Rounded far under what matters, so that the number of threads never shows."""
    return pa.array(np.round(values, 6), type=pa.float64(), mask=~np.isfinite(values))


def _effects(rows: list[Row]) -> pa.Table:
    """Refused ones tell less: what they lack is null."""
    spec = _SPECS[EFFECTS]
    empty = dict.fromkeys(column.name for column in spec.columns)
    return declared_table(spec, [empty | row for row in rows])
