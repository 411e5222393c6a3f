"""The stage `score accuracy`: keeps what this run said, reads off what became of what was said before, judges."""

from collections import defaultdict
from datetime import date, timedelta

from b2shift.lake.api import Session, declared_table
from b2shift.learn.accuracy.figures import figures
from b2shift.learn.accuracy.judgement import Batch, Judgement, Key, judge_all
from b2shift.learn.accuracy.records import HAPPENED, HORIZON_DAYS, SAID, SPECS, Files, adopt, keep_said, read_outcomes
from b2shift.learn.contracts import FAMILIES, UNBOUNDED, ScoreAccuracy, ScoreCalibration

CODE_VERSION = 3
STAGE = "score accuracy"
_READ = ("recurring_revenue", "opportunities", "nps_answers", "campaign_events", "segments")


BOUGHT_TOGETHER = 2.0
"""Families that a customer may buy at once: what customers buy varies 1.3 to 1.4 times as much as single families."""


def build(session: Session, as_of: date) -> None:
    """Write `score_predictions`, `score_outcomes`, `score_accuracy` and `score_calibration`."""
    inputs = ["customers", "scores", "score_models", *(name for name in _READ if session.has(name))]
    with session.stage(STAGE, inputs=inputs, parameters=(CODE_VERSION, as_of)) as stage:
        if not stage.stale:
            return
        earlier = stage.previous.notes if stage.previous else {}
        said = keep_said(session, as_of, _files(earlier, "said"))
        happened, anew = read_outcomes(session, as_of, said, _files(earlier, "happened"))
        if earlier.get("measured_by") != CODE_VERSION:
            anew = set(happened)
        adopt(session, SAID, said)
        adopt(session, HAPPENED, happened)
        rows = [*_kept(session, set(happened) - anew), *_measured(session, anew)]
        rows.sort(key=lambda one: (one.score, one.as_of, one.grouping, one.group))
        _write(session, "score_accuracy", [one.model_dump() for one in rows])
        levels = [told(key, one) for key, one in judgements(rows).items()]
        _write(session, "score_calibration", [one.model_dump() | {"level": one.level.value} for one in levels])
        stage.notes |= {"said": said, "happened": happened, "measured_by": CODE_VERSION}


def judgements(rows: list[ScoreAccuracy]) -> dict[Key, Judgement]:
    """Everyone and every group of every score."""
    batches = defaultdict[Key, list[Batch]](list)
    for one in rows:
        batches[one.score, one.grouping, one.group].append(_batch(one))
    return judge_all(batches)


def _batch(one: ScoreAccuracy) -> Batch:
    over = one.as_of + timedelta(days=HORIZON_DAYS)
    together = BOUGHT_TOGETHER if one.score == FAMILIES else 1.0
    return Batch(one.as_of, over, one.customers, float(one.events), one.predicted * one.customers, together)


def _kept(session: Session, days: set[str]) -> list[ScoreAccuracy]:
    """The rows of dates whose outcomes are those they were."""
    if not days or not session.has("score_accuracy"):
        return []
    rows = session.query("SELECT * FROM score_accuracy").to_pylist()
    return [ScoreAccuracy.model_validate(row) for row in rows if str(row["as_of"]) in days]


def _measured(session: Session, days: set[str]) -> list[ScoreAccuracy]:
    if not days:
        return []
    return list(
        figures(
            session.query(f"SELECT * FROM {HAPPENED} WHERE CAST(as_of AS VARCHAR) IN $days", {"days": sorted(days)})
        )
    )


def told(key: Key, found: Judgement) -> ScoreCalibration:
    """A judgement as a row of `score_calibration`."""
    return ScoreCalibration(
        score=key[0],
        grouping=key[1],
        group=key[2],
        level=found.level,
        alarmed_on=found.alarmed_on,
        dates=len(found.batches),
        first_as_of=min((one.as_of for one in found.batches), default=None),
        last_as_of=max((one.as_of for one in found.batches), default=None),
        customers=sum(one.customers for one in found.batches),
        predicted=found.predicted,
        observed=found.observed,
        ratio=found.observed / found.predicted if found.predicted else None,
        ratio_low=found.low,
        ratio_high=min(found.high, UNBOUNDED),
    )


def _files(notes: dict[str, object], name: str) -> Files:
    known = notes.get(name)
    return {str(day): str(file) for day, file in known.items()} if isinstance(known, dict) else {}


def _write(session: Session, table: str, rows: list[dict[str, object]]) -> None:
    session.write(SPECS[table], declared_table(SPECS[table], rows), sort_by=list(SPECS[table].key))
