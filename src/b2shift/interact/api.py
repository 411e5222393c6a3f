"""The front door of interact: the contact rules, and what they propose. Nothing here sends anything."""

from datetime import date
from pathlib import Path

from b2shift.interact.contracts import Policy
from b2shift.interact.evaluation import evaluate as _evaluation
from b2shift.interact.policy import load as _load
from b2shift.kernel.progress import Progress, silent
from b2shift.lake.api import Session

__all__ = ["evaluate_policy", "load_policy"]


def load_policy(path: Path | None = None) -> Policy:
    """The policy in a YAML file, or the product's own; raises PolicyError with file, line, value and near names."""
    return _load.load(path or _load.DEFAULT)


def evaluate_policy(session: Session, policy: Policy, as_of: date, *, progress: Progress = silent) -> None:
    """Write `proposals`, `contact_rules` and `segment_archetypes`: every rule on every customer, as of a date.

    Needs `customers`, `features`, `segments`, `scores` and the refined ledgers. The same inputs give the same rows;
    when nothing they depend on has changed, nothing is computed.
    """
    _evaluation.evaluate(session, policy, as_of, progress)
