"""E-mail by SMTP: a text with its HTML twin, threads and one-click unsubscribing (RFC 8058)."""

import re
import smtplib
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.errors import HeaderParseError, MessageError
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formataddr, formatdate
from hashlib import blake2b
from pathlib import Path
from typing import Any

from b2shift.web.outbox.senders import NotSentError, RefusedError
from b2shift.web.watch.attachments import attachments_of

TIMEOUT = 30.0
# A header that is folded is also encoded, and then no mail program finds the address to leave by.
_WHOLE_LINES = SMTP.clone(max_line_length=998)
_BLOCKED = "Este endereço devolveu mensagens e está bloqueado"
_ID = re.compile(r"<[^<>\s]{3,250}>")


@dataclass(frozen=True)
class SmtpServer:
    """Where e-mail is handed over, and as whom. `security`: starttls, tls or none."""

    host: str
    port: int
    sender: str
    name: str = ""
    user: str = ""
    password: str = ""
    security: str = "starttls"

    @property
    def domain(self) -> str:
        """What our message ids end in."""
        return self.sender.partition("@")[2] or "localhost"


def message_id(key: str, domain: str) -> str:
    """The Message-ID that follows from a key. Hexadecimal: other characters get cut from headers without a word."""
    return f"<{blake2b(key.encode(), digest_size=16).hexdigest()}@{domain}>"


def composed(server: SmtpServer, key: str, payload: Mapping[str, Any]) -> EmailMessage:
    """The message of a payload: `to`, `subject`, `text`, and where given `html`, `unsubscribe`, `thread` (a key),
    `answers` (the Message-ID answered) and `files` (numbers of editions of reports).

    Raises RefusedError for what no mail can hold.
    """
    mail = EmailMessage(policy=_WHOLE_LINES)
    try:
        mail["From"] = formataddr((server.name, server.sender)) if server.name else server.sender
        mail["To"] = payload["to"]
        mail["Subject"] = payload["subject"]
        mail["Date"] = formatdate()
        mail["Message-ID"] = message_id(key, server.domain)
        if thread := payload.get("thread"):
            ours, theirs = message_id(thread, server.domain), str(payload.get("answers") or "")
            theirs = theirs if _ID.fullmatch(theirs) else ""
            mail["In-Reply-To"], mail["References"] = theirs or ours, f"{ours} {theirs}".strip()
        if leave := payload.get("unsubscribe"):
            mail["List-Unsubscribe"] = f"<{leave}>"
            mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        mail.set_content(payload["text"])
        if html := payload.get("html"):
            mail.add_alternative(html, subtype="html")
        for one in attachments_of(payload.get("files") or ()):
            kind, _slash, sort = one.media.partition("/")
            mail.add_attachment(one.content, maintype=kind, subtype=sort, filename=one.name)
    except (KeyError, ValueError, TypeError, HeaderParseError, MessageError) as error:
        raise RefusedError(f"O e-mail não pode ser montado: {error}") from error
    if not mail["To"].addresses or any(not one.domain for one in mail["To"].addresses):
        raise RefusedError("O endereço de e-mail não é válido")
    return mail


class EmailSender:
    """Hands mail over, keeping the connection while the server does. SMTP takes no key: doubts are a person's."""

    idempotent = False

    def __init__(self, server: SmtpServer, per_second: float, blocked: Callable[[str], bool]) -> None:
        self.server, self.per_second, self.blocked = server, per_second, blocked
        self._smtp: smtplib.SMTP | None = None

    def send(self, key: str, payload: Mapping[str, Any]) -> str:
        """The Message-ID handed over."""
        mail = composed(self.server, key, payload)
        to = mail["To"].addresses[0].addr_spec
        if self.blocked(to):
            raise RefusedError(_BLOCKED)
        smtp = self._envelope(to)
        try:
            code, response = smtp.data(mail.as_bytes())
        except smtplib.SMTPDataError as error:
            self._forget()
            raise _answered(error.smtp_code, error.smtp_error) from error
        except Exception:
            self._forget()
            raise
        if code != 250:
            self._forget()
            raise _answered(code, response)
        return str(mail["Message-ID"])

    def _envelope(self, to: str) -> smtplib.SMTP:
        """A connection that has taken sender and recipient; everything that fails until then was surely not sent."""
        kept = self._smtp is not None
        try:
            smtp = self._smtp or self._connected()
            for command, address in ((smtp.mail, self.server.sender), (smtp.rcpt, to)):
                code, response = command(address)
                if code not in (250, 251):
                    smtp.rset()
                    raise _answered(code, response)
        except smtplib.SMTPServerDisconnected as error:
            self._forget()
            if kept:  # the server had closed a connection we had kept
                return self._envelope(to)
            raise NotSentError(f"O servidor de e-mail desligou: {error}") from error
        except smtplib.SMTPAuthenticationError as error:
            self._forget()
            raise NotSentError(f"O servidor de e-mail recusou usuário e senha ({error.smtp_code})") from error
        except (OSError, smtplib.SMTPException) as error:
            self._forget()
            raise NotSentError(f"Sem servidor de e-mail em {self.server.host}: {error}") from error
        self._smtp = smtp
        return smtp

    def _connected(self) -> smtplib.SMTP:
        server = self.server
        context = ssl.create_default_context()
        if server.security == "tls":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT, context=context)
        else:
            smtp = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT)
        if server.security == "starttls":
            smtp.starttls(context=context)
        smtp.ehlo()
        if server.user:
            smtp.login(server.user, server.password)
        return smtp

    def _forget(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
        self._smtp = None


class MailFolder:
    """Mails as files of a folder, to try things without a server: one a key, so that none is written twice."""

    idempotent, per_second = True, 0.0

    def __init__(self, folder: Path, server: SmtpServer, blocked: Callable[[str], bool]) -> None:
        self.folder, self.server, self.blocked = folder, server, blocked

    def send(self, key: str, payload: Mapping[str, Any]) -> str:
        """The Message-ID of the mail that was written."""
        mail = composed(self.server, key, payload)
        if self.blocked(mail["To"].addresses[0].addr_spec):
            raise RefusedError(_BLOCKED)
        message_id = str(mail["Message-ID"])
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / f"{message_id.strip('<>').partition('@')[0]}.eml").write_bytes(mail.as_bytes())
        except OSError as error:
            raise NotSentError(f"A pasta de e-mails não aceita arquivos: {error}") from error
        return message_id


def _answered(code: int, response: bytes | str) -> Exception:
    text = response.decode(errors="replace") if isinstance(response, bytes) else response
    return RefusedError(f"{code} {text}") if code >= 500 else NotSentError(f"{code} {text}")
