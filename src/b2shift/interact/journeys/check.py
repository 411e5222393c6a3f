"""Validation of a journey beyond its shape: names, transitions, terms, shares, conditions, entry."""

from collections import Counter
from collections.abc import Iterator
from math import isclose

from b2shift.identify.contracts import Units
from b2shift.interact.contracts import Policy, Situation
from b2shift.interact.journeys.entry import entry_policy
from b2shift.interact.journeys.transitions import back_edges, reachable_steps, transitions
from b2shift.interact.journeys.vocabulary import conditions, known, words_of
from b2shift.interact.messages.write import fields_of
from b2shift.interact.policy import check_conditions, check_names, check_rules
from b2shift.interact.policy.check_names import check_units
from b2shift.interact.policy.document import Path
from b2shift.interact.policy.load import limits_of
from b2shift.interact.policy.problems import Problem
from b2shift.interact.policy.vocabulary import metrics
from b2shift.interact.shapes.journeys import (
    GoalStep,
    HoldoutStep,
    Journey,
    MessageStep,
    SplitStep,
    TaskStep,
    WaitStep,
)
from b2shift.interact.shapes.rules import Condition
from b2shift.kernel.errors import B2ShiftError, near_names


def check(journey: Journey, policy: Policy, units: Units | None = None) -> Iterator[Problem]:
    """Every problem of a journey; without the units of a house, those it names are not asked."""
    names = list(_names(journey))
    yield from names
    if not names:
        yield from _graph(journey)
    for position, step in enumerate(journey.steps):
        yield from _term(("steps", position), step) if isinstance(step, WaitStep) else ()
        yield from _shares(("steps", position), step) if isinstance(step, SplitStep) else ()
        yield from _learning(("steps", position), step) if isinstance(step, SplitStep) else ()
        yield from _words(("steps", position), step) if isinstance(step, MessageStep) else ()
    for path, one in conditions(journey):
        yield from _condition(path, one)
    yield from _entry(journey, policy, units)


def _names(journey: Journey) -> Iterator[Problem]:
    ids = [one.id for one in journey.steps]
    for position, step in enumerate(journey.steps):
        if Counter(ids[: position + 1])[step.id] > 1:
            yield Problem(
                ("steps", position, "id"), "dois passos com o mesmo código", step.id, "Cada um precisa do seu"
            )
        for path, _said, target in transitions(step):
            if target not in ids:
                yield Problem(("steps", position, *path), "passo desconhecido", target, near_names(target, ids))


def _graph(journey: Journey) -> Iterator[Problem]:
    found, kinds = reachable_steps(journey), {one.id: one for one in journey.steps}
    for position, step in enumerate(journey.steps):
        if step.id not in found:
            yield Problem(("steps", position, "id"), "passo que ninguém alcança", step.id, "Leve algum passo até ele")
    back = back_edges(journey)
    for one, other in back:
        position = next(n for n, step in enumerate(journey.steps) if step.id == one)
        hint = "Uma jornada não volta: repita o passo com outro código"
        yield Problem(("steps", position), "o caminho volta a um passo anterior", other, hint)
    if not any(isinstance(kinds[name], GoalStep) for name in found):
        yield Problem(("steps",), "nenhum caminho chega a um passo goal", hint="Diga qual fim se quer")
    if not back:
        yield from _late_holdouts(journey, journey.steps[0].id, contacted=False, seen=set())


def _late_holdouts(journey: Journey, name: str, *, contacted: bool, seen: set[tuple[str, bool]]) -> Iterator[Problem]:
    if (name, contacted) in seen:
        return
    seen.add((name, contacted))
    step = journey.step(name)
    if isinstance(step, HoldoutStep) and contacted:
        position = journey.steps.index(step)
        hint = "Ponha-o antes do primeiro message ou task"
        yield Problem(("steps", position, "id"), "holdout depois de um contato", step.id, hint)
    for _path, _said, target in transitions(step):
        touched = contacted or isinstance(step, MessageStep | TaskStep)
        yield from _late_holdouts(journey, target, contacted=touched, seen=seen)


def _term(path: Path, step: WaitStep) -> Iterator[Problem]:
    if (step.days is None) == (step.business_days is None):
        yield Problem(path, "a espera precisa de um prazo", step.id, "Escreva days ou business_days, um dos dois")
    if step.otherwise is not None and not step.until:
        yield Problem((*path, "otherwise"), "otherwise só vale com until", step.otherwise)


def _shares(path: Path, step: SplitStep) -> Iterator[Problem]:
    total = sum(one.share for one in step.arms)
    if not isclose(total, 1, abs_tol=1e-9):
        yield Problem((*path, "arms"), "as partes não somam 1", f"{total:g}")
    for name, count in Counter(one.name for one in step.arms).items():
        if count > 1:
            yield Problem((*path, "arms"), "dois braços com o mesmo nome", name)


def _learning(path: Path, step: SplitStep) -> Iterator[Problem]:
    if not step.learns:
        if step.window_days is not None:
            yield Problem((*path, "window_days"), "window_days só vale com learns", str(step.window_days))
        return
    if step.window_days is None:
        hint = "Diga em quantos dias depois do sorteio a medida da jornada conta como sucesso"
        yield Problem(path, "falta window_days a um passo que aprende", hint=hint)
    if step.floor * len(step.arms) > 1:
        hint = f"Com {len(step.arms)} braços, no máximo {1 / len(step.arms):g}"
        yield Problem((*path, "floor"), "a parte mínima não cabe em tantos braços", f"{step.floor:g}", hint)
    for position, arm in enumerate(step.arms):
        if arm.share < step.floor:
            hint = f"Pelo menos {step.floor:g}, a parte mínima de um braço"
            yield Problem((*path, "arms", position, "share"), "parte inicial pequena demais", f"{arm.share:g}", hint)


def _words(path: Path, step: MessageStep) -> Iterator[Problem]:
    for name, text in (("subject", step.subject), ("text", step.text)):
        try:
            fields_of(text or "")
        except B2ShiftError as error:
            yield Problem((*path, name), error.what.lower(), error.value, error.hint or "")


def _condition(path: Path, one: Condition) -> Iterator[Problem]:
    words = words_of(one.metric)
    if words is None and one.metric not in metrics():
        yield Problem((*path, "metric"), "fato desconhecido", one.metric, near_names(one.metric, known()))
    elif words is None:
        yield from check_conditions.of_condition(path, one)
        if one.release is not None:
            yield Problem((*path, "release"), "release não vale em passos", f"{one.release:g}")
    elif one.equals not in words:
        yield Problem(path, "falta dizer a que o fato é igual", one.equals, f"Use equals com uma destas: {words}")


def _entry(journey: Journey, policy: Policy, units: Units | None) -> Iterator[Problem]:
    """The checks of a contact rule, reported at the journey's fields."""
    lone = entry_policy(policy, [journey]).model_copy(update={"archetypes": policy.archetypes})
    lone = lone.model_copy(update={"rules": lone.rules[:1]})
    found = [*check_names.check(lone), *check_conditions.check(lone), *check_rules.check(lone, limits_of(policy))]
    found += check_units(lone, units) if units else ()
    for problem in found:
        if problem.path[:2] != ("rules", 0):
            continue  # the policy's own
        where = problem.path[2:]
        inside = where[:1] in {("audience",), ("trigger",)}
        yield problem._replace(path=("enter", *where) if inside else where)
    if journey.theme not in policy.themes:
        yield Problem(("theme",), "tema desconhecido", journey.theme, near_names(journey.theme, policy.themes))
    if Situation.CANCELADO in journey.enter.audience.situations and journey.type.value != "reconquista":
        hint = "Só a reconquista fala com quem cancelou"
        yield Problem(("enter", "audience", "situations"), "jornada imprópria a cancelados", journey.type.value, hint)
