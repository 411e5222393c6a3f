"""The front door of learn: what campaigns did, told by those left out by lot."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import pyarrow as pa

from b2shift.lake.api import Lake, Session
from b2shift.learn.accuracy import build as _accuracy
from b2shift.learn.accuracy import reading as _said
from b2shift.learn.choice.linear import LinearArms
from b2shift.learn.choice.shares import shares as arm_shares
from b2shift.learn.choice.values import arm_values, batch_weights
from b2shift.learn.contracts import (
    Accuracies,
    Assignment,
    CampaignResult,
    CampaignReturn,
    Effect,
    Persuasion,
    PolicyEvaluation,
    PolicyResult,
    ReturnGrouping,
    TrialColumns,
    TrialEffect,
    UpliftResult,
)
from b2shift.learn.effects import build as _build
from b2shift.learn.effects import reading as _reading
from b2shift.learn.effects import returns as _returns
from b2shift.learn.effects.estimate import FEWEST
from b2shift.learn.effects.outcomes import COVARIATES, HORIZON_DAYS
from b2shift.learn.persuasion import reading as _persuasion

__all__ = [
    "FEWEST_CUSTOMERS",
    "HORIZON_DAYS",
    "LinearArms",
    "arm_shares",
    "arm_values",
    "batch_weights",
    "campaign_result",
    "campaign_results",
    "campaigns_among",
    "check_scores",
    "effects_of",
    "evaluate_policy",
    "find_persuadable",
    "measure_campaigns",
    "persuasions",
    "pooled_effects",
    "returns_of",
    "score_accuracies",
    "score_accuracies_among",
    "trial_effects",
    "trial_policy",
    "trial_uplift",
]

FEWEST_CUSTOMERS = FEWEST + 2 * len(COVARIATES)
"""Of an arm: of fewer nothing is told; each number known before takes a column, and one where it may be missing."""


def measure_campaigns(session: Session, as_of: date) -> None:
    """Write `campaign_outcomes` and `campaign_effects` from the events delivered; needs `customers`."""
    _build.build(session, as_of)


def campaign_results(lake: Lake) -> tuple[CampaignResult, ...]:
    """Every randomised campaign that was delivered, the newest first."""
    return _reading.campaigns(lake)


def campaign_result(lake: Lake, campaign: str) -> CampaignResult | None:
    """One of them; None where there is none of that name."""
    return next(iter(_reading.campaigns(lake, campaign)), None)


def pooled_effects(lake: Lake) -> tuple[Effect, ...]:
    """The effects over all campaigns whose 90 days are over, those addressed against those left out."""
    return _reading.all_together(lake)


def campaigns_among(
    lake: Lake, customers: Sequence[str], campaign: str | None = None
) -> tuple[tuple[CampaignResult, ...], tuple[Effect, ...]]:
    """Campaigns, or one, as among some customers only, and the effects of all of these campaigns together; by group
    only of one. Measured when asked: seconds for hundreds of thousands of rows."""
    return _reading.campaigns_among(lake, customers, campaign)


def returns_of(campaigns: Sequence[CampaignResult], grouping: ReturnGrouping) -> tuple[CampaignReturn, ...]:
    """What campaigns whose 90 days are over brought in deals over what they cost, by group, the dearest first."""
    return _returns.returns(campaigns, grouping)


def effects_of(lake: Lake, assignments: Sequence[Assignment]) -> tuple[Effect, ...]:
    """The effects of campaigns the product itself sent, by what later deliveries tell of their customers.

    Nobody's purchase is read off the campaign itself: deals, MRR and who left are compared.
    """
    return _reading.measured(lake, assignments)


def check_scores(session: Session, as_of: date) -> None:
    """Keep what the scores of this run say, and hold what earlier ones said against what happened; needs `scores`."""
    _accuracy.build(session, as_of)


def score_accuracies(lake: Lake) -> Accuracies:
    """What scores said and what happened, over the whole base."""
    return _said.accuracies(lake)


def score_accuracies_among(lake: Lake, customers: Sequence[str]) -> Accuracies:
    """The same among some customers only, measured when asked: seconds for hundreds of thousands of rows."""
    return _said.accuracies_among(lake, customers)


def trial_effects(
    given_by: TrialColumns, values: Sequence[str], control: str | None = None
) -> tuple[tuple[TrialEffect, ...], tuple[str, ...]]:
    """Of any table: what each arm brought over the control, or over each other; and notes on what was left out.

    Raises InputError naming the file, column or arm at fault, as the other functions of tables do.
    """
    from b2shift.learn.trials import tables

    return tables.trial_effects(given_by, values, control)


def trial_uplift(
    given_by: TrialColumns, value: str, *, treated: str, control: str, harmful: bool = False, seed: int = 7
) -> tuple[UpliftResult, pa.Table]:
    """Of any table: who is persuaded by an arm; and what is expected of each row (key, `expected`, `place`: 0 to 1).

    `harmful`: less of the value is better.
    """
    from b2shift.learn.trials import tables  # loads scikit-learn

    return tables.trial_uplift(given_by, value, treated=treated, control=control, harmful=harmful, seed=seed)


def trial_policy(
    given_by: TrialColumns, value: str, *, costs: Mapping[str, float], harmful: bool = False, seed: int = 7
) -> tuple[PolicyResult, pa.Table]:
    """Of any table: whether giving each row its own arm beats giving all the best; and the arm of each row.

    `costs`: of an arm, in the unit of the value.
    """
    from b2shift.learn.trials import tables  # loads scikit-learn

    return tables.trial_policy(given_by, value, costs=costs, harmful=harmful, seed=seed)


def find_persuadable(session: Session, as_of: date) -> None:
    """Write `campaign_persuasion` and `customer_persuasion` from all campaigns with a lot; needs `customers`."""
    from b2shift.learn.persuasion.build import build  # loads scikit-learn

    build(session, as_of)


def persuasions(lake: Lake) -> tuple[Persuasion, ...]:
    """Whether contacts bring more to some customers than to others, by measure; none where too little is known."""
    return _persuasion.persuasions(lake)


def evaluate_policy(
    table: Path, arm: str, value: str, chance: str, *, rule: str | None = None, rule_column: str | None = None,
    seed: int = 7,
) -> PolicyEvaluation:  # fmt: skip
    """Of any table of choices made with known chances: what another rule would have brought."""
    from b2shift.learn.trials import tables

    return tables.logged_policy(table, arm, value, chance, rule=rule, rule_column=rule_column, seed=seed)
