"""The graph of a journey: labelled transitions between steps."""

from b2shift.interact.journeys.condition_text import in_words
from b2shift.interact.shapes.journeys import (
    BranchStep,
    ExitStep,
    GoalStep,
    HoldoutStep,
    Journey,
    MessageStep,
    SplitStep,
    Step,
    TaskStep,
    WaitStep,
)

Transition = tuple[tuple[str | int, ...], str, str]
"""Where in the step it is written, its words (pt-BR), and the step it leads to."""


def transitions(step: Step) -> list[Transition]:
    """Every transition out of a step; none out of an end."""
    match step:
        case MessageStep() | TaskStep():
            other: list[Transition] = [(("unreachable",), "sem canal", step.unreachable)] if step.unreachable else []
            return [(("next",), "", step.next), *other]
        case WaitStep():
            other = [(("otherwise",), "prazo", step.otherwise)] if step.otherwise else []
            return [(("next",), " ou ".join(step.until), step.next), *other]
        case BranchStep():
            cases: list[Transition] = [
                (("cases", n, "next"), in_words(one.all), one.next) for n, one in enumerate(step.cases)
            ]
            return [*cases, (("otherwise",), "senão", step.otherwise)]
        case SplitStep():
            about = "~" if step.learns else ""
            return [
                (("arms", n, "next"), f"{one.name} {about}{one.share:.0%}", one.next) for n, one in enumerate(step.arms)
            ]
        case HoldoutStep():
            return [(("next",), f"{1 - step.share:.0%}", step.next)]
        case GoalStep() | ExitStep():
            return []


def reachable_steps(journey: Journey, start: str = "") -> set[str]:
    """Steps reachable from one, or from the first one, itself among them."""
    known = {one.id: one for one in journey.steps}
    found, ahead = set[str](), [start or journey.steps[0].id]
    while ahead:
        name = ahead.pop()
        if name in known and name not in found:
            found.add(name)
            ahead += [target for _place, _words, target in transitions(known[name])]
    return found


def back_edges(journey: Journey) -> list[tuple[str, str]]:
    """Transitions to an earlier step of the path: (from, to)."""
    known = {one.id: one for one in journey.steps}
    found: list[tuple[str, str]] = []
    done: set[str] = set()

    def walk(name: str, above: tuple[str, ...]) -> None:
        for _place, _words, target in transitions(known[name]):
            if target in (*above, name):
                found.append((name, target))
            elif target in known and target not in done:
                walk(target, (*above, name))
        done.add(name)

    walk(journey.steps[0].id, ())
    return found
