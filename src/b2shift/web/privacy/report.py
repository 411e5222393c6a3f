"""Everything held about a person, lake and records together, and its package to be handed over (arts. 18, II and V)."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.forms.models import model_to_dict

from b2shift.identify.api import Person, PersonReport, person_report
from b2shift.web.accounts.permissions import Capability, require
from b2shift.web.crm.lake import lake
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.ledger.trail import Doer, record
from b2shift.web.outbox.models import Message, Permission
from b2shift.web.privacy.models import RightsRequest
from b2shift.web.privacy.package import Held, zipped
from b2shift.web.privacy.records import addressed


def read_report(doer: Doer, reference: str) -> tuple[PersonReport, Held]:
    """What the lake and the records hold of a person, after writing who looked.

    Raises AccessError for who does not look after privacy, UnknownNameError for nobody.
    """
    if doer.person is not None:
        require(doer.person, Capability.PRIVACY)
    report = person_report(lake(), Path(settings.HOME), reference)
    _audit(doer, AuditEvent.Action.PERSONAL_READ, report.persons)
    return report, _records(report.persons)


def held_in_records(doer: Doer, reference: str) -> Held:
    """The part of the records, for the command line."""
    return read_report(doer, reference)[1]


def package(doer: Doer, reference: str) -> bytes:
    """A zip with the report in JSON and each table in CSV; the export is written in the trail."""
    report, records = read_report(doer, reference)
    _audit(doer, AuditEvent.Action.EXPORT, report.persons)
    return zipped(report, records)


def _records(persons: tuple[Person, ...]) -> Held:
    codes = [one.person_id for one in persons]
    references = [one.reference for one in persons]
    return {
        "consentimentos": _plain(Permission.objects.filter(person_id__in=codes)),
        "mensagens": _plain(Message.objects.filter(person_id__in=codes)),
        **{
            str(one._meta.verbose_name_plural): _plain(one._default_manager.filter(person_id__in=codes))
            for one in addressed()
        },
        "pedidos": _plain(RightsRequest.objects.filter(person_ref__in=references)),
        "leituras": [
            {"em": event.at.isoformat(), "quem": event.actor_email, "finalidade": event.purpose, "canal": event.channel}
            for event in AuditEvent.objects.filter(action=AuditEvent.Action.PERSONAL_READ)
            if set(codes) & set(event.details.get("contacts", []))
        ],
    }


def _plain(rows: Any) -> list[dict[str, Any]]:
    return [json.loads(json.dumps(model_to_dict(row), default=str)) for row in rows.order_by("pk")]


def _audit(doer: Doer, action: AuditEvent.Action, persons: tuple[Person, ...]) -> None:
    record(
        action,
        doer,
        object_kind="data_subject",
        object_id=persons[0].reference,
        purpose="direitos_do_titular",
        details={"contacts": [one.person_id for one in persons]},
    )
