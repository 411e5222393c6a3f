"""A mail server and a mailbox on loopback, for senders and for the reader of answers."""

import base64
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.unit.web.channels.peers import DROP, HANG, serving


@dataclass
class SmtpPeer:
    """A mail server. `refuse` maps a command (MAIL, RCPT, DATA, END) to answers it gives instead of its usual ones."""

    refuse: dict[str, list[str]] = field(default_factory=dict)
    mails: list[tuple[str, str, bytes]] = field(default_factory=list)
    connections: int = 0
    password: str = ""
    port: int = 0
    closing: threading.Event = field(default_factory=threading.Event)

    def told(self, command: str) -> str | None:
        answers = self.refuse.get(command)
        return answers.pop(0) if answers else None


class _Lines(socketserver.StreamRequestHandler):
    server: Any

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class _Smtp(_Lines):
    def handle(self) -> None:
        self.peer: SmtpPeer = self.server.peer
        self.peer.connections += 1
        self.sender = self.to = ""
        self.say("220 peer")
        while line := self.rfile.readline():
            words = line.decode().strip()
            told = self.peer.told(words[:4].upper())
            if told == DROP or not self.answer(words, told):
                return

    def answer(self, words: str, told: str | None) -> bool:
        """One line; False ends the connection."""
        command = words[:4].upper()
        if told:
            self.say(told)
            return True
        if command == "DATA":
            self.say("354 go on")
            return self.take()
        usual = {"EHLO": "250-peer\r\n250 AUTH PLAIN", "QUIT": "221 bye"}
        if command == "AUTH":
            shown = base64.b64decode(words.split()[-1]).decode()
            usual["AUTH"] = "235 ok" if self.peer.password and self.peer.password in shown else "535 no"
        if command == "MAIL":
            self.sender = words
        if command == "RCPT":
            self.to = words.partition("<")[2].rstrip(">")
        self.say(usual.get(command, "250 ok"))
        return command != "QUIT"

    def take(self) -> bool:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b"."))
        told = self.peer.told("END")
        if told in (None, DROP, HANG):
            self.peer.mails.append((self.sender, self.to, b"".join(lines)))
        if told == HANG:
            self.peer.closing.wait()
        elif told != DROP:
            self.say(told or "250 taken")
        return told not in (DROP, HANG)


@contextmanager
def smtp_peer(password: str = "", **refuse: list[str]) -> Iterator[SmtpPeer]:
    peer = SmtpPeer(refuse=refuse, password=password)
    server: Any = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Smtp)
    server.peer = peer
    with serving(server) as port:
        peer.port = port
        try:
            yield peer
        finally:
            peer.closing.set()


@dataclass
class ImapPeer:
    """A mailbox: mails and the flags each of them has. The password is `certa`."""

    mails: list[bytes] = field(default_factory=list)
    flags: dict[int, str] = field(default_factory=dict)
    port: int = 0

    def unseen(self) -> str:
        return " ".join(str(n) for n in range(1, len(self.mails) + 1) if "Seen" not in self.flags.get(n, ""))


class _Imap(_Lines):
    def handle(self) -> None:
        self.say("* OK peer")
        while line := self.rfile.readline():
            tag, _, rest = line.decode().strip().partition(" ")
            self.say(f"{tag} {self.answer(rest)}")
            if rest.upper().startswith("LOGOUT"):
                return

    def answer(self, rest: str) -> str:
        """What comes before the last line, and what that line says."""
        peer, command = self.server.peer, " ".join(rest.upper().split()[:2])
        if command.startswith("LOGIN") and "certa" not in rest:
            return "NO wrong"
        if command == "UID FETCH":
            number = int(rest.split()[2])
            raw = peer.mails[number - 1]
            self.wfile.write(f"* {number} FETCH (UID {number} BODY[] {{{len(raw)}}}\r\n".encode() + raw + b")\r\n")
        elif command == "UID STORE":
            peer.flags[int(rest.split()[2])] = rest
        elif command == "UID SEARCH":
            self.say(f"* SEARCH {peer.unseen()}".rstrip())
        elif command.startswith("CAPABILITY"):
            self.say("* CAPABILITY IMAP4rev1")
        elif command.startswith("SELECT"):
            self.say(f"* {len(peer.mails)} EXISTS")
        return "OK done"


@contextmanager
def imap_peer(*mails: bytes) -> Iterator[ImapPeer]:
    peer = ImapPeer(list(mails))
    server: Any = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Imap)
    server.peer = peer
    with serving(server) as port:
        peer.port = port
        yield peer
