"""What a version of a journey changes, in words: fields as the form calls them, steps and codes by their names."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from b2shift.interact.contracts import Journey
from b2shift.web.console import formats
from b2shift.web.console.journeys.forms import HEAD, SPECS, Spec, coded, deep
from b2shift.web.console.journeys.picture import transition_labels
from b2shift.web.console.wording import shipped, word

_LONGEST = 120
_NAME = Spec("name", "", "line")
_WAYS = {"cases", "arms"}


def change_descriptions(before: Journey | None, after: Journey) -> list[str]:
    """A line for each field and step that is not as before; none where nothing was before."""
    if before is None:
        return []
    return [*_of_the_journey(before, after), *_of_steps(before, after)]


def _of_the_journey(before: Journey, after: Journey) -> Iterator[str]:
    one, two = (journey.model_dump(mode="json") for journey in (before, after))
    for spec in HEAD:
        old, new = deep(one, spec.name), deep(two, spec.name)
        if old != new:
            yield _changed(str(spec.label), _said(spec, old, {}), _said(spec, new, {}))
    written = {
        "enter.audience": _("Quem pode entrar mudou: o texto diz como"),
        "enter.trigger": _("O que faz entrar mudou: o texto diz como"),
        "measure.all": _("O que se mede mudou: o texto diz como"),
    }
    yield from (said for name, said in written.items() if deep(one, name) != deep(two, name))


def _of_steps(before: Journey, after: Journey) -> Iterator[str]:
    old, new = ({step.id: step for step in journey.steps} for journey in (before, after))
    names = {key: shipped(step.name) for key, step in (old | new).items()}
    for key in [one for one in old if one not in new]:
        yield _("Sai o passo %(name)s (%(kind)s)") % {"name": names[key], "kind": _kind(old[key].kind)}
    for key, step in new.items():
        if key not in old:
            yield _("Entra o passo %(name)s (%(kind)s)") % {"name": names[key], "kind": _kind(step.kind)}
        elif old[key].kind != step.kind:
            kinds = {"name": names[key], "old": _kind(old[key].kind), "new": _kind(step.kind)}
            yield _("O passo %(name)s passa de %(old)s a %(new)s") % kinds
        else:
            one = old[key].model_dump(mode="json") | _ways(before, key)
            two = step.model_dump(mode="json") | _ways(after, key)
            yield from (f"{names[key]} · {line}" for line in _of_step(step.kind, one, two, names))
    kept = [key for key in old if key in new]
    if kept != [key for key in new if key in old]:
        yield _("A ordem dos passos mudou")


def _of_step(kind: str, one: Mapping[str, Any], two: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[str]:
    if one["name"] != two["name"]:
        yield _changed(_("Nome"), _said(_NAME, one["name"], names), _said(_NAME, two["name"], names))
    for spec in SPECS[kind]:
        if one.get(spec.name) != two.get(spec.name):
            yield _changed(
                str(spec.label), _said(spec, one.get(spec.name), names), _said(spec, two.get(spec.name), names)
            )


def _ways(journey: Journey, key: str) -> dict[str, str]:
    """The cases or arms of a step as lines of text."""
    step = next(one for one in journey.steps if one.id == key)
    text = "; ".join(transition_labels(journey)[key])
    return {spec.name: text for spec in SPECS[step.kind] if spec.form in _WAYS}


def _changed(field: str, old: str, new: str) -> str:
    return _("%(field)s: de %(old)s para %(new)s") % {"field": field, "old": old, "new": new}


def _said(spec: Spec, value: Any, names: Mapping[str, str]) -> str:
    """A value as a person reads it; nothing for none."""
    text: Any
    match spec.form:
        case _ if value is None or value in ("", []):
            text = _("nada")
        case "step":
            text = names.get(value, value)
        case "share":
            text = formats.percent(value)
        case "whole":
            text = formats.number(value)
        case "line" | "long":
            text = f"“{formats.clipped(shipped(value), _LONGEST)}”"
        case form:
            text = ", ".join(coded(form, one) for one in value) if isinstance(value, list) else coded(form, value)
    return str(text)


def _kind(kind: str) -> str:
    return word("step", kind).lower()
