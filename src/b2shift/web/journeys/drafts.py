"""A journey being drawn: changes of its plain data, each kept so that it can be undone; its text gets published."""

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from b2shift.interact.api import journey_data, journey_yaml, policy_in_force, ready_journeys
from b2shift.kernel.errors import B2ShiftError, InputError
from b2shift.web.accounts.models import User
from b2shift.web.journeys.models import Running, Sketch

MOST_KEPT = 100
_REFERENCES = ("next", "otherwise", "unreachable")
Data = dict[str, Any]


def draft_of(person: User, journey_id: str, now: datetime) -> Sketch:
    """The person's draft of a journey, begun with the version in force, a ready text, or next to nothing."""
    known = Sketch.objects.filter(journey_id=journey_id, author=person).first()
    if known is not None:
        return known
    running = Running.objects.select_related("version").filter(journey_id=journey_id).first()
    text = running.version.text if running else ready_journeys().get(journey_id) or _beginning(journey_id)
    return Sketch.objects.create(journey_id=journey_id, author=person, texts=[text], changed_at=now)


def text_of(draft: Sketch) -> str:
    """The text as it stands."""
    return str(draft.texts[draft.place])


def data_of(draft: Sketch) -> Data | None:
    """The plain data of the text; None while it is no YAML with a list of steps."""
    try:
        found = journey_data(text_of(draft))
    except B2ShiftError:
        return None
    steps = found.get("steps") if isinstance(found, dict) else None
    sound = isinstance(steps, list) and all(isinstance(one, dict) and "id" in one and "kind" in one for one in steps)
    return found if sound else None


def replace_text(draft: Sketch, text: str, now: datetime) -> None:
    """Take a text as the newest; what had been undone is gone."""
    if text == text_of(draft):
        return
    kept = [*draft.texts[: draft.place + 1], text][-MOST_KEPT:]
    draft.texts, draft.place, draft.changed_at = kept, len(kept) - 1, now
    draft.save()


def edit(draft: Sketch, mutate: Callable[[Data], None], now: datetime) -> None:
    """Change the plain data and write it down as YAML. InputError while the text is too wrong to be changed so."""
    data = data_of(draft)
    if data is None:
        hint = _("Corrija o texto primeiro")
        raise InputError(_("O texto não é um YAML com passos"), value=draft.journey_id, hint=hint)
    changed = deepcopy(data)
    mutate(changed)
    replace_text(draft, journey_yaml(changed), now)


def undo_redo(draft: Sketch, by: int, now: datetime) -> None:
    """Undo (-1) or redo (+1); at either end nothing happens."""
    draft.place, draft.changed_at = min(max(draft.place + by, 0), len(draft.texts) - 1), now
    draft.save(update_fields=["place", "changed_at"])


def discard(draft: Sketch) -> None:
    """Forget the draft."""
    with transaction.atomic():
        draft.delete()


def add_step(data: Data, kind: str, after: str) -> str:
    """A new step of a kind right after another, taking over where that one led; its code."""
    steps = data["steps"]
    place = _place(data, after)
    before = steps[place]
    taken = {one["id"] for one in steps}
    name = next(code for n in range(1, 1000) if (code := f"{kind}_{n}") not in taken)
    target = str(before.get("next") or before.get("otherwise") or steps[-1]["id"])
    steps.insert(place + 1, {"id": name, "name": _("Novo passo"), "kind": kind, **_blank(kind, target)})
    if kind not in {"goal", "exit"} and before.get("next"):
        before["next"] = name
    return name


def remove_step(data: Data, name: str) -> None:
    """Take a step out; whatever led to it leads to where it led, where that is one place."""
    place = _place(data, name)
    target = data["steps"][place].get("next")
    del data["steps"][place]
    if target:
        for holder in _holders(data):
            for key in _REFERENCES:
                if holder.get(key) == name:
                    holder[key] = target


def move_step(data: Data, name: str, by: int) -> None:
    """Change places with the step before (-1) or after (+1); the first of the list is where everybody begins."""
    steps, place = data["steps"], _place(data, name)
    other = place + by
    if 0 <= other < len(steps):
        steps[place], steps[other] = steps[other], steps[place]


def update_step(data: Data, name: str, values: Mapping[str, Any]) -> None:
    """Give a step these fields; an empty value takes a field out, a new code is followed by whoever led to it."""
    step = data["steps"][_place(data, name)]
    for key, value in values.items():
        if value in (None, "", []):
            step.pop(key, None)
        else:
            step[key] = value
    if step["id"] != name:
        for holder in _holders(data):
            for key in _REFERENCES:
                if holder.get(key) == name:
                    holder[key] = step["id"]


def update_journey(data: Data, values: Mapping[str, Any]) -> None:
    """Give the journey itself these fields, by dotted names; empty ones go, `enter.reentry_days` becomes null."""
    for name, value in values.items():
        *way, last = name.split(".")
        holder = data
        for key in way:
            if not isinstance(holder.get(key), dict):
                holder[key] = {}
            holder = holder[key]
        if value in (None, "", []) and name != "enter.reentry_days":
            holder.pop(last, None)
        else:
            holder[last] = None if value == "" else value
    classes = data.get("enter", {}).get("classes")
    if classes == {}:
        del data["enter"]["classes"]


def _place(data: Data, name: str) -> int:
    for place, one in enumerate(data["steps"]):
        if one["id"] == name:
            return place
    raise InputError(_("Não há este passo"), value=name[:40], hint=_("Recarregue a página"))


def _holders(data: Data) -> Iterator[Data]:
    """Everything that may lead to a step."""
    for step in data["steps"]:
        yield step
        for part in ("cases", "arms"):
            yield from (one for one in step.get(part) or () if isinstance(one, dict))


def _blank(kind: str, target: str) -> Data:
    blanks: dict[str, Data] = {
        "message": {"channels": ["email"], "message": _("Escreva o que dizer."), "next": target},
        "task": {"channel": "telefone", "text": _("Escreva o que fazer."), "due_days": 3, "next": target},
        "wait": {"business_days": 5, "next": target},
        "branch": {
            "cases": [{"all": [{"metric": "class_now", "equals": "detrator"}], "next": target}],
            "otherwise": target,
        },
        "split": {"arms": [{"name": name, "share": 0.5, "next": target} for name in ("a", "b")]},
        "holdout": {"share": 0.1, "next": target},
        "goal": {"outcome": "aceitou"},
        "exit": {"outcome": "sem_resposta"},
    }
    return blanks[kind]


def _beginning(journey_id: str) -> str:
    policy = policy_in_force(settings.HOME)
    return journey_yaml(
        {
            "id": journey_id,
            "name": _("Nova jornada"),
            "about": _("Diga para que ela serve."),
            "type": "outra",
            "kind": "relacionamento",
            "theme": policy.themes[0],
            "cap_group": policy.caps[0].group,
            "owner_role": "executor",
            "enter": {"trigger": {"kind": "nps", "at_least": 0}, "reentry_days": None},
            "measure": {"all": [{"metric": "mrr", "above": 0}], "within_days": 90},
            "steps": [
                {"id": "carta", "name": _("Mensagem"), "kind": "message", **_blank("message", "fim")},
                {"id": "fim", "name": _("Fim"), "kind": "goal", "outcome": "agradecido"},
            ],
        }
    )
