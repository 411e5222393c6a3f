"""The front door of interact: the contact rules, and what they propose. Nothing here sends anything."""

from datetime import date
from pathlib import Path

from b2shift.interact.contracts import Policy, PolicyCheck
from b2shift.interact.evaluation import evaluate as _evaluation
from b2shift.interact.policy import load as _load
from b2shift.interact.policy.checker.check import inspect as _inspect
from b2shift.kernel.progress import Progress, silent
from b2shift.lake.api import Session

__all__ = ["check_policy", "evaluate_policy", "load_policy"]


def load_policy(path: Path | None = None) -> Policy:
    """The policy in a YAML file, or the product's own; raises PolicyError with file, line, value and near names."""
    return _load.load(path or _load.DEFAULT)


def check_policy(path: Path | None = None, *, on: date | None = None) -> PolicyCheck:
    """Everything wrong with a policy's text: contradictions, rules nobody meets, customers without rule, cadences
    above the limits, rules without owner. With `on`, rules that ended before that day count as gone. PolicyError
    only when the file cannot be read."""
    path = path or _load.DEFAULT
    return _inspect(_load.raw(path), path.name, on)


def evaluate_policy(session: Session, policy: Policy, as_of: date, *, progress: Progress = silent) -> None:
    """Write `proposals`, `contact_rules` and `segment_archetypes`: every rule on every customer, as of a date.

    Needs `customers`, `features`, `segments`, `scores` and the refined ledgers. The same inputs give the same rows;
    when nothing they depend on has changed, nothing is computed.
    """
    _evaluation.evaluate(session, policy, as_of, progress)
