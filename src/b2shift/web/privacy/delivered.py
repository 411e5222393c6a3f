"""Consents and oppositions that a delivery tells, brought to where the guard asks: only what moved is written.

A consent is of one person by one channel. Who unsubscribed is known by their company only: it counts for the whole
account until somebody there consents later (the gate sees to it). That a person never consented is not a word.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time

from django.db import connection, transaction
from django.utils import timezone

from b2shift.lake.api import Lake
from b2shift.web.crm.models import Customer
from b2shift.web.outbox.models import Message, Permission

CONSENT, LEFT = "entrega: contatos", "entrega: descadastro"
_BATCH = 5_000
_CHANNELS = {"email": "consent_email", "whatsapp": "consent_whatsapp", "sms": "consent_sms"}
Key = tuple[str, str | None, str, str]
_LONG_AGO = date(1970, 1, 1)


def import_consents(lake: Lake) -> int:
    """Make what the deliveries say the newest word of its origin; how many words were written."""
    _follow_new_customers(lake)
    known = _known()
    arriving: dict[Key, tuple[bool, date]] = {}
    for customer_id, person_id, channel, since in _consents(lake):
        arriving[customer_id, person_id, channel, CONSENT] = (True, since or _LONG_AGO)
    for customer_id, channel, on in _left(lake):
        arriving[customer_id, None, channel, LEFT] = (False, on)
    taken_back = {
        key: (False, lake.manifest.as_of)
        for key, (given, _on) in known.items()
        if given and key not in arriving and lake.has("contacts")
    }
    words = [
        _word(key, given, on)
        for key, (given, on) in (arriving | taken_back).items()
        if known.get(key, (None, None)) != (given, on)
    ]
    with transaction.atomic():
        _take_turns()
        Permission.objects.bulk_create(words, batch_size=_BATCH)
        _out_of_the_queue([word for word in words if not word.given])
    return len(words)


def _consents(lake: Lake) -> Iterator[tuple[str, str, str, date | None]]:
    if not lake.has("contacts"):
        return
    each = ", ".join(f"CASE WHEN {column} THEN '{channel}' END" for channel, column in _CHANNELS.items())
    rows = lake.query(
        "SELECT customer_id, contact_id, channel, consented_on FROM (SELECT customer_id, contact_id, consented_on, "
        f"unnest([{each}]) AS channel FROM contacts) WHERE channel IS NOT NULL AND customer_id IS NOT NULL"
    )
    yield from zip(*(column.to_pylist() for column in rows.columns), strict=True)


def _follow_new_customers(lake: Lake) -> None:
    """What people of a prospect said goes with them to the customer that it is now."""
    said = Permission.objects.filter(person_id__isnull=False)
    others = said.exclude(customer_id__in=Customer.objects.values("customer_id"))
    kept = dict(others.order_by().values_list("person_id", "customer_id"))
    if not kept or not lake.has("contacts") or not lake.has("prospects"):
        return
    rows = lake.query(
        "SELECT contact_id, k.customer_id, said.account FROM contacts AS k "
        "JOIN (SELECT unnest($persons::VARCHAR[]) AS contact_id, unnest($accounts::VARCHAR[]) AS account) AS said "
        "USING (contact_id) WHERE k.customer_id IS NOT NULL AND said.account IN (SELECT prospect_id FROM prospects)",
        {"persons": list(kept), "accounts": list(kept.values())},
    )
    for row in rows.to_pylist():
        of_prospect = Permission.objects.filter(customer_id=row["account"], person_id=row["contact_id"])
        of_prospect.update(customer_id=row["customer_id"])


def _left(lake: Lake) -> Iterator[tuple[str, str, date]]:
    """Channels a company left, with the newest day."""
    if not lake.has("campaign_events"):
        return
    rows = lake.query(
        'SELECT customer_id, channel, max(CAST("at" AS DATE)) AS left_on FROM campaign_events '
        "WHERE kind = 'unsubscribe' AND customer_id IS NOT NULL AND channel IS NOT NULL GROUP BY 1, 2"
    )
    yield from zip(*(column.to_pylist() for column in rows.columns), strict=True)


def _known() -> dict[Key, tuple[bool, date]]:
    """The newest word that deliveries brought for each key."""
    rows = Permission.objects.filter(origin__in=[CONSENT, LEFT]).order_by("at", "id")
    values = rows.values_list("customer_id", "person_id", "channel", "origin", "given", "at")
    return {(c, p, channel, origin): (given, timezone.localdate(at)) for c, p, channel, origin, given, at in values}


def _word(key: Key, given: bool, on: date) -> Permission:
    customer_id, person_id, channel, origin = key
    at = timezone.make_aware(datetime.combine(on, time()))
    fields = {"customer_id": customer_id, "person_id": person_id, "channel": channel, "origin": origin}
    return Permission(**fields, given=given, at=at.astimezone(UTC), by="entrega")


def _out_of_the_queue(refusals: list[Permission]) -> None:
    """Messages that wait and that a new opposition is about."""
    if not Message.objects.filter(state__in=["pending", "leased"]).exists():
        return
    for word in refusals:
        waiting = Message.objects.filter(
            customer_id=word.customer_id, channel=word.channel, state__in=["pending", "leased"]
        )
        if word.person_id is not None:
            waiting = waiting.filter(person_id__in=[word.person_id])
        waiting.update(state=Message.State.SUPPRESSED, reason="O cliente se opôs a este contato")


def _take_turns() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [0x434F4E53])
