"""`/regua/simular/`: what a version of the rules would have done on past days, beside the one in force."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from b2shift.interact.api import policy_number, policy_versions
from b2shift.interact.contracts import Replay, WeekLoad
from b2shift.kernel.errors import StateError
from b2shift.web.accounts.permissions import Capability
from b2shift.web.console.charts import Chart, Column, Table
from b2shift.web.console.decorators import AuthenticatedRequest, access_required, is_htmx_request
from b2shift.web.console.formats import number
from b2shift.web.console.policy import replays
from b2shift.web.console.policy.editing import home
from b2shift.web.console.policy.replays import Kept, ReplayRequest
from b2shift.web.crm.current import newest_publication
from b2shift.web.crm.models import Customer, Publication
from b2shift.web.crm.reading import visible_customers

LONGEST, USUAL, SHOWN = 186, 90, 500  # days, days, rows


@dataclass(frozen=True)
class RuleLine:
    """One rule in the version asked for and in the one in force."""

    rule: str
    name: str
    contacts: int
    customers: int
    blocked: int
    before: int

    @property
    def change(self) -> int:
        """How many contacts more than the version in force makes."""
        return self.contacts - self.before


@access_required(Capability.STEER_RULES, methods=("GET", "POST"))
def index(request: AuthenticatedRequest) -> HttpResponse:
    """Choose a version and a period, and see what was simulated before; a POST has it computed."""
    published = _published()
    asked, problem = _asked(request, published) if request.method == "POST" else (None, "")
    if asked is not None and not problem:
        if _begun(asked):
            return redirect("console:rules_replay", asked.key)
        problem = _("Já há simulações em andamento. Espere uma terminar.")
    context = {
        "problem": problem,
        "versions": _versions(),
        "current": policy_number(home()),
        "number": request.POST.get("version", str(policy_number(home()))),
        "start": request.POST.get("start", str(published.as_of - timedelta(days=USUAL - 1))),
        "end": request.POST.get("end", str(published.as_of)),
        "latest": published.as_of,
        "earlier": [(one, _named(one.asked.number)) for one in replays.every()],
    }
    return render(request, "console/rules/replays.html", context, status=422 if problem else 200)


@access_required(Capability.STEER_RULES)
def detail(request: AuthenticatedRequest, key: str) -> HttpResponse:
    """One simulation: how far it is, or what it came to."""
    one = _kept(key)
    current = policy_number(home())
    other = replays.kept(ReplayRequest(current, one.asked.start, one.asked.end, one.asked.lake))
    against = other.result if other and current != one.asked.number else None
    waits = one.at_work or bool(other and other.at_work)
    context = {"one": one, "name": _named(one.asked.number), "against": against, "waits": waits, "current": current}
    if one.result is not None:
        context |= _result(request, key, one.result, against)
    return render(request, f"console/rules/replay{'_result' if is_htmx_request(request) else ''}.html", context)


@access_required(Capability.STEER_RULES)
def rows(request: AuthenticatedRequest, key: str) -> HttpResponse:
    """The contacts behind a number, of the customers the person follows."""
    one, rule = _kept(key), request.GET.get("regra", "")
    found = replays.contacts(one.asked, rule)
    followed = set(visible_customers(request.user).values_list("customer_id", flat=True))
    mine = [row for row in found if row["customer_id"] in followed]
    shown = mine[:SHOWN]
    seen = Customer.objects.in_bulk({str(row["customer_id"]) for row in shown}, field_name="customer_id")
    names = _rule_names(one)
    context = {
        "one": one,
        "name": _named(one.asked.number),
        "rule": names.get(rule, rule),
        "rows": [(row, seen[str(row["customer_id"])], names.get(str(row["rule"]), "")) for row in shown],
        "total": len(mine),
        "all": len(found),
        "customers": len({row["customer_id"] for row in mine}),
    }
    return render(request, "console/rules/replay_rows.html", context)


def _published() -> Publication:
    found = newest_publication()
    if found is None:
        hint = _("Esta página abre depois da primeira carga, que se pede em Fontes.")
        raise StateError(_("Ainda não há dados"), hint=hint)
    return found


def _asked(request: AuthenticatedRequest, published: Publication) -> tuple[ReplayRequest | None, str]:
    """What the form asks for, or what is wrong with it."""
    try:
        start, end = (date.fromisoformat(request.POST.get(name, "")) for name in ("start", "end"))
    except ValueError:
        return None, _("Escolha o primeiro e o último dia.")
    if not start <= end:
        return None, _("O primeiro dia vem depois do último.")
    if end > published.as_of:
        return None, _("Os dados vão só até %(day)s.") % {"day": f"{published.as_of:%d/%m/%Y}"}
    if (end - start).days >= LONGEST:
        return None, _("Escolha no máximo %(days)s dias.") % {"days": LONGEST}
    version = request.POST.get("version", "")
    known = {0, *(one.number for one in policy_versions(home()))}
    if not version.isdecimal() or int(version) not in known:
        return None, _("Não há versão da régua com este número.")
    return ReplayRequest(int(version), start, end, published.lake_version), ""


def _begun(asked: ReplayRequest) -> bool:
    """Have the version computed, and the one in force on the same days to hold it against."""
    begun = replays.ask(asked)
    current = policy_number(home())
    if begun and current != asked.number:
        replays.ask(ReplayRequest(current, asked.start, asked.end, asked.lake))
    return begun


def _kept(key: str) -> Kept:
    asked = replays.of_key(key)
    found = replays.kept(asked) if asked else None
    if found is None:
        raise Http404(_("Não há esta simulação."))
    return found


def _versions() -> list[tuple[int, str]]:
    return [(0, _named(0)), *((one.number, _named(one.number)) for one in policy_versions(home()))]


def _named(number: int) -> str:
    return _("Versão %(n)s") % {"n": number} if number else _("Régua do produto")


def _rule_names(one: Kept) -> dict[str, str]:
    return {rule.rule: rule.name for rule in one.result.by_rule} if one.result else {}


def _result(request: AuthenticatedRequest, key: str, replay: Replay, against: Replay | None) -> dict[str, object]:
    codes = [one.customer_id for one in replay.examples]
    seen = {one.customer_id: one for one in visible_customers(request.user).filter(customer_id__in=codes)}
    return {
        "replay": replay,
        "blocked": sum(one.blocked for one in replay.by_rule),
        "changes": _changes(replay, against),
        "picture": _weeks(replay, against),
        "rules": _rule_table(replay, against, reverse("console:rules_replay_rows", args=[key])),
        "roles": _roles(replay.by_week),
        "twice": _twice(replay, seen),
    }


def _changes(replay: Replay, against: Replay | None) -> dict[str, int]:
    if against is None:
        return {}
    return {name: getattr(replay, name) - getattr(against, name) for name in ("contacts", "contacted", "repeated")}


def _rules(replay: Replay, against: Replay | None) -> list[RuleLine]:
    before = {one.rule: one for one in against.by_rule} if against else {}
    found = [
        RuleLine(one.rule, one.name, one.contacts, one.customers, one.blocked,
                 before[one.rule].contacts if one.rule in before else 0)
        for one in replay.by_rule
    ]  # fmt: skip
    gone = [one for rule, one in before.items() if rule not in {line.rule for line in found}]
    found += [RuleLine(one.rule, one.name, 0, 0, 0, one.contacts) for one in gone]
    return sorted(found, key=lambda one: (-abs(one.change) if against else 0, -one.contacts, one.name))


def _rule_table(replay: Replay, against: Replay | None, door: str) -> Table:
    """The rules; each opens its contacts."""
    columns = [Column(_("Regra")), Column("", "", "link"), Column(_("Contatos"), "number")]
    if against:
        columns += [Column(_("Em vigor"), "number"), Column(_("Diferença"), "signed")]
    return Table(
        [*columns, Column(_("Clientes"), "number"), Column(_("Sem consentimento"), "number")],
        [
            (one.name, one.contacts and f"{door}?{urlencode({'regra': one.rule})}", one.contacts,
             *([one.before, one.change or None] if against else []), one.customers, one.blocked)
            for one in _rules(replay, against)
        ],
    )  # fmt: skip


def _roles(weeks: tuple[WeekLoad, ...]) -> Table:
    """What the people of a role would have had to do in a week, and what they can."""
    by_role: dict[str, list[WeekLoad]] = {}
    for one in weeks:
        by_role.setdefault(one.role.value, []).append(one)
    return Table(
        [
            Column(_("Quem age"), "word:owner_role"),
            Column(_("Média"), "number"),
            Column(_("Pico"), "number"),
            Column(_("Capacidade"), "number"),
            Column(_("No pico"), "badge:load"),
        ],
        [
            (role, sum(one.contacts for one in counts) / len(counts), most := max(one.contacts for one in counts),
             (can := counts[0].capacity), None if can is None else "over" if most > can else "within")
            for role, counts in by_role.items()
        ],
    )  # fmt: skip


def _weeks(replay: Replay, against: Replay | None) -> Chart:
    made, before = (_by_week(one) for one in (replay, against))
    weeks = sorted(made.keys() | before.keys())
    most = max(weeks, key=lambda week: made[week], default=replay.start)
    columns = [Column(_("Semana"), "day", "x"), Column(_("Esta versão"), "number", "value")]
    if against:
        columns.append(Column(_("Em vigor"), "number", "value", "muted"))
    return Chart(
        name="simulacao",
        kind="line",
        title=_("Contatos por semana"),
        reading=_("A semana mais cheia começa em %(week)s, com %(count)s contatos.")
        % {"week": f"{most:%d/%m/%Y}", "count": number(made[most])},
        table=Table(columns, [(week, made[week], *([before[week]] if against else [])) for week in weeks]),
        note=_("Nada foi enviado: é o que a régua teria proposto e feito em cada dia útil."),
    )


def _by_week(replay: Replay | None) -> Counter[date]:
    found: Counter[date] = Counter()
    for one in replay.by_week if replay else ():
        found[one.week] += one.contacts
    return found


def _twice(replay: Replay, seen: dict[str, Customer]) -> list[tuple[Customer, date, str]]:
    names = {rule.rule: rule.name for rule in replay.by_rule}
    return [
        (seen[one.customer_id], one.day, "; ".join(names.get(rule, rule) for rule in one.rules))
        for one in replay.examples
        if one.customer_id in seen
    ]
