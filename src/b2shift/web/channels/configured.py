"""The channels this installation can send by: from the environment only. What is missing is told, never pretended."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from b2shift.interact.contracts import Channel
from b2shift.kernel.errors import InputError
from b2shift.web.channels.email import EmailSender, MailFolder, SmtpServer
from b2shift.web.channels.mailbox import ImapServer
from b2shift.web.channels.slack import SlackSender
from b2shift.web.channels.sms import SmsSender
from b2shift.web.channels.teams import TeamsSender
from b2shift.web.channels.webhook import WebhookSender
from b2shift.web.channels.whatsapp import WhatsAppSender
from b2shift.web.outbox.senders import NOTICE_CHANNELS, Sender
from b2shift.web.outreach.in_app import NoticeSender, TaskSender
from b2shift.web.outreach.inbound import opted_out_at_provider, wrote_recently
from b2shift.web.outreach.suppression import is_suppressed
from b2shift.web.watch.alert_texts import NOTICE
from b2shift.web.watch.devices import PUSH, device_of, forget
from b2shift.web.watch.house_notices import HouseNoticeSender

Environment = Mapping[str, str]
SLACK, TEAMS, WEBHOOK = NOTICE_CHANNELS
MAIL_FOLDER = "B2SHIFT_MAIL_FOLDER"
NEEDED: Mapping[str, tuple[str, ...]] = {
    Channel.EMAIL: ("B2SHIFT_SMTP_HOST", "B2SHIFT_SMTP_FROM"),
    Channel.WHATSAPP: ("B2SHIFT_WHATSAPP_TOKEN", "B2SHIFT_WHATSAPP_NUMBER_ID"),
    Channel.SMS: ("B2SHIFT_SMS_ACCOUNT", "B2SHIFT_SMS_TOKEN", "B2SHIFT_SMS_NUMBER"),
    SLACK: ("B2SHIFT_SLACK_TOKEN", "B2SHIFT_SLACK_CHANNEL"),
    TEAMS: ("B2SHIFT_TEAMS_URL",),
    WEBHOOK: ("B2SHIFT_WEBHOOK_URL", "B2SHIFT_WEBHOOK_SECRET"),
    PUSH: ("B2SHIFT_PUSH_KEY", "B2SHIFT_PUSH_CONTACT"),
}


@dataclass(frozen=True)
class Channels:
    """Those that can send, and for the others the variables that are missing."""

    senders: Mapping[str, Sender]
    missing: Mapping[str, tuple[str, ...]]


def channels(env: Environment) -> Channels:
    """Every channel; InputError for a value that cannot be one."""
    missing = {str(name): tuple(one for one in needed if not env.get(one)) for name, needed in NEEDED.items()}
    if env.get(MAIL_FOLDER) and not env.get("B2SHIFT_SMTP_HOST"):
        missing[Channel.EMAIL.value] = ()
    missing = {name: lacks for name, lacks in missing.items() if lacks}
    return Channels(_inside() | {n: make(env) for n, make in _OUTSIDE.items() if n not in missing}, missing)


def mailbox(env: Environment) -> ImapServer | None:
    """Where replies and bounces are read; None without one."""
    if not env.get("B2SHIFT_IMAP_HOST"):
        return None
    security = _one_of(env, "B2SHIFT_IMAP_SECURITY", ("tls", "none"))
    return ImapServer(
        host=env["B2SHIFT_IMAP_HOST"],
        port=_whole(env, "B2SHIFT_IMAP_PORT", 993 if security == "tls" else 143),
        user=env.get("B2SHIFT_IMAP_USER", ""),
        password=env.get("B2SHIFT_IMAP_PASSWORD", ""),
        security=security,
    )


def _inside() -> dict[str, Sender]:
    places: dict[str, Sender] = {one.value: NoticeSender(one.value) for one in (Channel.IN_APP, Channel.PORTAL)}
    by_people = [one for one in Channel if one.by_people]
    return places | {one.value: TaskSender(one.value) for one in by_people} | {NOTICE: HouseNoticeSender()}


def _email(env: Environment) -> Sender:
    server = SmtpServer(
        host=env.get("B2SHIFT_SMTP_HOST", ""),
        port=_whole(env, "B2SHIFT_SMTP_PORT", 587),
        sender=env.get("B2SHIFT_SMTP_FROM") or "ninguem@localhost.localdomain",
        name=env.get("B2SHIFT_SMTP_NAME", ""),
        user=env.get("B2SHIFT_SMTP_USER", ""),
        password=env.get("B2SHIFT_SMTP_PASSWORD", ""),
        security=_one_of(env, "B2SHIFT_SMTP_SECURITY", ("starttls", "tls", "none")),
    )
    if not server.host:
        return MailFolder(Path(env[MAIL_FOLDER]), server, is_suppressed)
    return EmailSender(server, _whole(env, "B2SHIFT_SMTP_PER_SECOND", 0), is_suppressed)


def _whatsapp(env: Environment) -> Sender:
    base = env.get("B2SHIFT_WHATSAPP_URL", "https://graph.facebook.com/v23.0").rstrip("/")
    url = f"{base}/{env['B2SHIFT_WHATSAPP_NUMBER_ID']}/messages"
    per_second = _whole(env, "B2SHIFT_WHATSAPP_PER_SECOND", 80)
    return WhatsAppSender(url, env["B2SHIFT_WHATSAPP_TOKEN"], per_second, wrote_recently)


def _sms(env: Environment) -> Sender:
    return SmsSender(
        env.get("B2SHIFT_SMS_URL", "https://api.twilio.com"),
        env["B2SHIFT_SMS_ACCOUNT"],
        env["B2SHIFT_SMS_TOKEN"],
        env["B2SHIFT_SMS_NUMBER"],
        _whole(env, "B2SHIFT_SMS_PER_SECOND", 1),
        opted_out_at_provider,
    )


def _slack(env: Environment) -> Sender:
    url = env.get("B2SHIFT_SLACK_URL", "https://slack.com/api")
    return SlackSender(url, env["B2SHIFT_SLACK_TOKEN"], env["B2SHIFT_SLACK_CHANNEL"])


def _teams(env: Environment) -> Sender:
    return TeamsSender(env["B2SHIFT_TEAMS_URL"])


def _webhook(env: Environment) -> Sender:
    per_second = _whole(env, "B2SHIFT_WEBHOOK_PER_SECOND", 0)
    return WebhookSender(env["B2SHIFT_WEBHOOK_URL"], env["B2SHIFT_WEBHOOK_SECRET"], per_second)


def _push(env: Environment) -> Sender:
    try:
        from b2shift.web.channels.push import PushSender
    except ImportError as error:
        hint = "Instale o extra: pip install 'b2shift[push]'"
        raise InputError("Avisos em aparelhos pedem a biblioteca cryptography", hint=hint) from error
    return PushSender(env["B2SHIFT_PUSH_KEY"], env["B2SHIFT_PUSH_CONTACT"], device_of, forget)


_OUTSIDE = {
    Channel.EMAIL.value: _email,
    Channel.WHATSAPP.value: _whatsapp,
    Channel.SMS.value: _sms,
    SLACK: _slack,
    TEAMS: _teams,
    WEBHOOK: _webhook,
    PUSH: _push,
}


def _whole(env: Environment, name: str, default: int) -> int:
    text = env.get(name, "").strip()
    if text and not (text.isdecimal() and int(text) < 100_000):
        raise InputError("Esta variável pede um número inteiro", value=f"{name}={text[:40]}", hint="Corrija o ambiente")
    return int(text) if text else default


def _one_of(env: Environment, name: str, known: tuple[str, ...]) -> str:
    text = env.get(name, "").strip().lower() or known[0]
    if text not in known:
        raise InputError(
            "Esta variável não aceita o valor", value=f"{name}={text[:40]}", hint=f"Use {', '.join(known)}"
        )
    return text
