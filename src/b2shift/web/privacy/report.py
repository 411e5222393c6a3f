"""Everything held about a person, lake and records together, and its package to be handed over (arts. 18, II and V)."""

import csv
import io
import json
import zipfile
from collections import defaultdict
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

Held = dict[str, list[dict[str, Any]]]


def read_report(doer: Doer, reference: str) -> tuple[PersonReport, Held]:
    """What the lake and the records hold of a person, after writing who looked.

    Raises AccessError for who does not look after privacy, UnknownNameError for nobody.
    """
    if doer.person is not None:
        require(doer.person, Capability.PRIVACY)
    told = person_report(lake(), Path(settings.HOME), reference)
    _audit(doer, AuditEvent.Action.PERSONAL_READ, told.persons)
    return told, _records(told.persons)


def held_in_records(doer: Doer, reference: str) -> Held:
    """The part of the records, for the command line."""
    return read_report(doer, reference)[1]


def package(doer: Doer, reference: str) -> bytes:
    """A zip with the report in JSON and each table in CSV; the export is written in the trail."""
    told, records = read_report(doer, reference)
    _audit(doer, AuditEvent.Action.EXPORT, told.persons)
    return zipped(told, records)


def zipped(told: PersonReport, records: Held) -> bytes:
    """The package: `dados.json` for programs, a CSV per table for people."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        body = told.model_dump(mode="json") | {"records": records}
        archive.writestr("dados.json", json.dumps(body, ensure_ascii=False, indent=2, default=str))
        for name, rows in sorted({**_by_table(told), **records}.items()):
            if rows:
                archive.writestr(f"{name}.csv", _csv(rows))
    return held.getvalue()


def _records(persons: tuple[Person, ...]) -> Held:
    codes = [one.person_id for one in persons]
    references = [one.reference for one in persons]
    return {
        "consentimentos": _plain(Permission.objects.filter(person_id__in=codes)),
        "mensagens": _plain(Message.objects.filter(person_id__in=codes)),
        "pedidos": _plain(RightsRequest.objects.filter(person_ref__in=references)),
        "leituras": [
            {"em": event.at.isoformat(), "quem": event.actor_email, "finalidade": event.purpose, "canal": event.channel}
            for event in AuditEvent.objects.filter(action=AuditEvent.Action.PERSONAL_READ)
            if set(codes) & set(event.details.get("contacts", []))
        ],
    }


def _plain(rows: Any) -> list[dict[str, Any]]:
    return [json.loads(json.dumps(model_to_dict(row), default=str)) for row in rows.order_by("pk")]


def _by_table(told: PersonReport) -> Held:
    found: Held = defaultdict(list)
    for row in told.rows:
        found[row.table].append({value.column: value.value for value in row.values})
    return dict(found)


def _csv(rows: list[dict[str, Any]]) -> str:
    names = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, names, delimiter=";")
    writer.writeheader()
    writer.writerows({name: _cell(value) for name, value in row.items()} for row in rows)
    return "\ufeff" + text.getvalue()


def _cell(value: Any) -> str:
    """A value as a spreadsheet shows it: what would be taken for a formula is only text."""
    told = json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)
    return f"'{told}" if told[:1] in {"=", "+", "-", "@", "\t", "\r"} else told


def _audit(doer: Doer, action: AuditEvent.Action, persons: tuple[Person, ...]) -> None:
    record(
        action,
        doer,
        object_kind="data_subject",
        object_id=persons[0].reference,
        purpose="direitos_do_titular",
        details={"contacts": [one.person_id for one in persons]},
    )
