"""The risk that a customer's next NPS answer, of any survey, is a detractor's (0 to 6)."""

import numpy as np

from b2shift.differentiate.scores.binary import Sample, Task, fit_score, score_output
from b2shift.differentiate.scores.evidence import Evidence
from b2shift.differentiate.scores.frame import Flags, Frame
from b2shift.differentiate.scores.outcomes import answers
from b2shift.differentiate.scores.score_output import ScoreOutput, empty_column

SCORE = "nps_detractor_risk"
TASK = Task(SCORE, "Risco de detrator na próxima resposta de NPS")


def detractor(evidence: Evidence) -> ScoreOutput:
    """Column nps_detractor_risk, learnt from those who answered in the 90 days after a date.

    An answer's own day is after the date its features end, so no other answer of the same survey is among them.
    """
    samples = []
    for frame in evidence.past:
        detractors = answers(evidence.session, *evidence.window(frame))
        rows = np.array([k for k, customer in enumerate(frame.ids) if customer in detractors], dtype=np.intp)
        customers = frame.take(rows)
        target = np.array([detractors[customer] for customer in customers.ids])
        samples.append(Sample(customers, target, frame.take(np.flatnonzero(active_customers(evidence, frame)))))
    now = evidence.now
    rows = np.flatnonzero(active_customers(evidence, now))
    result = fit_score(evidence, TASK, samples, rows)
    return score_output({SCORE: empty_column(len(now))}, rows, result)


def active_customers(evidence: Evidence, frame: Frame) -> Flags:
    """Customers that had not ended their revenue by the frame's date."""
    ended = evidence.ended
    return np.array([not (customer in ended and ended[customer] <= frame.as_of) for customer in frame.ids], dtype=bool)
