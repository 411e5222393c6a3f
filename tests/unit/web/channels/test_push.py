"""Web push: sealed as in the example of RFC 8291, vouched for, read by the browser alone, ended with the browser."""

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

import pytest
from django.test import Client
from tests.unit.web.channels.peers import HANG, HttpPeer, http_peer

pytest.importorskip("cryptography", reason="the extra push is not installed")

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from b2shift.kernel.errors import InputError
from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import Role
from b2shift.web.channels import http, sealing
from b2shift.web.channels.push import PushSender, public_key
from b2shift.web.outbox import worker
from b2shift.web.outbox.models import Message
from b2shift.web.outbox.senders import NotSentError, Pace, RefusedError
from b2shift.web.watch.devices import Device, add, device_of, forget
from b2shift.web.watch.house_notices import HouseNoticeSender
from b2shift.web.watch.models import PushDevice

NOON = datetime(2026, 12, 2, 15, 0, tzinfo=UTC)
OURS = sealing.unpadded(bytes(range(1, 33)))
CURVE = ec.SECP256R1()


class Browser:
    """The other side: the key pair and the secret of a browser, and how it reads what it is handed."""

    def __init__(self, url: str) -> None:
        self.private, self.secret, self.url = ec.generate_private_key(CURVE), bytes(range(16)), f"{url}/push/1"

    @property
    def device(self) -> Device:
        return Device(self.url, sealing.unpadded(sealing.public_point(self.private)), sealing.unpadded(self.secret))

    def read(self, body: bytes) -> dict[str, Any]:
        """RFC 8188 and 8291 from the receiver's side, of one record."""
        salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        theirs, sealed = body[21 : 21 + length], body[21 + length :]
        assert len(sealed) <= size
        shared = self.private.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, theirs))
        info = b"WebPush: info\x00" + sealing.public_point(self.private) + theirs
        both = self._derived(shared, self.secret, info, 32)
        key = self._derived(both, salt, b"Content-Encoding: aes128gcm\x00", 16)
        nonce = self._derived(both, salt, b"Content-Encoding: nonce\x00", 12)
        text, end = AESGCM(key).decrypt(nonce, sealed, None)[:-1], AESGCM(key).decrypt(nonce, sealed, None)[-1:]
        assert end == b"\x02", "the last record"
        return dict(json.loads(text))

    @staticmethod
    def _derived(key: bytes, salt: bytes, info: bytes, length: int) -> bytes:
        return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(key)


@pytest.fixture
def peer() -> Iterator[HttpPeer]:
    with http_peer((201, {"Location": "https://push.example/m/1"}, {})) as found:
        yield found


def sender(browser: Browser, gone: Callable[[int], None] = lambda _key: None) -> PushSender:
    return PushSender(OURS, "mailto:ti@empresa.example", lambda _key: browser.device, gone)


def payload(**over: str) -> dict[str, Any]:
    return {"device": 1, "title": "Receita caiu", "text": "R$ 1.234,50 em março", "path": "/alertas/1/"} | over


def test_the_example_of_the_standard_comes_out_byte_for_byte() -> None:
    """RFC 8291, section 5 and appendix A."""
    key = sealing.private_key("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")
    to = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
    text = b"When I grow up, I want to be a watermelon"
    told = sealing.sealed(text, to, "BTBZMqHH6r4Tts7J_aSIgg", key, sealing.bytes_of("DGv6ra1nlYgDCS1FRnbzlw"))
    assert sealing.unpadded(told) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6P"
        "Bru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


def test_the_browser_reads_what_was_sent_and_the_service_knows_by_whom(peer: HttpPeer) -> None:
    browser = Browser(peer.url)
    assert sender(browser).send("k1", payload()) == "https://push.example/m/1"
    [request] = peer.taken
    told = browser.read(request.body)
    tag = blake2b(b"k1", digest_size=16).hexdigest()
    assert told == {"title": "Receita caiu", "text": "R$ 1.234,50 em março", "path": "/alertas/1/", "tag": tag}
    assert "março" not in request.body.decode("latin1")
    assert (request.headers["content-encoding"], request.headers["topic"]) == ("aes128gcm", tag)
    scheme, told_token, told_key = request.headers["authorization"].replace("t=", "").replace("k=", "").split(" ")
    head, claims, signature = told_token.rstrip(",").split(".")
    assert (scheme, told_key) == ("vapid", public_key(OURS))
    said = json.loads(base64.urlsafe_b64decode(claims + "=="))
    assert said["aud"] == peer.url
    assert said["sub"] == "mailto:ti@empresa.example"
    raw = sealing.bytes_of(signature)
    proof = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    ours = sealing.private_key(OURS).public_key()
    ours.verify(proof, f"{head}.{claims}".encode(), ec.ECDSA(SHA256()))
    with pytest.raises(InvalidSignature):
        ours.verify(proof, f"{head}.{claims}x".encode(), ec.ECDSA(SHA256()))


def test_each_message_is_sealed_anew_and_a_long_text_is_cut(peer: HttpPeer) -> None:
    browser = Browser(peer.url)
    sender(browser).send("k1", payload(text="ção " * 4000))
    sender(browser).send("k1", payload(text="ção " * 4000))
    first, second = (one.body for one in peer.taken)
    assert first[:86] != second[:86], "another salt and another key"
    assert browser.read(first) == browser.read(second)
    assert browser.read(first)["text"].endswith("…")


@pytest.mark.parametrize(
    ("answer", "error", "ended"),
    [
        ((410, {}, {}), RefusedError, True),
        ((404, {}, {}), RefusedError, True),
        ((429, {"Retry-After": "7"}, {}), NotSentError, False),
        ((403, {}, {}), NotSentError, False),
        ((413, {}, {}), RefusedError, False),
        ((503, {}, {}), http.UnansweredError, False),
        (HANG, http.UnansweredError, False),
    ],
)
def test_what_the_service_answers_is_distinguished(
    answer: Any, error: type[Exception], ended: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "TIMEOUT", 0.3)
    gone: list[int] = []
    with http_peer((201, {}, {}), [answer]) as peer, pytest.raises(error):
        sender(Browser(peer.url), gone.append).send("k", payload())
    assert gone == [1] * ended


def test_a_key_off_the_curve_ends_its_device_and_stops_nobody(peer: HttpPeer) -> None:
    gone: list[int] = []
    device = replace(Browser(peer.url).device, key=sealing.unpadded(b"\x04" + bytes(64)))
    with pytest.raises(RefusedError, match="chave"):
        PushSender(OURS, "mailto:ti@empresa.example", lambda _key: device, gone.append).send("k", payload())
    assert (gone, peer.taken) == ([1], [])


@pytest.mark.parametrize("wrong", ["", "x", sealing.unpadded(bytes(31)), sealing.unpadded(bytes(32)), "ç" * 43])
def test_a_key_that_is_none_is_reported(wrong: str) -> None:
    with pytest.raises(InputError, match="não serve"):
        sealing.private_key(wrong)


@pytest.mark.records
def test_a_notice_reaches_the_device_and_one_that_is_gone_is_forgotten(
    people: dict[Role, User], signed_in: Callable[[Role], Client], peer: HttpPeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "close_old_connections", lambda: None)
    monkeypatch.setenv("B2SHIFT_PUSH_HOSTS", "127.0.0.1")
    monkeypatch.setenv("B2SHIFT_PUSH_KEY", OURS)
    browser, page = Browser(peer.url), signed_in(Role.MANAGER)
    assert public_key(OURS) in page.get("/preferencias/").content.decode()
    keys = {"p256dh": browser.device.key, "auth": browser.device.secret}
    told = {"endpoint": browser.url, "expirationTime": None, "keys": keys}
    answer = page.post("/preferencias/aparelhos/", json.dumps(told), content_type="application/json")
    assert answer.json() == {"device": PushDevice.objects.get().pk}
    person = people[Role.MANAGER]
    notice = {"person": person.pk, "title": "Tarefas fora do prazo", "text": "3 tarefas", "path": "/tarefas/"}
    HouseNoticeSender().send("n1", notice)
    HouseNoticeSender().send("n1", notice)
    senders = {"push": PushSender(OURS, "mailto:a@b.example", device_of, forget)}
    assert worker.deliver(senders, "w", lambda: NOON.replace(year=2030), Pace()) == 1
    assert worker.deliver(senders, "w", lambda: NOON.replace(year=2030), Pace()) == 0
    assert browser.read(peer.taken[0].body)["title"] == "Tarefas fora do prazo"
    peer.answers.append((410, {}, {}))
    HouseNoticeSender().send("n2", notice)
    worker.deliver(senders, "w", lambda: NOON.replace(year=2030), Pace())
    assert not PushDevice.objects.exists()
    assert Message.objects.get(dedupe_key__startswith="n2").state == "dead"
    assert "navegador" in page.get("/preferencias/").content.decode()


@pytest.mark.records
def test_only_services_of_browsers_and_their_keys_are_taken(people: dict[Role, User]) -> None:
    person, browser = people[Role.MANAGER], Browser("https://fcm.googleapis.com")
    good = browser.device
    for wrong in (
        "https://interno.empresa.example/x",
        "http://fcm.googleapis.com/x",
        "https://fcm.googleapis.com.mau.example/",
    ):
        with pytest.raises(InputError, match="não é conhecido"):
            add(person, Device(wrong, good.key, good.secret), "x")
    with pytest.raises(InputError, match="chaves"):
        add(person, Device(good.endpoint, good.key[:-4], good.secret), "x")
    first = add(person, good, "Firefox")
    assert add(people[Role.EXECUTOR], good, "Firefox").pk == first.pk, "whoever signs in there now"
    for number in range(12):
        add(person, Device(f"{good.endpoint}{number}", good.key, good.secret), "x")
    assert PushDevice.objects.filter(person=person).count() == 10
    assert device_of(first.pk) == good
    User.objects.filter(pk=people[Role.EXECUTOR].pk).update(is_active=False)
    assert device_of(first.pk) is None


@pytest.mark.records
def test_a_device_is_ended_by_its_own_person_only(
    people: dict[Role, User], signed_in: Callable[[Role], Client]
) -> None:
    one = add(people[Role.MANAGER], Browser("https://fcm.googleapis.com").device, "Firefox")
    signed_in(Role.EXECUTOR).post(f"/preferencias/aparelhos/{one.pk}/desligar/")
    assert PushDevice.objects.exists()
    signed_in(Role.MANAGER).post(f"/preferencias/aparelhos/{one.pk}/desligar/")
    assert not PushDevice.objects.exists()
    script = signed_in(Role.MANAGER).get("/avisos.js")
    assert "showNotification" in script.content.decode()
    assert script["Content-Type"].startswith("text/javascript")
    wrong = signed_in(Role.MANAGER).post("/preferencias/aparelhos/", "[]", content_type="application/json")
    assert wrong.status_code == 400
