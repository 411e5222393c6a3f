"""Reading what comes back by e-mail: replies to the customer's timeline, bounces to the blocked addresses."""

import imaplib
import logging
import re
import ssl
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parseaddr, parsedate_to_datetime
from typing import Any

from b2shift.kernel.errors import StateError
from b2shift.web.channels.email import message_id
from b2shift.web.outbox.models import Message
from b2shift.web.outreach import inbound, suppression
from b2shift.web.outreach.models import Receipt

TIMEOUT = 30.0
_log = logging.getLogger("b2shift.channels")
_AT_ONCE = 200
_IDS = re.compile(r"<[^<>\s]{3,250}>")
_QUOTED = re.compile(r"^(?:>|Em .{4,120} escreveu:\s*$|On .{4,120} wrote:\s*$|-{2,} ?Mensagem original)", re.IGNORECASE)


@dataclass(frozen=True)
class ImapServer:
    """A mailbox. `security`: tls or none."""

    host: str
    port: int
    user: str
    password: str
    security: str = "tls"


def read_mailbox(server: ImapServer, now: datetime) -> Counter[str]:
    """Read what is new, each mail in a transaction of its own, and mark it seen; how many of each sort.

    A mail that answers nothing of ours is flagged, for a person to look at. Raises StateError without a mailbox.
    """
    counts: Counter[str] = Counter()
    try:
        box = _opened(server)
        try:
            _ok(box.select("INBOX"))
            numbers = _ok(box.uid("SEARCH", "UNSEEN"))[0].split()[:_AT_ONCE]
            for number in numbers:
                raw = _raw(_ok(box.uid("FETCH", number.decode(), "(BODY.PEEK[])")))
                if raw is None:
                    continue
                sort = _sort_of(raw, now)
                counts[sort] += 1
                flags = r"(\Seen \Flagged)" if sort == "unknown" else r"(\Seen)"
                _ok(box.uid("STORE", number.decode(), "+FLAGS", flags))
        finally:
            box.logout()
    except (OSError, imaplib.IMAP4.error) as error:
        hint = "Confira B2SHIFT_IMAP_HOST, _PORT, _USER, _PASSWORD e _SECURITY"
        raise StateError(
            "A caixa de respostas não pôde ser lida", value=f"{server.host}: {error}", hint=hint
        ) from error
    return counts


def _sort_of(raw: bytes, now: datetime) -> str:
    """A mail nobody can read is one for a person to look at; it stops neither the others nor the worker."""
    try:
        return take_in(raw, now)
    except Exception:  # noqa: BLE001 - whatever somebody wrote must not stop what others wrote
        _log.exception("a mail could not be read")
        return "unknown"


def take_in(raw: bytes, now: datetime) -> str:
    """One mail: `bounce`, `reply`, `automatic` or `unknown`."""
    mail: EmailMessage = message_from_bytes(raw, policy=default)
    if mail.get_content_type() == "multipart/report":
        return _bounce(mail, now)
    message = _answered(" ".join(str(mail.get(name, "")) for name in ("In-Reply-To", "References")))
    if message is None:
        return "unknown"
    if str(mail.get("Auto-Submitted", "no")).lower() != "no":
        return "automatic"
    at = _moment(mail, now)
    inbound.reply(
        message,
        inbound.InboundMessage(
            external_id=str(mail.get("Message-ID", ""))[:255] or f"{message.dedupe_key}@{at.isoformat()}",
            sender=parseaddr(str(mail.get("From", "")))[1][:254].lower(),
            subject=str(mail.get("Subject", ""))[:300],
            text=own_words(_text(mail)),
            at=at,
        ),
        now,
    )
    return "reply"


def own_words(text: str) -> str:
    """A reply without what it quotes."""
    kept = []
    for line in text.replace("\r\n", "\n").split("\n"):
        if _QUOTED.match(line.strip()):
            break
        kept.append(line.rstrip())
    return "\n".join(kept).strip()[:20_000]


def _bounce(mail: EmailMessage, now: datetime) -> str:
    """A report of a message of ours. The address blocked is the one we wrote to, whatever the report says."""
    report = "\n".join(_report(mail))
    message = _answered(report)
    if message is None:
        return "unknown"
    status = re.search(r"^Status:\s*([245]\.\d{1,3}\.\d{1,3})", report, re.MULTILINE | re.IGNORECASE)
    failed = re.search(r"^Action:\s*failed", report, re.MULTILINE | re.IGNORECASE)
    if not failed or (status and not status[1].startswith("5.")):
        return "automatic"
    why = f"Devolvida pelo servidor do destinatário ({status[1] if status else 'sem código'})"
    inbound.receipt(message, Receipt.Kind.FAILED, why, now)
    if address := message.payload.get("to"):
        suppression.suppress(str(address), why, now)
    return "bounce"


def _report(mail: EmailMessage) -> list[str]:
    """The parts of a report that machines wrote: its status and the headers of what was returned."""
    kinds = {"message/delivery-status", "message/rfc822", "text/rfc822-headers"}
    return [part.as_string() for part in mail.walk() if part.get_content_type() in kinds]


def _answered(text: str) -> Message | None:
    """The message of ours that a text names; one whose answer never came is known by the id its key makes."""
    ids = set(_IDS.findall(text)[:50])
    if not ids:
        return None
    mails = Message.objects.filter(channel="email")
    found = mails.filter(provider_id__in=ids).first()
    domains = {one.rpartition("@")[2].rstrip(">") for one in ids}
    unanswered = mails.filter(provider_id="", attempts__gt=0).exclude(state=Message.State.PENDING)
    return found or next(
        (one for one in unanswered.iterator() if any(message_id(one.dedupe_key, name) in ids for name in domains)), None
    )


def _text(mail: EmailMessage) -> str:
    body = mail.get_body(preferencelist=("plain", "html"))
    if body is None:
        return ""
    try:
        content = str(body.get_content())
    except (LookupError, ValueError):
        return ""
    return re.sub(r"<[^>]{0,2000}>", " ", content) if body.get_content_type() == "text/html" else content


def _moment(mail: EmailMessage, now: datetime) -> datetime:
    """When it was written, as it says; never later than now."""
    try:
        sent_at = parsedate_to_datetime(str(mail.get("Date", "")))
    except (TypeError, ValueError):
        return now
    return min(sent_at if sent_at.tzinfo else sent_at.replace(tzinfo=UTC), now)


def _opened(server: ImapServer) -> imaplib.IMAP4:
    if server.security == "tls":
        context = ssl.create_default_context()
        box: imaplib.IMAP4 = imaplib.IMAP4_SSL(server.host, server.port, ssl_context=context, timeout=TIMEOUT)
    else:
        box = imaplib.IMAP4(server.host, server.port, timeout=TIMEOUT)
    box.login(server.user, server.password)
    return box


def _ok(answer: tuple[str, Any]) -> list[Any]:
    """What the server told, when it did what it was asked."""
    code, data = answer
    if code != "OK":
        raise imaplib.IMAP4.error(f"{code} {data!r}"[:200])
    return list(data)


def _raw(data: list[Any]) -> bytes | None:
    return next((one[1] for one in data if isinstance(one, tuple)), None)
