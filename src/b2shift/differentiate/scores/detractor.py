"""The risk that a customer's next NPS answer, of any survey, is a detractor's (0 to 6)."""

import numpy as np

from b2shift.differentiate.scores.binary import Sample, Task, answer, scored
from b2shift.differentiate.scores.evidence import Evidence
from b2shift.differentiate.scores.frame import Flags, Frame
from b2shift.differentiate.scores.outcomes import answers
from b2shift.differentiate.scores.scored import Scored, nowhere

SCORE = "nps_detractor_risk"
TASK = Task(SCORE, "Risco de detrator na próxima resposta de NPS")


def detractor(evidence: Evidence) -> Scored:
    """Column nps_detractor_risk, learnt from those who answered in the 90 days after a date.

    An answer's own day is after the date its features end, so no other answer of the same survey is among them.
    """
    samples = []
    for frame in evidence.past:
        said = answers(evidence.session, *evidence.window(frame))
        rows = np.array([k for k, customer in enumerate(frame.ids) if customer in said], dtype=np.intp)
        mine = frame.take(rows)
        happened = np.array([said[customer] for customer in mine.ids])
        samples.append(Sample(mine, happened, frame.take(np.flatnonzero(stays(evidence, frame)))))
    now = evidence.now
    rows = np.flatnonzero(stays(evidence, now))
    found = answer(evidence, TASK, samples, rows)
    return scored({SCORE: nowhere(len(now))}, rows, found)


def stays(evidence: Evidence, frame: Frame) -> Flags:
    """Customers that had not ended their revenue by the frame's date."""
    ended = evidence.ended
    return np.array([not (customer in ended and ended[customer] <= frame.as_of) for customer in frame.ids], dtype=bool)
