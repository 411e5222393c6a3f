"""Every place of the product, once: sidebar, bottom bar and palette are made from this list."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from django.urls import get_script_prefix, reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from b2shift.web.accounts.models import User
from b2shift.web.accounts.permissions import Capability, may
from b2shift.web.accounts.roles import Role


@dataclass(frozen=True)
class Place:
    """A page of the sidebar: its address by name, what it is called (by some roles differently), who may enter."""

    address: str
    label: str | Promise
    icon: str
    capability: Capability | None = None
    group: str | Promise = ""
    called: Mapping[Role, str | Promise] = field(default_factory=dict)
    short: str | Promise = ""
    also: Capability | None = None
    """Another capability that opens it."""

    def opens_to(self, user: User) -> bool:
        """Whether this person may enter."""
        return self.capability is None or any(one and may(user, one) for one in (self.capability, self.also))

    def label_for(self, user: User) -> str:
        """The name this person's role knows it by."""
        return str(self.called.get(Role(user.role), self.label))


@dataclass(frozen=True)
class Link:
    """A place as one person sees it on one page."""

    address: str
    url: str
    label: str
    short: str
    icon: str
    group: str
    current: bool


_CUSTOMERS, _DECISIONS, _DATA, _HOUSE = _("Clientes"), _("Decisões"), _("Dados e modelos"), _("Administração")

PLACES: tuple[Place, ...] = (
    Place(
        "console:home",
        _("Início"),
        "home",
        called={
            Role.EXECUTOR: _("Meu dia"),
            Role.MANAGER: _("Minha equipe"),
            Role.EXECUTIVE: _("Visão executiva"),
        },
        short=_("Início"),
    ),
    Place("console:ask", _("Perguntar"), "message", Capability.ASK),
    Place("console:board", _("Painéis"), "executive", Capability.ASK),
    Place(
        "console:customers",
        _("Clientes"),
        "customers",
        Capability.CUSTOMERS,
        _CUSTOMERS,
        called={Role.EXECUTOR: _("Meus clientes")},
        short=_("Clientes"),
    ),
    Place("console:prospects", _("Prospects"), "customers", Capability.CUSTOMERS, _CUSTOMERS),
    Place("console:segments", _("Segmentos"), "segments", Capability.SEGMENTS, _CUSTOMERS),
    Place("console:stages", _("Etapas da jornada"), "timeline", Capability.CUSTOMERS, _CUSTOMERS),
    Place(
        "console:contact_pairs",
        _("Contatos repetidos"),
        "person",
        Capability.CONTACTS,
        _CUSTOMERS,
        also=Capability.RESOLUTION,
    ),
    Place("console:due", _("Contatos devidos"), "due", Capability.PROPOSALS, _DECISIONS, short=_("Contatos")),
    Place("console:actions", _("Próximas ações"), "deal", Capability.PROPOSALS, _DECISIONS),
    Place("console:tasks", _("Tarefas"), "tasks", Capability.OUTREACH, _DECISIONS),
    Place("console:approvals", _("Aprovações"), "check", Capability.APPROVALS, _DECISIONS),
    Place("console:campaigns", _("Campanhas"), "campaign", Capability.DELIVERY, _DECISIONS),
    Place("console:effects", _("O que funcionou"), "compare", Capability.EFFECTS, _DECISIONS),
    Place("console:deliveries", _("Envios"), "mail", Capability.DELIVERY, _DECISIONS),
    Place("console:journeys", _("Jornadas"), "journey", Capability.JOURNEYS, _DECISIONS),
    Place("console:stops", _("Parar envios"), "stop", Capability.SWITCHES, _DECISIONS),
    Place("console:rules", _("Régua de contatos"), "rules", Capability.RULES, _DECISIONS, short=_("Régua")),
    Place("console:templates", _("Mensagens"), "template", Capability.RULES, _DECISIONS),
    Place("console:goals", _("Metas"), "target", Capability.OVERVIEW, _DECISIONS),
    Place("console:simulator", _("Simulador"), "simulator", Capability.OVERVIEW, _DECISIONS),
    Place("console:alerts", _("Alertas"), "alert", Capability.ASK, _DATA),
    Place("console:reports", _("Relatórios"), "file", Capability.ASK, _DATA),
    Place("console:metrics", _("Métricas"), "metric", Capability.ASK, _DATA),
    Place("console:models", _("Modelos"), "models", Capability.MODELS, _DATA),
    Place("console:quality", _("Qualidade"), "quality", Capability.QUALITY, _DATA),
    Place("console:catalogue", _("Catálogo"), "catalogue", Capability.CATALOGUE, _DATA),
    Place("console:resolution", _("Empresas repetidas"), "merge", Capability.RESOLUTION, _DATA),
    Place("console:sources", _("Fontes"), "source", Capability.SOURCES, _DATA),
    Place("console:people", _("Pessoas"), "people", Capability.PEOPLE, _HOUSE),
    Place("console:units", _("Unidades de negócio"), "unit", Capability.PEOPLE, _HOUSE),
    Place("console:privacy", _("LGPD"), "lock", Capability.PRIVACY, _HOUSE),
    Place("console:audit", _("Auditoria"), "audit", Capability.AUDIT, _HOUSE),
    Place("console:keys", _("Chaves"), "key", None, _("Conta")),
)

# What a role opens most often, within a thumb's reach: a phone's bottom bar, before the menu of all places.
BAR: Mapping[Role, tuple[str, ...]] = {
    Role.EXECUTOR: ("home", "due", "tasks", "customers"),
    Role.MANAGER: ("home", "customers", "due", "approvals"),
    Role.MARKETING: ("home", "segments", "campaigns", "customers"),
    Role.ANALYST: ("home", "ask", "segments", "quality"),
    Role.EXECUTIVE: ("home", "ask", "board", "customers"),
    Role.ADMINISTRATOR: ("home", "people", "privacy", "audit"),
}


def links_of(user: User, path: str) -> list[Link]:
    """The places this person may enter, in order; the one whose address begins the path is the current one."""
    links = _entered(user.role, user.is_active, get_language(), get_script_prefix())
    current = max((link.url for link in links if path.startswith(link.url)), key=len, default="")
    if current == reverse("console:home") != path:
        return list(links)
    return [replace(link, current=True) if link.url == current else link for link in links]


@lru_cache(maxsize=64)
def _entered(role: str, active: bool, _language: str | None, _prefix: str) -> tuple[Link, ...]:
    """Found once for everybody of a role who reads the same language."""
    user = User(role=role, is_active=active)
    return tuple(
        Link(
            address=place.address,
            url=reverse(place.address),
            label=place.label_for(user),
            short=str(place.short or place.label),
            icon=place.icon,
            group=str(place.group),
            current=False,
        )
        for place in PLACES
        if place.opens_to(user)
    )


def bar_of(user: User, links: list[Link]) -> list[Link]:
    """Of the places this person may enter, those of the bottom bar, in its order."""
    found = {link.address: link for link in links}
    wanted = [f"console:{name}" for name in BAR[Role(user.role)]]
    return [found[address] for address in wanted if address in found]
