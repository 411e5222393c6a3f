"""Changing people and teams: each change in one transaction with its line in the audit trail."""

import secrets
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from b2shift.kernel.errors import InputError
from b2shift.web.accounts.models import Team, Token, User
from b2shift.web.accounts.permissions import Capability, require
from b2shift.web.accounts.roles import Role
from b2shift.web.console.people.forms import PersonForm, TeamForm
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.ledger.trail import Doer, record

_TOLD = ("name", "email", "role", "vendor_user_id", "business_unit", "is_active")


def save_person(doer: Doer, form: PersonForm) -> tuple[User, str | None]:
    """Save a valid form; the person, and for a new one the password to be shown once.

    Who may no longer enter loses their keys too, so that coming back does not revive them.
    Raises InputError when it would leave the product without an active administrator.
    """
    _allowed(doer)
    with transaction.atomic():
        before = _state(User.objects.select_for_update().filter(pk=form.instance.pk).first())
        person = form.save(commit=False)
        password = None
        if before is None:
            password = one_time_password()
            person.set_password(password)
        else:
            _keep_an_administrator(person)
        person.save()
        if not person.is_active:
            Token.objects.filter(user=person, revoked_at=None).update(revoked_at=timezone.now())
        after = _state(person) or {}
        changed = {name: [(before or {}).get(name), value] for name, value in after.items()}
        changed = {name: pair for name, pair in changed.items() if before is None or pair[0] != pair[1]}
        if changed:
            _write(doer, "person", person.pk, "created" if before is None else "changed", changed)
    return person, password


def reset_password(doer: Doer, person: User) -> str:
    """Give the person a new one-time password, which ends their sessions; it is returned to be shown once."""
    _allowed(doer)
    password = one_time_password()
    with transaction.atomic():
        person.set_password(password)
        person.save(update_fields=["password"])
        _write(doer, "person", person.pk, "password_reset", {})
    return password


def save_team(doer: Doer, form: TeamForm) -> Team:
    """Save a valid form of a team."""
    _allowed(doer)
    with transaction.atomic():
        created = form.instance.pk is None
        team: Team = form.save()
        members = sorted(team.members.values_list("pk", flat=True))
        details = {"name": team.name, "manager": team.manager_id, "members": members}
        if created or form.has_changed():
            _write(doer, "team", team.pk, "created" if created else "changed", details)
    return team


def one_time_password() -> str:
    """Long enough not to be guessed, of letters and digits that are not mistaken for one another."""
    letters = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
    return "-".join("".join(secrets.choice(letters) for _letter in range(5)) for _group in range(3))


def _allowed(doer: Doer) -> None:
    if doer.person is not None:
        require(doer.person, Capability.PEOPLE)


def _keep_an_administrator(person: User) -> None:
    """Refuse a change that leaves nobody who could undo it; writers of other administrators wait for this one."""
    if person.is_active and person.role == Role.ADMINISTRATOR:
        return
    others = User.objects.select_for_update().filter(is_active=True, role=Role.ADMINISTRATOR).exclude(pk=person.pk)
    if not others.exists():
        raise InputError(
            _("Esta é a última pessoa que administra o B2Shift"),
            value=person.email,
            hint=_("Dê o papel de administrador a outra pessoa antes"),
        )


def _state(person: User | None) -> dict[str, Any] | None:
    return None if person is None else {name: getattr(person, name) for name in _TOLD}


def _write(doer: Doer, kind: str, key: int, what: str, changed: dict[str, Any]) -> None:
    record(
        AuditEvent.Action.PERSON_CHANGED,
        doer,
        object_kind=kind,
        object_id=str(key),
        details={"what": what, "fields": changed},
    )
