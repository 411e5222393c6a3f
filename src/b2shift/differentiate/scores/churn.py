"""The risk that a customer ends all its recurring revenue within 90 days."""

from typing import Any

import numpy as np
import pyarrow as pa

from b2shift.differentiate.scores.binary import Sample, Task, fit_score, score_output
from b2shift.differentiate.scores.evidence import Evidence
from b2shift.differentiate.scores.frame import Floats, Words
from b2shift.differentiate.scores.outcomes import at_risk, ended_between
from b2shift.differentiate.scores.score_output import ScoreOutput, empty_column

SCORE = "churn_90d"
TASK = Task(SCORE, "Risco de churn em 90 dias", follows_signs=True)
HIGH, LOW = 2.0, 1.0
"""Times the mean risk from which a customer's is high, and under which it is low."""


def churn(evidence: Evidence) -> ScoreOutput:
    """Columns churn_90d, churn_90d_low, churn_90d_high; customers without recurring revenue have none."""
    samples = []
    for frame in evidence.past:
        start, end = evidence.window(frame)
        customers = frame.take(np.flatnonzero(at_risk(frame.ids, frame.numbers["mrr"], evidence.ended, start)))
        samples.append(Sample(customers, ended_between(customers.ids, evidence.ended, start, end)))
    now = evidence.now
    rows = np.flatnonzero(at_risk(now.ids, now.numbers["mrr"], evidence.ended, evidence.as_of))
    result = fit_score(evidence, TASK, samples, rows)
    columns = {name: empty_column(len(now)) for name in (SCORE, f"{SCORE}_low", f"{SCORE}_high")}
    return score_output(columns, rows, result)


def bands(risk: Floats) -> "pa.Array[Any]":
    """alto from twice the mean risk, baixo under it, médio between; null where there is no risk."""
    present = np.isfinite(risk)
    bands_: Words = np.full(len(risk), None, dtype=object)
    if present.any():
        times = risk[present] / risk[present].mean()
        bands_[present] = np.select([times >= HIGH, times < LOW], ["alto", "baixo"], "médio")
    return pa.array(bands_, type=pa.string())
