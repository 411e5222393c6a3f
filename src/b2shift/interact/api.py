"""The front door of interact: the contact rules, and what they propose. Nothing here sends anything."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from b2shift.identify.api import units_of
from b2shift.identify.contracts import Units
from b2shift.interact.actions import catalogue as _catalogue
from b2shift.interact.actions import decide as _decide
from b2shift.interact.actions import explain as _explain
from b2shift.interact.actions import record as _record
from b2shift.interact.actions.contact_costs import load_contact_costs
from b2shift.interact.actions.stage import allocate_actions as _allocate_actions
from b2shift.interact.contracts import (
    Advance,
    Catalogue,
    Channel,
    Effect,
    GuardContext,
    Journey,
    JourneyDay,
    JourneySimulation,
    Judgement,
    Known,
    Limits,
    MessageField,
    NextActions,
    Policy,
    PolicyChange,
    PolicyCheck,
    PolicySetting,
    PolicyVersion,
    Position,
    Replay,
    Stage,
    Step,
    Written,
)
from b2shift.interact.evaluation import evaluate as _evaluation
from b2shift.interact.guard.judge import judge as _judge
from b2shift.interact.journeys import day as _journey_days
from b2shift.interact.journeys import reentry as _reentry
from b2shift.interact.journeys import simulate as _simulation
from b2shift.interact.journeys import state_machine as _machine
from b2shift.interact.journeys import text as _journeys
from b2shift.interact.journeys import transitions as _transitions
from b2shift.interact.journeys import vocabulary as _facts
from b2shift.interact.journeys.learning import evidence_key as journey_evidence_key
from b2shift.interact.journeys.learning import learning_splits as journey_learning_splits
from b2shift.interact.journeys.matching import all_hold as conditions_hold
from b2shift.interact.journeys.state_machine import drawn_arm as journey_drawn_arm
from b2shift.interact.messages import write as _write
from b2shift.interact.messages.fields import FIELDS as _FIELDS
from b2shift.interact.messages.fields import Value
from b2shift.interact.messages.versions import (
    keep_templates,
    roll_back_templates,
    templates_at,
    templates_changes,
    templates_in_force,
    templates_number,
    templates_versions,
)
from b2shift.interact.policy import load as _load
from b2shift.interact.policy import settings as _settings
from b2shift.interact.policy import versions as _versions
from b2shift.interact.policy.check_names import rules_reaching_nobody
from b2shift.interact.policy.checker.check import inspect as _inspect
from b2shift.interact.replay.simulate import replay as _replay
from b2shift.kernel.progress import Progress, silent
from b2shift.lake.api import Session

__all__ = [
    "adopt_policy",
    "adopt_policy_text",
    "advance_journey",
    "allocate_actions",
    "begin_journey",
    "check_journey",
    "check_policy",
    "check_policy_text",
    "conditions_hold",
    "evaluate_policy",
    "journey_data",
    "journey_day",
    "journey_drawn_arm",
    "journey_evidence_key",
    "journey_facts",
    "journey_learning_splits",
    "journey_text",
    "journey_transitions",
    "journey_yaml",
    "judge",
    "keep_templates",
    "limits_of",
    "load_actions",
    "load_contact_costs",
    "load_journey",
    "load_policy",
    "may_enter_journey",
    "message_fields",
    "message_fields_in",
    "next_actions",
    "parse_journey",
    "policy_changes",
    "policy_diff",
    "policy_in_force",
    "policy_number",
    "policy_settings",
    "policy_text",
    "policy_versions",
    "policy_with_settings",
    "published_journey",
    "ready_journeys",
    "replay_decisions",
    "replay_policy",
    "roll_back_policy",
    "roll_back_templates",
    "rules_reaching_nobody",
    "simulate_journey",
    "templates_at",
    "templates_changes",
    "templates_in_force",
    "templates_number",
    "templates_versions",
    "write_message",
]

# What the errors of a text that is in no file call it.
_WRITTEN = "régua"


def load_policy(path: Path | None = None) -> Policy:
    """The policy in a YAML file, or the product's own; raises PolicyError with file, line, value and near names."""
    return _load.load(path or _load.DEFAULT)


def policy_in_force(home: Path, number: int | None = None) -> Policy:
    """The policy a home has adopted, or the product's own; with a number that version, 0 = the product's own."""
    return _versions.policy_of(home, _versions.in_force(home) if number is None else number)


def adopt_policy(home: Path, path: Path, now: datetime) -> PolicyVersion:
    """Keep a policy as the home's newest version and put it in force; raises PolicyError when the checker finds
    anything wrong with it."""
    return _versions.adopt(home, _load.raw(path), path.name, now)


def adopt_policy_text(home: Path, text: str, now: datetime) -> PolicyVersion:
    """The same for a text that is in no file."""
    return _versions.adopt(home, text.encode(), _WRITTEN, now)


def policy_text(home: Path, number: int | None = None) -> str:
    """The YAML of a version, 0 = the product's; without a number, of the one in force."""
    return _versions.text_of(home, _versions.in_force(home) if number is None else number)


def policy_number(home: Path) -> int:
    """The number of the version in force; 0 while the home follows the product's own."""
    return _versions.in_force(home)


def policy_versions(home: Path) -> tuple[PolicyVersion, ...]:
    """Every policy the home has adopted, oldest first; none while it follows the product's own."""
    return _versions.versions(home)


def roll_back_policy(home: Path, number: int) -> PolicyVersion:
    """Put an adopted policy in force again; nothing is deleted. UnknownNameError when there is no such version."""
    return _versions.roll_back(home, number)


def policy_diff(home: Path, old: int, new: int) -> tuple[PolicyChange, ...]:
    """What changed from one version to another, one for each rule, archetype or setting; 0 = the product's."""
    return _versions.difference(home, old, new)


def policy_changes(home: Path, text: str) -> tuple[PolicyChange, ...]:
    """What adopting a text would change of the policy in force; PolicyError when it cannot be read as one."""
    return _versions.between(policy_in_force(home), _load.parse(text.encode(), _WRITTEN))


def policy_settings(text: str) -> tuple[PolicySetting, ...]:
    """The values of a sound policy's text that people change by themselves: limits, caps, capacities."""
    return _settings.settings_of(text)


def policy_with_settings(text: str, wanted: Mapping[str, object]) -> str:
    """The text with other values under names of `policy_settings`; comments and all else stay as they are written."""
    return _settings.with_settings(text, wanted)


def check_policy(home: Path, path: Path | None = None, *, on: date | None = None) -> PolicyCheck:
    """Everything wrong with a policy's text: contradictions, rules nobody meets, customers without rule, cadences
    above the limits, rules without owner, units unknown in this home. With `on`, rules that ended before that day
    count as gone. PolicyError only when the file cannot be read."""
    path = path or _load.DEFAULT
    return _inspect(_load.raw(path), path.name, on, units_of(home))


def check_policy_text(home: Path, text: str, *, on: date | None = None) -> PolicyCheck:
    """The same for a text that is in no file."""
    return _inspect(text.encode(), _WRITTEN, on, units_of(home))


def replay_policy(
    session: Session, policy: Policy, start: date, end: date, *, rows: Path | None = None, progress: Progress = silent
) -> Replay:
    """What the policy would have sent on each business day from `start` to `end`, to whom twice, at what load; days
    after the date of `features` are a forecast. InputError for an impossible period. Writes no table; into `rows` a
    Parquet of the contacts (day, customer_id, rule, channel)."""
    return _replay(session, policy, start, end, progress, rows)


def next_actions(
    session: Session,
    policy: Policy,
    as_of: date,
    *,
    seed: int,
    record: Path | None = None,
    weeks: int = 4,
    budgets: dict[Channel, float] | None = None,
    explore: float = 0.02,
) -> NextActions:
    """The best action for everyone within people, money, consent and one open contact per theme, each explained.

    Needs `customers`, `features`, `scores` and the ledgers; looks at `proposals` where there are any. `budgets`: BRL
    by channel, for actions whose first channel it is. Decisions are appended to the file `record`, if one is given.
    """
    catalogue = _catalogue.load()
    with _evaluation.scratch(session):
        made = _decide.plan(session, policy, catalogue, as_of, weeks=weeks, budgets=budgets or {})
        decided = list(_decide.decisions(made, policy, catalogue, as_of, seed=seed, explore=explore))
        result = _explain.explained(session, made, decided, policy, catalogue, as_of, seed)
    if record is not None:
        _record.append(record, decided)
    return result


def allocate_actions(session: Session, policy: Policy, as_of: date, *, seed: int, progress: Progress = silent) -> None:
    """Write `next_actions` and `action_limits`: the best action for everyone, explained; after `evaluate_policy`.

    The same inputs and seed give the same rows; when nothing they depend on has changed, nothing is computed.
    """
    _allocate_actions(session, policy, as_of, seed, progress)


def replay_decisions(record: Path) -> tuple[int, int | None]:
    """Take every recorded decision again: how many came out the same, and the first line that did not (or None)."""
    return _record.replay(record)


def load_actions() -> Catalogue:
    """The actions that can be offered."""
    return _catalogue.load()


def limits_of(policy: Policy) -> Limits:
    """What no contact may pass under this policy, whoever proposes it."""
    return _load.limits_of(policy)


def judge(
    effect: Effect, context: GuardContext, limits: Limits, policy: Policy, stage: Stage, now: datetime
) -> Judgement:
    """May this effect pass this stage at this moment? Every refusal is told at once, in Portuguese.

    `standing` must be read at the moment of asking: consent, contacts and switches may have changed since the last
    stage. `now` has a time zone.
    """
    return _judge(effect, context, limits, policy.caps, stage, now)


def message_fields() -> tuple[MessageField, ...]:
    """The fields a template may hold."""
    return _FIELDS


def message_fields_in(text: str) -> tuple[str, ...]:
    """The fields a text holds, in order; UnknownNameError for one there is not, InputError for a stray brace."""
    return _write.fields_of(text)


def write_message(subject: str, text: str, values: Mapping[str, Value]) -> Written:
    """A subject and a text filled for one person, with the HTML twin. UnknownNameError names the fields near one
    that there is not; InputError tells a value that is missing or of another type."""
    return _write.write(subject, text, values)


def evaluate_policy(session: Session, policy: Policy, as_of: date, *, progress: Progress = silent) -> None:
    """Write `proposals`, `contact_rules` and `segment_archetypes`: every rule on every customer, as of a date.

    Needs `customers`, `features`, `segments`, `scores` and the refined ledgers. The same inputs give the same rows;
    when nothing they depend on has changed, nothing is computed.
    """
    _evaluation.evaluate(session, policy, as_of, progress)


def ready_journeys() -> dict[str, str]:
    """The journeys the product ships: code and YAML, in the order people read them."""
    return dict(_journeys.ready())


def load_journey(path: Path, policy: Policy) -> Journey:
    """The journey in a YAML file; raises PolicyError with file, line, value and near names."""
    return _journeys.load(path, policy)


def parse_journey(text: str, name: str, policy: Policy, units: Units | None = None) -> Journey:
    """The same for a text that has not been saved; `name` is what errors call it."""
    return _journeys.parse(text.encode(), name, policy, units)


def published_journey(text: str) -> Journey:
    """The journey of a text that was found sound when it was published, whatever the policy says now."""
    return _journeys.published(text)


def check_journey(text: str, name: str, policy: Policy, units: Units | None = None) -> PolicyCheck:
    """Everything wrong with a journey's text, by line; units are those of the house; `rules` counts its steps."""
    return _journeys.inspect(text.encode(), name, policy, units)


def journey_text(journey: Journey) -> str:
    """The YAML of a journey, the same each time."""
    return _journeys.journey_yaml(journey)


def journey_data(text: str) -> Any:
    """The plain data of a journey's text, sound or not; PolicyError when it is no YAML."""
    return _journeys.data(text)


def journey_yaml(data: Any) -> str:
    """Plain data as the YAML a journey is written in."""
    return _journeys.to_yaml(data)


def journey_transitions(step: Step) -> list[tuple[str, str]]:
    """The ways out of a step: their words (pt-BR) and where they lead."""
    return [(words, target) for _place, words, target in _transitions.transitions(step)]


def journey_facts() -> dict[str, dict[str, str]]:
    """The facts a step's condition may name: family → name → what people call it."""
    return _facts.labels()


def begin_journey(journey: Journey, now: datetime) -> Position:
    """The position of one who enters now."""
    return _machine.begin(journey, now)


def advance_journey(journey: Journey, key: str, at: Position, known: Known, now: datetime) -> Advance:
    """What comes next for one who is inside; `key` names the enrolment and decides its draws. Pure."""
    return _machine.advance(journey, key, at, known, now)


def may_enter_journey(journey: Journey, stays: Iterable[tuple[date, date | None]], today: date) -> bool:
    """Whether earlier stays (first day, last day or None) let somebody enter again."""
    return _reentry.may_enter(journey, stays, today)


def journey_day(
    session: Session,
    policy: Policy,
    journeys: Sequence[Journey],
    as_of: date,
    inside: Collection[str],
    *,
    others: Sequence[Journey] = (),
) -> JourneyDay:
    """Who may enter which journey as of a date, and what steps may look at of those and of the customers `inside`.

    Nobody enters `others`, whose steps' facts are told too. Needs what `evaluate_policy` needs; writes temporary tables
    only (`lake.api.looking` is enough).
    """
    return _journey_days.journey_day(session, policy, journeys, as_of, inside, others)


def simulate_journey(
    session: Session,
    policy: Policy,
    journey: Journey,
    start: date,
    end: date,
    *,
    answering: float = 0.0,
    progress: Progress = silent,
) -> JourneySimulation:
    """What a journey would have done on past business days: entries, steps, contacts, tasks by week, ends.

    `answering`: share of contacts taken to be answered. InputError for a period the data do not cover.
    """
    return _simulation.simulate(session, policy, journey, start, end, answering, progress)
