"""What a page says when something is not there, not allowed or went wrong."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client, RequestFactory

from b2shift.kernel.errors import InputError, StorageError
from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import Role
from b2shift.web.console import errors
from b2shift.web.console.templatetags import assets

SignIn = Callable[[Role], Client]


def test_no_permission_looks_like_a_page(signed_in: SignIn) -> None:
    answer = signed_in(Role.ADMINISTRATOR).get("/clientes/")
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "Seu papel não abre esta página" in page
    assert 'class="sidebar"' in page


def test_what_is_not_there_says_so(signed_in: SignIn) -> None:
    answer = signed_in(Role.ANALYST).get("/nada/disso/")
    assert answer.status_code == 404
    assert "Não encontramos esta página" in answer.content.decode()
    away = Client().get("/nada/disso/")
    assert away.status_code == 404
    assert 'class="sidebar"' not in away.content.decode()


def test_an_error_leads_back_to_the_list_it_stands_in(signed_in: SignIn) -> None:
    def leads(role: Role, path: str) -> list[str]:
        page = signed_in(role).get(path).text
        return re.findall(
            r'<a class="button[^"]*"\s+href="([^"]+)"', page[page.index("message-page") : page.index("</main>")]
        )

    assert leads(Role.ANALYST, "/clientes/NADA/") == ["/clientes/", "/"]
    assert leads(Role.ANALYST, "/clientes/?sort=nada") == ["/clientes/", "/"]
    assert leads(Role.ADMINISTRATOR, "/clientes/") == ["/"]
    assert leads(Role.ANALYST, "/nada/disso/") == ["/"]


def test_a_wrong_value_is_named(signed_in: SignIn) -> None:
    answer = signed_in(Role.ANALYST).get("/clientes/?mrr_min=muito")
    assert answer.status_code == 400
    assert re.search("<h1>[^<]+: .*mrr_min.*</h1>", answer.text), "what happened, then the value"
    part = signed_in(Role.ANALYST).get("/clientes/?mrr_min=muito", headers={"HX-Request": "true"})
    assert part.status_code == 400
    assert "<html" not in part.content.decode()


def test_states_of_the_lake_are_pages_and_the_rest_goes_on(rf: RequestFactory) -> None:
    handle = errors.ErrorPageMiddleware(lambda request: errors.not_found(request)).process_exception
    request = rf.get("/clientes/")
    told = handle(request, StorageError("O disco está cheio", hint="Libere espaço"))
    assert told is not None
    assert told.status_code == 503
    assert "O disco está cheio" in told.content.decode()
    assert handle(request, ValueError("outro")) is None
    assert handle(rf.get("/api/v1/customers"), InputError("x")) is None


def test_the_last_resort_touches_no_records_and_needs_no_build(
    rf: RequestFactory, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(assets, "_DIST", tmp_path)
    monkeypatch.setattr(assets, "_read", assets._read.__wrapped__)
    answer = errors.failed(rf.get("/clientes/"))
    page = answer.content.decode()
    assert answer.status_code == 500
    assert re.search(r"<code>[0-9a-f]{8}</code>", page)
    nonce = re.search(r'<style nonce="([^"]+)">', page)
    assert nonce
    assert f"'nonce-{nonce[1]}'" in answer.headers["Content-Security-Policy"]


def test_a_form_from_elsewhere_is_refused(people: dict[Role, User]) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(people[Role.ANALYST])
    answer = browser.post("/unidade/", {"unit": "techfin"})
    assert answer.status_code == 403
    assert "ficou aberta tempo demais" in answer.content.decode()


def test_partial_requests_without_a_session_leave_the_page() -> None:
    answer = Client().get("/clientes/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/entrar/?next=/clientes/")


def test_missing_assets_say_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    assets._read.cache_clear()
    monkeypatch.setattr(assets, "_DIST", tmp_path)
    with pytest.raises(ImproperlyConfigured, match="make assets"):
        assets.sprite()
    assets._read.cache_clear()
