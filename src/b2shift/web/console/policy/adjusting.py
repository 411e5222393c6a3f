"""`/regua/ajustar/`: the limits, hours, discounts, approvals and capacities in a form, with what changes in words."""

from collections import defaultdict
from dataclasses import dataclass

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render

from b2shift.interact.api import policy_number, policy_settings, policy_text, policy_with_settings
from b2shift.interact.contracts import PolicySetting
from b2shift.web.accounts.permissions import Capability
from b2shift.web.console.decorators import AuthenticatedRequest, access_required
from b2shift.web.console.policy.editing import adopt, home, looked_at
from b2shift.web.console.policy.fields import ASKED, SECTIONS, PolicyField, Section
from b2shift.web.console.wording import word


@dataclass(frozen=True)
class Input:
    """One value as the form has it."""

    name: str
    asked: PolicyField
    value: str
    chosen: tuple[tuple[str, str, bool], ...] = ()
    """Of a list: code, word, whether it is in it."""


@dataclass(frozen=True)
class Part:
    """A section with its values and the rows of its table."""

    section: Section
    inputs: list[Input]
    rows: list[tuple[str, list[Input]]]


@access_required(Capability.STEER_RULES, methods=("GET", "POST"))
def adjust(request: AuthenticatedRequest) -> HttpResponse:
    """The values in force; a POST puts others in force, if nothing is wrong with the rules they make."""
    number, text = policy_number(home()), policy_text(home())
    if request.method == "GET":
        return _page(request, number, text)
    changed = policy_with_settings(text, _written(request.POST, text))
    moved = request.POST.get("number", "") != str(number)
    preview = looked_at(changed)
    if moved or preview["findings"]:
        return _page(request, number, changed, status=422, moved_on=moved)
    if preview["changes"]:
        adopt(request, changed)
    return redirect("console:rule_versions")


@access_required(Capability.STEER_RULES, methods=("POST",))
def preview(request: AuthenticatedRequest) -> HttpResponse:
    """What the values in the form would change, and what is wrong with them."""
    text = policy_text(home())
    checked = looked_at(policy_with_settings(text, _written(request.POST, text)))
    return render(request, "console/rules/checked.html", {**checked, "in_form": True})


def _page(
    request: AuthenticatedRequest, number: int, text: str, status: int = 200, moved_on: bool = False
) -> HttpResponse:
    context = {"number": number, "parts": _parts(text), "moved_on": moved_on, "in_form": True, **looked_at(text)}
    return render(request, "console/rules/adjust.html", context, status=status)


def _parts(text: str) -> list[Part]:
    found: dict[str, list[PolicySetting]] = defaultdict(list)
    for one in policy_settings(text):
        found[one.field].append(one)
    return [
        Part(
            section,
            [_input(asked, one) for asked in section.asked for one in found[asked.field]],
            [
                (
                    _row(section, settings[0]),
                    [_input(asked, one) for asked, one in zip(section.table, settings, strict=True)],
                )
                for settings in zip(*(found[asked.field] for asked in section.table), strict=True)
            ],
        )
        for section in SECTIONS
    ]


def _input(asked: PolicyField, one: PolicySetting) -> Input:
    if not asked.choices:
        return Input(one.name, asked, asked.shown(one.value))
    values = one.value if isinstance(one.value, list) else []
    return Input(one.name, asked, "", tuple((code, word(asked.kind, code), code in values) for code in asked.choices))


def _row(section: Section, one: PolicySetting) -> str:
    """What the row of an item is called: `Até 5 mil, 5 a 20 mil · Até 3 anos`."""
    parts = []
    for name, kind in section.of:
        value = one.of.get(name)
        parts.append(", ".join(word(kind, str(code)) for code in (value if isinstance(value, list) else [value])))
    return " · ".join(parts)


def _written(params: QueryDict, text: str) -> dict[str, object]:
    """The values of the form by their names; a list none of whose boxes is checked is empty."""
    found: dict[str, object] = {}
    for one in policy_settings(text):
        asked = ASKED[one.field]
        if asked.choices:
            before = one.value if isinstance(one.value, list) else []
            chosen = params.getlist(one.name)
            # As they stood, so that only what is chosen or left out is a change.
            found[one.name] = [*(code for code in before if code in chosen), *(c for c in chosen if c not in before)]
        elif one.name in params:
            found[one.name] = asked.read(str(params[one.name]))
    return found
