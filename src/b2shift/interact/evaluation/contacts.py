"""Whom we have already spoken to, and by which channels we may speak: previous contacts, consent, opposition."""

from datetime import date

from b2shift.interact.contracts import Channel
from b2shift.lake.api import literal

NEED_CONSENT = {Channel.EMAIL: "consent_email", Channel.WHATSAPP: "consent_whatsapp", Channel.SMS: "consent_sms"}
DETERRED = "Mensagens fazem sair clientes como este, mostraram as campanhas com sorteio"
"""Why no message of retention goes to a customer (pt-BR)."""
PEOPLE = ", ".join(literal(one.value) for one in Channel if one.by_people)
"""The channels by people, in SQL: a call is no message."""
_ADDRESS = {Channel.EMAIL: "email", Channel.WHATSAPP: "phone", Channel.SMS: "phone"}
_CHANNEL_OF_ACTIVITY = {
    "ligacao": Channel.TELEFONE,
    "email": Channel.EMAIL,
    "whatsapp": Channel.WHATSAPP,
    "reuniao": Channel.REUNIAO,
    "demonstracao": Channel.REUNIAO,
    "visita": Channel.VISITA,
}


def last_contacts(as_of: date) -> str:
    """SELECT of customer_id, `last_<channel>` (newest day), last_contact_on and last_contact_channel."""
    kinds = " ".join(f"WHEN {literal(kind)} THEN {literal(c.value)}" for kind, c in _CHANNEL_OF_ACTIVITY.items())
    # An unanswered call or a meeting nobody came to is no contact; a message that was sent is one.
    answered = ", ".join(literal(channel.value) for channel in Channel if channel.by_people)
    made = f"""
        SELECT customer_id, CASE kind {kinds} END AS channel, CAST("at" AS DATE) AS on_day
        FROM activities
        WHERE customer_id IS NOT NULL AND CAST("at" AS DATE) <= DATE '{as_of}'
          AND (result IS DISTINCT FROM 'sem_resposta' OR CASE kind {kinds} END NOT IN ({answered}))
        UNION ALL
        SELECT customer_id, channel, CAST("at" AS DATE) AS on_day
        FROM campaign_events
        WHERE customer_id IS NOT NULL AND kind = 'sent' AND CAST("at" AS DATE) <= DATE '{as_of}'
    """
    return _newest_of(made)


def later_contacts(before: str, made: str) -> str:
    """The same SELECT from such rows of earlier days and the contacts (customer_id, channel, on_day) of later ones."""
    columns = [*(f"last_{channel.value}" for channel in Channel), "last_contact_on", "last_contact_channel"]
    newest_of = ", ".join(f"coalesce(later.{name}, earlier.{name}) AS {name}" for name in columns)
    return f"""
        SELECT customer_id, {newest_of}
        FROM ({before}) AS earlier FULL JOIN ({_newest_of(made)}) AS later USING (customer_id)
    """


def _newest_of(made: str) -> str:
    each = ", ".join(f"max(on_day) FILTER (channel = {literal(c.value)}) AS last_{c.value}" for c in Channel)
    known = ", ".join(literal(channel.value) for channel in Channel)
    return f"""
        SELECT customer_id, {each}, max(on_day) AS last_contact_on,
               arg_max(channel, (on_day, channel)) AS last_contact_channel
        FROM ({made}) WHERE channel IN ({known}) GROUP BY customer_id
    """


def newest(channels: tuple[Channel, ...]) -> str:
    """SQL of the newest contact by any of the channels; null when there is none."""
    return f"greatest({', '.join(f'last_{channel.value}' for channel in channels)})"


def allowed(as_of: date) -> str:
    """SELECT of customer_id and `allowed`: channels open to it.

    E-mail, WhatsApp and SMS need the consent and the address of some person; one who unsubscribed from a channel is
    not reached by it unless somebody there consented later. The other channels need no consent.
    """
    consents = ", ".join(
        f"max(coalesce(consented_on, DATE '0001-01-01')) FILTER ({column} AND {_ADDRESS[channel]} IS NOT NULL) "
        f"AS {channel.value}_since"
        for channel, column in NEED_CONSENT.items()
    )
    left = ", ".join(f"max(CAST(\"at\" AS DATE)) FILTER (channel = '{c.value}') AS {c.value}_left" for c in Channel)
    each = ", ".join(f"CASE WHEN {_open(channel)} THEN {literal(channel.value)} END" for channel in Channel)
    return f"""
        SELECT customer_id, list_filter([{each}], lambda channel: channel IS NOT NULL) AS allowed
        FROM customers
        LEFT JOIN (
            SELECT customer_id, {consents} FROM contacts
            WHERE coalesce(consented_on, DATE '0001-01-01') <= DATE '{as_of}' GROUP BY customer_id
        ) USING (customer_id)
        LEFT JOIN (
            SELECT customer_id, {left} FROM campaign_events
            WHERE kind = 'unsubscribe' AND CAST("at" AS DATE) <= DATE '{as_of}' GROUP BY customer_id
        ) USING (customer_id)
    """


def _open(channel: Channel) -> str:
    left = f"{channel.value}_left"
    if channel in NEED_CONSENT:
        return f"{channel.value}_since > coalesce({left}, DATE '0001-01-01' - 1)"
    return f"{left} IS NULL"
