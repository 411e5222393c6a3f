"""Everything that is wrong with a policy's text, as one report."""

from collections.abc import Collection
from datetime import date

from b2shift.identify.contracts import Units
from b2shift.interact.contracts import Category, Finding, Policy, PolicyCheck
from b2shift.interact.policy.check_names import check_units
from b2shift.interact.policy.checker import coverage, frequency, opposition, owners, reach
from b2shift.interact.policy.document import DocumentError, read
from b2shift.interact.policy.load import shaped
from b2shift.interact.policy.problems import Problem, finding


def inspect(text: bytes, name: str, on: date | None, units: Units) -> PolicyCheck:
    """The findings by line; with `on`, rules that ended before that day count as gone. `units`: those of the house."""
    try:
        document = read(text)
    except DocumentError as error:
        value = None if error.value is None else str(error.value)
        fault = Finding(category=Category.ESCRITA, line=error.line, what=error.what, value=value, hint=error.hint)
        return PolicyCheck(file=name, findings=(fault,))
    policy, problems = shaped(document)
    if policy is None:
        return PolicyCheck(file=name, findings=tuple(sorted((finding(p, document) for p in problems), key=_place)))
    problems += check_units(policy, units)
    if not any(problem.category is Category.ESCRITA for problem in problems):
        problems += _deeper(policy, on, {int(p.path[1]) for p in problems if p.path[:1] == ("rules",)})
    return PolicyCheck(
        file=name,
        name=policy.name,
        version=policy.version,
        archetypes=len(policy.archetypes),
        rules=len(policy.rules),
        findings=tuple(sorted((finding(problem, document) for problem in problems), key=_place)),
    )


def _deeper(policy: Policy, on: date | None, wrong: Collection[int]) -> list[Problem]:
    return [
        *reach.check(policy, on, wrong),
        *coverage.check(policy, on),
        *frequency.check(policy, on),
        *opposition.check(policy),
        *owners.check(policy),
    ]


def _place(found: Finding) -> tuple[int, str]:
    return found.line, found.what
