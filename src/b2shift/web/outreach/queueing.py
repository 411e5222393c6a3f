"""A contact into the outbox, and notices to our own people of what waits for them."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from b2shift.interact.contracts import Effect
from b2shift.web.outbox.queue import enqueue, notify
from b2shift.web.outreach.models import Draft

_GOOD_FOR = timedelta(days=14)


def queue(draft: Draft, effect: Effect, now: datetime) -> None:
    """Into the outbox, in the transaction of the decision; the outbox asks the guard once more."""
    key = f"contato:{draft.proposal_id}:{draft.channel}"
    draft.message = enqueue(effect, draft.payload, key, now, expires_at=now + _GOOD_FOR)
    draft.state = Draft.State.QUEUED
    draft.save(update_fields=["message", "state"])
    _tell("webhook", draft, {"event": "contact.queued", **_about(draft)}, now)


def tell_approvers(draft: Draft, now: datetime) -> None:
    """By Slack with two buttons, by Teams with one that opens the page, by webhook, where this installation asks."""
    _tell("slack", draft, {"text": _sentence(draft), "blocks": _blocks(draft), **_about(draft)}, now)
    _tell(
        "teams", draft, {"text": _sentence(draft), "reason": draft.reason[:2000], "url": _page(), **_about(draft)}, now
    )
    _tell("webhook", draft, {"event": "contact.waiting", **_about(draft)}, now)


def _tell(channel: str, draft: Draft, payload: dict[str, Any], now: datetime) -> None:
    if channel in settings.NOTICES:
        notify(channel, payload, f"aviso:{channel}:{draft.pk}:{draft.state}", now)


def _about(draft: Draft) -> dict[str, Any]:
    """What it is of, without anybody's personal data."""
    return {
        "draft": draft.pk,
        "customer_id": draft.customer_id,
        "proposal_id": draft.proposal_id,
        "rule_id": draft.rule_id,
        "kind": draft.kind,
        "via": draft.channel,
    }


def _page() -> str:
    """Where approvals are, for who is told outside the pages; nothing when no address is public."""
    return f"{settings.PUBLIC_URL}/aprovacoes/" if settings.PUBLIC_URL else ""


def _sentence(draft: Draft) -> str:
    return f"{draft.rule_name}: um contato com o cliente {draft.customer_id} espera aprovação"


def _blocks(draft: Draft) -> list[dict[str, Any]]:
    ends = f"_Vence em {draft.expires_at:%d/%m/%Y %H:%M}_"
    sentence = f"*{_plain(draft.rule_name)}* · cliente {draft.customer_id}\n{_plain(draft.reason)[:2000]}\n{ends}"
    buttons = [_button("approve", "Aprovar", "primary", draft.pk), _button("reject", "Recusar", "danger", draft.pk)]
    if _page():
        text = {"type": "plain_text", "text": "Abrir"}
        buttons.append({"type": "button", "text": text, "url": _page()})
    section = {"type": "section", "text": {"type": "mrkdwn", "text": sentence}}
    return [section, {"type": "actions", "elements": buttons}]


def _button(action: str, label: str, style: str, key: int) -> dict[str, Any]:
    text = {"type": "plain_text", "text": label}
    return {"type": "button", "action_id": action, "style": style, "text": text, "value": str(key)}


def _plain(text: str) -> str:
    """Words in which Slack reads no mention and no link."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
