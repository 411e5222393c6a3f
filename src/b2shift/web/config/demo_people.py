"""One person of each role, linked to the vendor's people so that portfolios are not empty."""

import secrets

from django.db import transaction
from django.db.models import Count
from django.utils import translation

from b2shift.web.accounts.models import Team, User
from b2shift.web.accounts.roles import Role
from b2shift.web.accounts.units import house_units
from b2shift.web.config.demo_person import DemoPerson
from b2shift.web.crm.models import Customer, VendorUser
from b2shift.web.crm.reading import of_unit

_NAMES = {
    Role.EXECUTIVE: "Helena Duarte",
    Role.MARKETING: "Marcos Vidal",
    Role.ANALYST: "Aline Prado",
    Role.MANAGER: "Gustavo Nery",
    Role.EXECUTOR: "Elisa Campos",
    Role.ADMINISTRATOR: "Davi Rocha",
}
_ADDRESSES = {
    Role.EXECUTIVE: "executivo",
    Role.MARKETING: "marketing",
    Role.ANALYST: "analista",
    Role.MANAGER: "gestor",
    Role.EXECUTOR: "executor",
    Role.ADMINISTRATOR: "administrador",
}


@transaction.atomic
def create() -> list[DemoPerson]:
    """Make them, or give those there are new passwords and links."""
    seller = _busiest_seller()
    links = {Role.EXECUTOR: seller.user_id, Role.MANAGER: seller.manager_id} if seller else {}
    people, made = {}, []
    for role in Role:
        password = secrets.token_urlsafe(9)
        user, _created = User.objects.get_or_create(
            email=f"{_ADDRESSES[role]}@demo.example", defaults={"name": _NAMES[role], "role": role}
        )
        user.name, user.role, user.is_active = _NAMES[role], role, True
        user.vendor_user_id = links.get(role, "")
        user.business_unit = _largest_unit() if role is Role.MARKETING else ""
        user.set_password(password)
        user.save()
        people[role] = user
        with translation.override("pt-br"):
            label = str(role.label)
        made.append(DemoPerson(email=user.email, name=user.name, role=role.value, role_label=label, password=password))
    team, _created = Team.objects.get_or_create(
        name="Equipe de demonstração", defaults={"manager": people[Role.MANAGER]}
    )
    team.members.set([people[Role.EXECUTOR]])
    return made


def _busiest_seller() -> VendorUser | None:
    active = VendorUser.objects.filter(active=True).exclude(role="gerente")
    codes = {seller.user_id: seller for seller in active}
    portfolios = Customer.objects.filter(owner__in=codes).values("owner_id").annotate(customers=Count("pk"))
    busiest = portfolios.order_by("-customers", "owner_id").first()
    return codes[busiest["owner_id"]] if busiest else None


def _largest_unit() -> str:
    sizes = {unit: Customer.objects.filter(of_unit(unit)).count() for unit in house_units().keys}
    return max(sizes, key=lambda unit: sizes[unit])
