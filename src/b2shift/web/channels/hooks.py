"""Addresses that providers call: every call proves by its signature whom it is from; one told twice changes nothing."""

import json
import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from hmac import compare_digest
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from b2shift.kernel.errors import B2ShiftError
from b2shift.web.accounts.models import User
from b2shift.web.accounts.permissions import Capability, may
from b2shift.web.channels import slack, sms, whatsapp
from b2shift.web.ledger.trail import Doer
from b2shift.web.outbox.models import Message
from b2shift.web.outbox.queue import notify
from b2shift.web.outreach import approve, inbound
from b2shift.web.outreach.models import Draft, Receipt
from b2shift.web.outreach.reading import visible_drafts, visible_tasks

_UNLINKED = "Seu usuário do Slack não está ligado a uma pessoa daqui. Peça a quem administra o B2Shift."
_KINDS = {
    "delivered": Receipt.Kind.DELIVERED,
    "read": Receipt.Kind.READ,
    "failed": Receipt.Kind.FAILED,
    "undelivered": Receipt.Kind.FAILED,
}


@csrf_exempt
@require_http_methods(["GET", "POST"])
def from_whatsapp(request: HttpRequest) -> HttpResponse:
    """Meta's check of the address, statuses of our messages, messages of customers."""
    if request.method == "GET":
        wanted, shown = os.environ.get("B2SHIFT_WHATSAPP_VERIFY_TOKEN", ""), request.GET.get("hub.verify_token", "")
        if not wanted or not compare_digest(wanted.encode(), shown.encode()):
            return HttpResponse(status=403)
        return HttpResponse(request.GET.get("hub.challenge", "")[:200], content_type="text/plain")
    secret = os.environ.get("B2SHIFT_WHATSAPP_APP_SECRET", "")
    if not secret or not whatsapp.is_from_meta(secret, request.body, request.headers.get("X-Hub-Signature-256", "")):
        return HttpResponse(status=403)
    now = timezone.now()
    for value in _values(_object(request.body)):
        for status in value.get("statuses") or []:
            _whatsapp_status(status, now)
        for inbound_message in value.get("messages") or []:
            _whatsapp_message(inbound_message, now)
    return HttpResponse(status=200)


def _values(payload: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for entry in payload.get("entry") or []:
        for change in entry.get("changes") or []:
            yield change.get("value") or {}


def _whatsapp_status(status: Mapping[str, Any], now: datetime) -> None:
    found = Message.objects.filter(channel="whatsapp")
    key = str(status.get("biz_opaque_callback_data") or "")
    message = (found.filter(dedupe_key=key) if key else found.filter(provider_id=str(status.get("id")))).first()
    kind = _KINDS.get(str(status.get("status")))
    if message is not None and kind is not None:
        errors = status.get("errors") or [{}]
        inbound.receipt(message, kind, str(errors[0].get("title", "")), now)


def _whatsapp_message(payload: Mapping[str, Any], now: datetime) -> None:
    """A customer's message, known by what it answers, or by its sender's number or business-scoped id."""
    sender = str(payload.get("from") or payload.get("from_user_id") or "")
    sent = Message.objects.filter(channel="whatsapp", state=Message.State.SENT)
    answered = str((payload.get("context") or {}).get("id") or "")
    message = sent.filter(provider_id=answered).first() if answered else None
    if message is None:
        by_sender = sent.filter(payload__to=sender) | sent.filter(payload__recipient=sender)
        message = by_sender.order_by("-sent_at").first()
    text = (payload.get("text") or {}).get("body") or (payload.get("button") or {}).get("text") or ""
    if message is not None and payload.get("id"):
        at = str(payload.get("timestamp", ""))
        moment = datetime.fromtimestamp(int(at[:12]), UTC) if at.isdecimal() else now
        inbound.reply(
            message,
            inbound.InboundMessage(str(payload["id"])[:255], sender[:254], str(text)[:20_000], min(moment, now)),
            now,
        )


@csrf_exempt
@require_POST
def from_sms(request: HttpRequest) -> HttpResponse:
    """Statuses of our texts, and texts of customers."""
    token, base = os.environ.get("B2SHIFT_SMS_TOKEN", ""), os.environ.get("B2SHIFT_PUBLIC_URL", "")
    url = f"{base.rstrip('/')}{request.get_full_path()}"
    values = {name: str(value) for name, value in request.POST.items()}
    if not token or not sms.is_from_provider(token, url, values, request.headers.get("X-Twilio-Signature", "")):
        return HttpResponse(status=403)
    now = timezone.now()
    sent = Message.objects.filter(channel="sms")
    if values.get("MessageStatus"):
        message, kind = sent.filter(provider_id=values.get("MessageSid")).first(), _KINDS.get(values["MessageStatus"])
        if message is not None and kind is not None:
            inbound.receipt(message, kind, values.get("ErrorCode", ""), now)
    elif values.get("Body") and values.get("MessageSid"):
        by_sender = sent.filter(payload__to=values.get("From"), state=Message.State.SENT)
        message = by_sender.order_by("-sent_at").first()
        if message is not None:
            inbound_message = inbound.InboundMessage(
                values["MessageSid"][:255], values.get("From", "")[:254], values["Body"][:2000], now
            )
            inbound.reply(message, inbound_message, now)
    return HttpResponse("<Response/>", content_type="application/xml")


@csrf_exempt
@require_POST
def from_slack(request: HttpRequest) -> HttpResponse:
    """Slack's check of the address, the buttons of an approval, and being named: the person's own role decides."""
    secret, headers = os.environ.get("B2SHIFT_SLACK_SIGNING_SECRET", ""), request.headers
    proof = headers.get("X-Slack-Request-Timestamp", ""), headers.get("X-Slack-Signature", "")
    if not secret or not slack.is_from_slack(secret, proof[0], request.body, proof[1], timezone.now().timestamp()):
        return HttpResponse(status=403)
    if request.POST.get("payload"):
        return _pressed(_object(request.POST["payload"]))
    payload = _object(request.body)
    if payload.get("type") == "url_verification":
        return JsonResponse({"challenge": str(payload.get("challenge", ""))[:200]})
    event = payload.get("event") or {}
    if payload.get("type") == "event_callback" and event.get("type") == "app_mention" and not event.get("bot_id"):
        _named(event, str(payload.get("event_id", "")), timezone.now())
    return HttpResponse(status=200)


def _named(event: Mapping[str, Any], event_id: str, now: datetime) -> None:
    """Answer in the thread what waits for the person who named us; Slack tells an event again, it is answered once."""
    person = _person(str(event.get("user", "")))
    body = {
        "text": _waiting_for(person),
        "channel": str(event.get("channel", "")),
        "thread_ts": str(event.get("ts", "")),
    }
    if event_id and body["channel"]:
        with transaction.atomic():
            notify("slack", body, f"slack:{event_id}"[:200], now)


def _waiting_for(person: User | None) -> str:
    """Counts only: a channel of the team is no place for customers' names."""
    if person is None:
        return _UNLINKED
    person.unit_in_view = ""
    drafts = visible_drafts(person).filter(state=Draft.State.WAITING) if may(person, Capability.APPROVALS) else None
    waiting = drafts.exclude(author=person).count() if drafts is not None else 0
    tasks = visible_tasks(person).filter(outcome="").count()
    base = settings.PUBLIC_URL
    return (
        f"Aprovações à espera: {waiting}. Tarefas a fazer: {tasks}.{f' {base}/aprovacoes/' if base and waiting else ''}"
    )


def _pressed(payload: Mapping[str, Any]) -> HttpResponse:
    action = (payload.get("actions") or [{}])[0]
    person = _person(str((payload.get("user") or {}).get("id", "")))
    value = str(action.get("value", ""))
    if person is None:
        return _say(_UNLINKED)
    doer = Doer(person, person.email, None, "slack")
    try:
        if not value.isdecimal():
            return _say("Este botão não é de um pedido de aprovação.")
        if action.get("action_id") == "approve":
            draft = approve.approve(doer, int(value), timezone.now())
        else:
            draft = approve.reject(doer, int(value), "recusado pelo Slack", timezone.now())
    except B2ShiftError as error:
        return _say(str(error))
    return _say(f"{draft.rule_name}: {draft.get_state_display().lower()}.")


def _person(slack_id: str) -> User | None:
    """Who a Slack user is here: `B2SHIFT_SLACK_PEOPLE="U012=ana@empresa.example, …"`."""
    pairs = (one.partition("=") for one in os.environ.get("B2SHIFT_SLACK_PEOPLE", "").split(","))
    known = {code.strip(): email.strip().lower() for code, _is, email in pairs if email.strip()}
    return User.objects.filter(email=known[slack_id], is_active=True).first() if slack_id in known else None


def _say(text: str) -> HttpResponse:
    return JsonResponse({"response_type": "ephemeral", "text": text})


def _object(text: str | bytes) -> dict[str, Any]:
    try:
        payload = json.loads(text)
    except ValueError:
        return {}
    return payload if isinstance(payload, dict) else {}
