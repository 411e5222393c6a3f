"""The frame of every page: places by role, language, theme, unit, palette; and the formats all pages share."""

import html
import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.conf import settings
from django.http import HttpRequest
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from b2shift.web.accounts.models import User
from b2shift.web.accounts.permissions import Capability
from b2shift.web.accounts.roles import Role
from b2shift.web.console import formats, wording
from b2shift.web.console.charts import Chart, Column, Table
from b2shift.web.console.navigation import PLACES, links_of
from b2shift.web.console.tables import table_html
from b2shift.web.console.templatetags import assets
from b2shift.web.console.templatetags.formats import shown
from b2shift.web.console.templatetags.parts import delta
from b2shift.web.crm.models import Customer

SignIn = Callable[[Role], Client]


# ------------------------------------------------------------------ places


@pytest.mark.parametrize("role", Role)
def test_every_link_of_the_sidebar_opens(signed_in: SignIn, people: dict[Role, User], role: Role) -> None:
    browser = signed_in(role)
    links = links_of(people[role], "/")
    assert links[0].url == "/"
    assert links[0].current
    for link in links:
        assert browser.get(link.url).status_code == 200, link.url


@pytest.mark.parametrize("role", Role)
def test_places_without_the_capability_are_closed(signed_in: SignIn, people: dict[Role, User], role: Role) -> None:
    shown_places = {link.url for link in links_of(people[role], "/")}
    everywhere = {place.address: place for place in PLACES}
    browser = signed_in(role)
    for place in everywhere.values():
        url = str(Template("{% url name %}").render(Context({"name": place.address})))
        assert (browser.get(url).status_code == 200) == (url in shown_places), url


def test_the_current_place_is_the_longest_that_begins_the_path(people: dict[Role, User]) -> None:
    links = links_of(people[Role.ANALYST], "/clientes/10000/")
    assert [link.url for link in links if link.current] == ["/clientes/"]
    assert not [link for link in links_of(people[Role.ANALYST], "/preferencias/") if link.current]


def test_roles_call_places_by_their_own_names(people: dict[Role, User]) -> None:
    assert links_of(people[Role.EXECUTOR], "/")[3].label == "Meus clientes"
    assert links_of(people[Role.ANALYST], "/")[3].label == "Clientes"


def test_the_page_says_the_date_of_its_data(signed_in: SignIn) -> None:
    page = signed_in(Role.ANALYST).get("/").content.decode()
    assert '<time datetime="2026-10-31">31/10/2026</time>' in page


def test_no_page_holds_a_script_or_style_of_its_own(signed_in: SignIn) -> None:
    for role, path in ((Role.EXECUTOR, "/"), (Role.ANALYST, "/clientes/"), (Role.ANALYST, "/clientes/10000/")):
        page = signed_in(role).get(path).content.decode()
        assert not re.findall(r"<style|\sstyle=|\son[a-z]+=|javascript:", page)
        scripts = re.findall(r"<script(?![^>]*(?:src=|application/json))", page)
        assert not scripts
        assert not re.findall(r'(?:src|href)="(?:https?:)?//', page)


def test_ids_of_a_page_are_unique(signed_in: SignIn) -> None:
    for role, path in ((Role.EXECUTOR, "/"), (Role.ANALYST, "/clientes/"), (Role.MANAGER, "/clientes/10000/")):
        ids = re.findall(r'\sid="([^"]+)"', signed_in(role).get(path).content.decode())
        assert len(ids) == len(set(ids)), path


# ------------------------------------------------------------------ preferences and unit


def test_preferences_are_kept_and_shown(signed_in: SignIn, people: dict[Role, User]) -> None:
    browser = signed_in(Role.ANALYST)
    answer = browser.post("/preferencias/", {"theme": "dark", "density": "dense", "next": "/clientes/"})
    assert (answer.status_code, answer.url) == (302, "/clientes/")
    kept = User.objects.get(pk=people[Role.ANALYST].pk)
    assert (kept.theme, kept.density, kept.language) == ("dark", "dense", "pt-br")
    page = browser.get("/clientes/").content.decode()
    assert re.search(r'data-theme="dark"\s+data-density="dense"', page)
    assert "Preferências salvas" in page
    assert 'action="/preferencias/?theme=system&amp;density=comfortable"' in page


def test_a_change_of_preferences_can_be_undone(signed_in: SignIn, people: dict[Role, User]) -> None:
    browser = signed_in(Role.ANALYST)
    browser.post("/preferencias/", {"theme": "dark"})
    browser.post("/preferencias/?theme=system")
    assert User.objects.get(pk=people[Role.ANALYST].pk).theme == "system"


def test_english_can_be_chosen(signed_in: SignIn) -> None:
    browser = signed_in(Role.ANALYST)
    browser.post("/preferencias/", {"language": "en"})
    page = browser.get("/clientes/")
    assert page.headers["Content-Language"] == "en"
    assert '<html lang="en"' in page.content.decode()


@pytest.mark.parametrize("field", ["theme", "density", "language"])
def test_unknown_preferences_are_refused(signed_in: SignIn, people: dict[Role, User], field: str) -> None:
    answer = signed_in(Role.ANALYST).post("/preferencias/", {field: "neon"})
    assert answer.status_code == 400
    assert f"{field}=neon" in answer.content.decode()
    assert getattr(User.objects.get(pk=people[Role.ANALYST].pk), field) != "neon"


@pytest.mark.parametrize("elsewhere", ["https://mau.example/", "//mau.example", "javascript:alert(1)", ""])
def test_nobody_is_sent_elsewhere(signed_in: SignIn, elsewhere: str) -> None:
    answer = signed_in(Role.ANALYST).post("/preferencias/", {"theme": "dark", "next": elsewhere})
    assert answer.url == "/preferencias/"


def test_the_unit_narrows_lists_but_not_links(signed_in: SignIn) -> None:
    browser = signed_in(Role.ANALYST)
    browser.post("/unidade/", {"unit": "techfin", "next": "/clientes/"})
    techfin = Customer.objects.filter(units_key__contains="|techfin|")
    page = browser.get("/clientes/").content.decode()
    assert f"{techfin.count()} clientes" in page
    outside = Customer.objects.exclude(units_key__contains="|techfin|").first()
    assert outside is not None
    assert browser.get(f"/clientes/{outside.customer_id}/").status_code == 200
    browser.post("/unidade/", {"unit": ""})
    assert "60 clientes" in browser.get("/clientes/").content.decode()


def test_who_is_tied_to_a_unit_does_not_switch(signed_in: SignIn) -> None:
    browser = signed_in(Role.MARKETING)
    assert browser.post("/unidade/", {"unit": "techfin"}).status_code == 400
    page = browser.get("/").content.decode()
    assert "RD Station" in page
    assert 'action="/unidade/"' not in page


# ------------------------------------------------------------------ palette


def test_the_palette_finds_customers_and_pages(signed_in: SignIn) -> None:
    browser = signed_in(Role.ANALYST)
    found = browser.get("/busca/?q=padaria", headers={"HX-Request": "true"}).content.decode()
    assert "Padaria São João" in found
    assert "<html" not in found
    pages = browser.get("/busca/?q=segm", headers={"HX-Request": "true"}).content.decode()
    assert 'href="/segmentos/"' in pages
    nothing = browser.get("/busca/?q=xyzw", headers={"HX-Request": "true"}).content.decode()
    assert "Nada com “xyzw”" in nothing
    assert 'href="/prospects/?q=xyzw"' in nothing
    keeper = signed_in(Role.ADMINISTRATOR).get("/busca/?q=pess", headers={"HX-Request": "true"}).text
    assert "/prospects/" not in keeper


def test_the_palette_stays_within_the_portfolio(signed_in: SignIn) -> None:
    other = Customer.objects.exclude(owner="U0002").first()
    assert other is not None
    found = signed_in(Role.EXECUTOR).get(f"/busca/?q={other.customer_id}", headers={"HX-Request": "true"})
    assert other.customer_id not in re.findall(r'href="/clientes/([^/"]+)/', found.content.decode())


def test_without_script_the_palette_is_the_list(signed_in: SignIn) -> None:
    assert signed_in(Role.ANALYST).get("/busca/?q=p%C3%A3o").url == "/clientes/?q=p%C3%A3o"
    assert signed_in(Role.ADMINISTRATOR).get("/busca/?q=x").url == "/"


# ------------------------------------------------------------------ sign-in


def test_the_sign_in_page_speaks_both_languages(db: None) -> None:
    browser = Client()
    page = browser.get("/entrar/?next=/clientes/").content.decode()
    assert '<html lang="pt-BR"' in page
    assert 'name="next" value="/clientes/"' in page
    browser.post("/idioma/", {"language": "en", "next": "/entrar/"})
    assert browser.cookies[settings.LANGUAGE_COOKIE_NAME].value == "en"
    assert '<html lang="en"' in browser.get("/entrar/").content.decode()


def test_a_refused_sign_in_says_what_to_do(people: dict[Role, User]) -> None:
    page = Client().post("/entrar/", {"username": people[Role.ANALYST].email, "password": "errada"}).content.decode()
    assert "E-mail ou senha não conferem" in page
    assert 'role="alert"' in page
    assert people[Role.ANALYST].email in page


# ------------------------------------------------------------------ formats and words


@pytest.mark.parametrize(
    ("told", "portuguese", "english"),
    [
        ((1234.5, "number:1"), "1.234,5", "1,234.5"),
        ((-71, "number"), "−71", "−71"),
        ((Decimal("1234.5"), "money"), "R$\u00a01.234,50", "R$\u00a01,234.50"),
        ((-3, "signed"), "−3", "−3"),
        ((0.04, "signed"), "0", "0"),
        ((2, "signed"), "+2", "+2"),
        ((1_234_000, "money_short"), "R$\u00a01,23\u00a0mi", "R$\u00a01.23M"),
        ((42_000, "money_short"), "R$\u00a042\u00a0mil", "R$\u00a042k"),
        ((9_999, "count_short"), "9.999", "9,999"),
        ((42_300, "count_short"), "42\u00a0mil", "42k"),
        ((1_250_000, "count_short"), "1,2\u00a0mi", "1.2M"),
        ((0.123, "percent"), "12%", "12%"),
        ((0.123, "percent:1"), "12,3%", "12.3%"),
        ((0.0004, "percent"), "< 1%", "< 1%"),
        ((0, "percent"), "0%", "0%"),
        ((date(2026, 10, 5), "day"), "05/10/2026", "5 Oct 2026"),
        ((date(2026, 10, 1), "month"), "out/2026", "Oct 2026"),
        ((datetime(2026, 10, 5, 12, 30, tzinfo=UTC), "moment"), "05/10/2026 09:30", "5 Oct 2026 09:30"),
        ((12.9, "years"), "12 anos", "12 anos"),
        ((0.5, "years"), "6 meses", "6 meses"),
        ((None, "money"), "–", "–"),
        (("", "word:situation"), "–", "–"),
        (("ativo", "word:situation"), "Ativo", "Ativo"),
        ((True, ""), "sim", "sim"),
        (("texto", ""), "texto", "texto"),
    ],
)
def test_values_are_written_as_people_read_them(told: tuple[object, str], portuguese: str, english: str) -> None:
    with translation.override("pt-br"):
        assert shown(*told) == portuguese
    if not any(word in english for word in ("anos", "meses", "Ativo", "sim")):  # words are the catalogue's
        with translation.override("en"):
            assert shown(*told) == english


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=2))
def test_money_reads_back(amount: Decimal) -> None:
    with translation.override("pt-br"):
        text = formats.money(amount)
    sign = -1 if text.startswith("−") else 1
    plain = text.replace("−", "").replace("R$", "").replace("\u00a0", "").replace(".", "").replace(",", ".")
    assert sign * Decimal(plain) == amount


def test_every_tone_has_its_words() -> None:
    for kind, tones in wording.TONES.items():
        assert set(tones) <= set(wording.WORDS[kind]), kind


def test_unknown_codes_are_shown_as_stored() -> None:
    assert wording.word("situation", "novo_codigo") == "novo_codigo"
    assert wording.word("situation", None) == "–"
    assert (wording.city("SAOPAULO"), wording.city("RIBEIRAOREDONDO")) == ("São Paulo", "Ribeiraoredondo")


def test_a_change_too_small_to_be_shown_has_no_sign_before_its_size() -> None:
    assert "−3%" in delta(-0.03)
    assert "< 1%" in html.unescape(delta(-0.004))
    assert "−<" not in html.unescape(delta(-0.004))
    assert "caiu" in delta(-0.004)


def test_every_icon_named_exists() -> None:
    drawn = set(re.findall(r'id="([^"]+)"', (assets._DIST / assets.sprite()).read_text()))
    named = {place.icon for place in PLACES} | {
        tone.icon for tones in wording.TONES.values() for tone in tones.values()
    }
    folder = settings.WEB / "templates"
    for path in folder.rglob("*.html"):
        named |= set(re.findall(r'\{% icon "([^"]+)"', path.read_text()))
        named |= set(re.findall(r'icon="([^"]+)"', path.read_text()))
    assert named <= drawn, named - drawn


# ------------------------------------------------------------------ charts and tables


def test_a_chart_and_its_table_tell_the_same() -> None:
    table = Table(
        [Column("Nome", "", "x"), Column("Valor", "money", "value"), Column("Ver", "", "link")],
        [("<b>Á</b>", Decimal("10.50"), "/clientes/?q=a"), ("B", None, "")],
    )
    figure = Chart("teste", "bar", "Título", "Leitura.", table)
    page = Template("{% load parts %}{% chart figure %}").render(Context({"figure": figure}))
    found = re.search(r'<script id="teste-data" type="application/json">(.*?)</script>', page, re.DOTALL)
    assert found
    drawn = json.loads(found[1])
    assert drawn["rows"] == [["<b>Á</b>", 10.5, "/clientes/?q=a"], ["B", None, ""]]
    assert [column["part"] for column in drawn["columns"]] == ["x", "value", "link"]
    assert "<b>Á</b>" not in page
    assert '<a class="quiet-door" href="/clientes/?q=a">&lt;b&gt;Á&lt;/b&gt;</a>' in page
    assert '<td class="num">R$\u00a010,50</td>' in page
    assert 'aria-label="Título. Leitura."' in page


def test_tables_escape_what_they_show() -> None:
    wide = table_html(Table([Column(name) for name in ("A", "B & C", "D", "E")], [(1, 2, 3, 4)]), "Tudo")
    assert '<td>1</td><td data-label="B &amp; C">2</td>' in wide
    assert "as-cards" in wide
    assert '<td class="nowrap">30/04/2025</td>' in table_html(
        Table([Column("Dia", "day")], [(date(2025, 4, 30),)]), "Dias"
    )
    empty = table_html(Table([Column(name) for name in "ABCD"], [(None, None, 3, 4)]), "Tudo")
    assert '<td>–</td><td data-label="B" data-none>–</td>' in empty, "a card on a phone leaves out what says nothing"
    html = table_html(Table([Column("A & B")], [("<script>",), (None,)]), "Tudo <aqui>")
    assert "&lt;script&gt;" in html
    assert "A &amp; B" in html
    assert "Tudo &lt;aqui&gt;" in html
    assert "<td>–</td>" in html


def test_capabilities_of_places_are_real() -> None:
    assert all(place.capability is None or place.capability in Capability for place in PLACES)


def test_requests_of_nobody_have_an_empty_frame(rf: RequestFactory) -> None:
    from b2shift.web.console.shell import Shell

    request: HttpRequest = rf.get("/")
    frame = Shell(request)
    assert (frame.links, frame.units, frame.unit, frame.theme, frame.density) == ([], [], "", "", "comfortable")


def test_a_tile_is_a_door_where_it_has_rows_to_open() -> None:
    drawn = Template('{% load parts %}{% tile "MRR" "10" href="/x/" meaning="Soma" note="hoje" %}{% tile "MRR" "10" %}')
    text = " ".join(drawn.render(Context()).split())
    assert '<a class="tile" href="/x/" title="Soma">' in text
    assert re.search(r'<div class="tile" ?>', text)
    assert (text.count("<a "), text.count("</a>"), text.count("<div "), text.count("</div>")) == (1, 1, 1, 1)
    assert '<span class="tile-note">hoje</span>' in text


@pytest.mark.parametrize("role", Role)
def test_no_page_shows_a_tag_as_text(signed_in: SignIn, role: Role) -> None:
    """A tag put together from pieces breaks when a formatter moves them apart."""
    browser = signed_in(role)
    for path in ("/", "/clientes/10000/", "/segmentos/s0/"):
        assert not re.findall(r"<\s|</\s", browser.get(path).text), path
