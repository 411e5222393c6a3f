"""Journeys drawn at random: every way leads forward, no holdout follows a contact of the list."""

from typing import Any

from hypothesis import strategies as st

from b2shift.interact.contracts import Answer, CustomerClass, Journey

ANSWERS = st.sampled_from([one.value for one in Answer])


@st.composite
def journeys(draw: st.DrawFn) -> Journey:
    """A sound journey: steps lead to later ones only, and every step is led to."""
    count = draw(st.integers(2, 9))
    names = [f"s{n}" for n in range(count)] + ["bom", "fim"]
    kinds = ["message", "task", "wait", "branch", "split", "holdout"]
    steps: list[dict[str, Any]] = []
    contacted = False
    for n in range(count):
        kind = draw(st.sampled_from([one for one in kinds if not (contacted and one == "holdout")]))
        contacted |= kind in {"message", "task"}
        later = st.sampled_from(names[n + 1 :])
        step = {"id": names[n], "name": f"Passo {n}", "kind": kind} | _fields(draw, kind, names[n + 1], later)
        steps.append(step)
    steps.append({"id": "bom", "name": "Bom fim", "kind": "goal", "outcome": "aceitou"})
    steps.append({"id": "fim", "name": "Outro fim", "kind": "exit", "outcome": "recusou"})
    last = steps[count - 1]
    last |= {"otherwise": "fim"} if last["kind"] in {"branch", "wait"} else {}
    last |= {"until": ["aceitou"]} if last["kind"] == "wait" else {}
    told = {
        "id": "j", "name": "Jornada", "about": "Uma jornada qualquer.", "type": "outra", "kind": "relacionamento",
        "theme": "satisfacao", "cap_group": "mensagens", "owner_role": "executor",
        "enter": {"trigger": {"kind": "nps", "at_least": 0}, "reentry_days": draw(st.sampled_from([None, 1, 30]))},
        "measure": {"all": [{"metric": "mrr", "above": 0}], "within_days": 30},
        "steps": steps,
    }  # fmt: skip
    return Journey.model_validate(told)


def _fields(draw: st.DrawFn, kind: str, following: str, later: st.SearchStrategy[str]) -> dict[str, Any]:
    contact = {"next": following, "unreachable": draw(later)}
    match kind:
        case "message":
            return {"channels": ["email"], "message": "Olá a vocês."} | contact
        case "task":
            return {"channel": "telefone", "text": "Ligue.", "due_days": 1} | contact
        case "wait":
            until = draw(st.lists(ANSWERS, max_size=3, unique=True))
            term = draw(st.sampled_from([{"days": 2}, {"business_days": 3}]))
            return {"until": until, "next": following, "otherwise": draw(later) if until else None} | term
        case "branch":
            fact = draw(st.sampled_from(["answer", "class_now"]))
            word = draw(ANSWERS) if fact == "answer" else draw(st.sampled_from([one.value for one in CustomerClass]))
            return {"cases": [{"all": [{"metric": fact, "equals": word}], "next": draw(later)}], "otherwise": following}
        case "split":
            learns = draw(st.booleans())
            return ({"learns": True, "window_days": 5} if learns else {}) | {
                "arms": [
                    {"name": "a", "share": 0.3, "next": following},
                    {"name": "b", "share": 0.7, "next": draw(later)},
                ]
            }
        case _:
            return {"share": 0.5, "next": following}
