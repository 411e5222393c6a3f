"""Notices on a device in a browser.

Headless Chromium refuses to subscribe at any push service: what the page says then is real, and so are its worker and
the notice it shows; the subscription is a stand-in with keys of the browser.
"""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from tests.e2e.conftest import Product

pytest.importorskip("cryptography", reason="the extra push is not installed")

Enter = Callable[..., Page]
TURN_ON = "Ligar avisos neste navegador"
SUBSCRIBES = """
const text = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)))
  .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
PushManager.prototype.subscribe = async () => {
  const pair = await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, true, ["deriveBits"]);
  const p256dh = text(await crypto.subtle.exportKey("raw", pair.publicKey));
  const auth = text(crypto.getRandomValues(new Uint8Array(16)));
  return { endpoint: `https://fcm.googleapis.com/fcm/send/${crypto.randomUUID()}`, keys: { p256dh, auth } };
};
"""


SHOWN = """async () => {
  const worker = await navigator.serviceWorker.ready;
  for (let n = 0; n < 30; n += 1) {
    const all = await worker.getNotifications();
    if (all.length) return all.map((one) => [one.title, one.body, one.tag, one.data.path]);
    await new Promise((done) => setTimeout(done, 100));
  }
  return [];
}"""


def test_a_browser_that_denies_push_is_reported(enter: Enter) -> None:
    page = enter("executive")
    page.goto("/preferencias/")
    page.get_by_role("button", name=TURN_ON).click()
    expect(page.get_by_role("alert").filter(has_text="O navegador não deixou")).to_be_visible()


def test_a_device_is_kept_shows_a_notice_and_is_ended(enter: Enter, product: Product) -> None:
    page = enter("executive")
    page.context.grant_permissions(["notifications"], origin=product.url)
    page.add_init_script(SUBSCRIBES)
    page.goto("/preferencias/")
    devices = page.get_by_role("region", name="Avisos no dispositivo").get_by_role("button", name="Desligar")
    before = devices.count()
    with page.expect_event("load"):
        page.get_by_role("button", name=TURN_ON).click()
    expect(devices).to_have_count(before + 1)

    protocol = page.context.new_cdp_session(page)
    seen: list[str] = []
    protocol.on("ServiceWorker.workerRegistrationUpdated", lambda told: seen.extend(registered(told)))
    protocol.send("ServiceWorker.enable")
    page.wait_for_function("navigator.serviceWorker.ready.then((one) => Boolean(one.active))")
    while not seen:  # told after the worker is ready, when the browser comes to it
        page.wait_for_timeout(50)
    notice = {"title": "NPS abaixo de 20", "text": "Caiu para 18,4", "tag": "alerta-1", "path": "/avisos/"}
    told = {"origin": product.url, "registrationId": seen[-1], "data": json.dumps(notice)}
    shown: list[list[str]] = []
    for _ in range(20):  # a worker that just started may miss a message: services of push send it again, as here
        protocol.send("ServiceWorker.deliverPushMessage", told)
        shown = page.evaluate(SHOWN)
        if shown:
            break
    assert shown == [["NPS abaixo de 20", "Caiu para 18,4", "alerta-1", "/avisos/"]]

    devices.first.click()
    expect(devices).to_have_count(before)


def registered(told: dict[str, list[dict[str, str]]]) -> list[str]:
    return [one["registrationId"] for one in told["registrations"]]
