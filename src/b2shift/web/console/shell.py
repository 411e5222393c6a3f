"""What surrounds every page: places, date of reference, business unit, and how the person likes to see it."""

from collections.abc import Callable
from functools import cached_property
from itertools import groupby

from django.http import HttpRequest
from django.urls import get_script_prefix
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from b2shift.web.accounts.models import User
from b2shift.web.accounts.permissions import Capability, Scope, may, scope_of
from b2shift.web.accounts.units import is_divided, unit_choices, unit_name
from b2shift.web.console.decorators import is_htmx_request, selected_unit
from b2shift.web.console.navigation import Link, bar_of, links_of
from b2shift.web.crm.current import newest_publication
from b2shift.web.crm.models import Publication
from b2shift.web.crm.reading import Unlinked, unlinked
from b2shift.web.watch.evaluation import unread_of

SIDEBAR_COOKIE = "b2shift_sidebar"
UNLINKED = {
    Unlinked.NO_CODE: _(
        "Nenhum cliente aparece para você, e zeros aqui não são números: falta ligar você ao seu código no fornecedor. "
        "Quem administra faz isso em Pessoas."
    ),
    Unlinked.NO_TEAM: _(
        "Nenhum cliente aparece para você, e zeros aqui não são números: falta ligar você ao seu código no fornecedor "
        "ou a uma equipe. Quem administra faz isso em Pessoas."
    ),
    Unlinked.NO_UNIT: _(
        "Nenhum cliente aparece para você, e zeros aqui não são números: falta dizer de que unidade de negócio você é. "
        "Quem administra faz isso em Pessoas."
    ),
    Unlinked.LOST_UNIT: _(
        "A sua unidade de negócio não existe mais: os clientes dela deixam de aparecer, e zeros aqui não são números. "
        "Quem administra dá outra a você em Pessoas."
    ),
}


class Shell:
    """The frame of one page; each part is worked out when the template asks for it."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        user = getattr(request, "user", None)
        self.person: User | None = user if isinstance(user, User) else None

    @property
    def part(self) -> bool:
        """Whether only a part of the page is asked for, which what stands outside it follows."""
        return is_htmx_request(self.request)

    @cached_property
    def links(self) -> list[Link]:
        """The sidebar."""
        return links_of(self.person, self.request.path) if self.person else []

    @property
    def words(self) -> str:
        """What every word and address of a page depends on: its language, and where the site stands."""
        return f"{get_language()} {get_script_prefix()}"

    @cached_property
    def frame(self) -> str:
        """What sidebar, bars and shortcuts depend on: who sees the same has them drawn once."""
        current = next((link.url for link in self.links if link.current), "")
        seen = f"{self.person.role} {self.person.is_active}" if self.person else ""
        return f"{self.words} {seen} {current} {self.narrow} {self.asks} {self.sees_customers}"

    @property
    def groups(self) -> list[tuple[str, list[Link]]]:
        """The sidebar's places under their headings."""
        return [(group, list(links)) for group, links in groupby(self.links, key=lambda link: link.group)]

    @property
    def bar(self) -> list[Link]:
        """The phone's bottom bar, without its menu."""
        return bar_of(self.person, self.links) if self.person else []

    @cached_property
    def publication(self) -> Publication | None:
        """Which data every number of the page is from."""
        return newest_publication()

    @property
    def narrow(self) -> bool:
        """Whether the person folded the sidebar; kept in a cookie so that the page arrives as it stays."""
        return self.request.COOKIES.get(SIDEBAR_COOKIE) == "narrow"

    @property
    def theme(self) -> str:
        """`light`, `dark`, or nothing for what the system says."""
        chosen = self.person.theme if self.person else User.Theme.SYSTEM
        return "" if chosen == User.Theme.SYSTEM else chosen

    @property
    def density(self) -> str:
        """`comfortable` or `dense`."""
        return self.person.density if self.person else User.Density.COMFORTABLE

    @property
    def themes(self) -> list[tuple[str, str, str]]:
        """Value, word and icon of each theme."""
        icons = {User.Theme.SYSTEM: "system", User.Theme.LIGHT: "sun", User.Theme.DARK: "moon"}
        return [(theme.value, str(theme.label), icons[theme]) for theme in User.Theme]

    @property
    def densities(self) -> list[tuple[str, str]]:
        """Value and word of each density."""
        return [(density.value, str(density.label)) for density in User.Density]

    @property
    def languages(self) -> list[tuple[str, str]]:
        """Value of each language and what its speakers call it."""
        return [(User.Language.PORTUGUESE.value, "Português"), (User.Language.ENGLISH.value, "English")]

    @property
    def units(self) -> list[tuple[str, str]]:
        """The business units this person may switch between; nobody tied to one may, nor where the house has one."""
        person = self.person
        if person is None or not may(person, Capability.CUSTOMERS) or scope_of(person) is Scope.UNIT:
            return []
        return unit_choices() if is_divided() else []

    @property
    def sees_customers(self) -> bool:
        """Whether the palette finds customers besides pages."""
        return self.person is not None and may(self.person, Capability.CUSTOMERS)

    @property
    def asks(self) -> bool:
        """Whether the side panel is there: for who may ask, everywhere but on the page of questions itself."""
        match = self.request.resolver_match
        here = match is not None and match.url_name == "ask"
        return self.person is not None and may(self.person, Capability.ASK) and not here

    @cached_property
    def unlinked(self) -> str:
        """Why the person sees no customer on any page and who mends it; empty when they may see some."""
        lacks = unlinked(self.person) if self.person else None
        return str(UNLINKED[lacks]) if lacks else ""

    @cached_property
    def unread(self) -> int:
        """Notices the person has not read."""
        return unread_of(self.person) if self.person else 0

    @property
    def unit(self) -> str:
        """The unit looked at now; nothing for all of them."""
        return selected_unit(self.request)

    @property
    def unit_label(self) -> str:
        """The word of that unit, or of the one the person is tied to."""
        own = self.person.business_unit if self.person and scope_of(self.person) is Scope.UNIT else ""
        unit = self.unit or own
        return unit_name(unit) if unit and is_divided() else ""


def shell(request: HttpRequest) -> dict[str, Shell | Callable[[], Shell]]:
    """Context of every template."""
    return {"shell": Shell(request)}
