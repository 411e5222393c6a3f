"""The source wizard: what may be sent, by whom, what is corrected, what is saved, and that the loader takes it."""

import io
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404
from django.test import Client
from tests.unit.identify.wizard.other_tables import billing_and_help_desk

from b2shift.identify.api import canonical_tables, check_source, propose_sources, write_sources
from b2shift.kernel.errors import InputError
from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import Role
from b2shift.web.console.sources import uploads
from b2shift.web.console.wording import word
from b2shift.web.ledger.models import AuditEvent

SignIn = Callable[[Role], Client]
ENTER = (Role.ANALYST, Role.ADMINISTRATOR)
ACCOUNTS, _SUBSCRIPTIONS, _MRR, INVOICES, *_REST = billing_and_help_desk()
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Uploads and declarations go to a home of their own."""
    monkeypatch.setattr(settings, "HOME", tmp_path)
    return tmp_path


def table(name: str = "accounts.csv", content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, ACCOUNTS.content() if content is None else content)


def send(browser: Client, *files: SimpleUploadedFile) -> str:
    """Send files; the address of their proposal."""
    answer = browser.post("/fontes/enviar/", {"files": list(files)})
    assert answer.status_code == 302, answer.text
    return str(answer.headers["Location"])


def as_shown(browser: Client, address: str) -> dict[str, str]:
    """The form as the page fills it."""
    told: dict[str, str] = {}
    for n, one in enumerate(browser.get(address).context["proposals"]):
        declared = one["proposal"].declaration
        headers = [column["seen"].header for column in one["columns"]]
        told |= {f"{n}-use": "on", f"{n}-table": one["proposal"].table, f"{n}-was": one["proposal"].table}
        told |= {f"{n}-{name}": declared[name] for name in ("files", "owner", "freshness", "date_order", "decimal")}
        told[f"{n}-customer"] = str(headers.index(one["customer"].header)) if one["customer"] else ""
        told |= {f"{n}-col-{place}": column["to"] for place, column in enumerate(one["columns"])}
    return told


def test_only_who_looks_after_sources_enters_and_sends(signed_in: SignIn, home: Path) -> None:
    for role in Role:
        browser = signed_in(role)
        allowed = role in ENTER
        assert browser.get("/fontes/").status_code == (200 if allowed else 403), role
        assert browser.get("/fontes/tickets/").status_code == (200 if allowed else 403), role
        answer = browser.post("/fontes/enviar/", {"files": [table()]})
        assert answer.status_code == (302 if allowed else 403), role
        kept = list((home / "uploads").glob("*")) if (home / "uploads").exists() else []
        assert bool(kept) == allowed, role
        for folder in kept:
            uploads.shutil.rmtree(folder)
    assert Client().get("/fontes/").status_code == 302


def test_files_are_proposed_corrected_saved_and_then_declared(signed_in: SignIn, home: Path) -> None:
    browser = signed_in(Role.ANALYST)
    address = send(browser, table(), table("invoices.csv", INVOICES.content()))
    page = browser.get(address)
    assert [one["proposal"].table for one in page.context["proposals"]] == ["companies", "invoices"]
    assert "Invoice Number" in page.text
    form = as_shown(browser, address) | {"1-owner": "Financeiro", "1-files": "invoices-*.csv", "1-col-5": ""}
    assert not (home / "sources").exists()
    assert browser.post(address, form | {"do": "save"}).status_code == 302
    saved = (home / "sources" / "invoices.yaml").read_text()
    assert "analyst@empresa.example" in saved
    assert "invoices-*.csv" in saved
    assert "amount" not in saved.split("columns:")[1]
    for path in (home / "sources").glob("*.yaml"):
        assert check_source(path) == ()
    assert sorted(path.name for path in (home / "inbox").iterdir()) == ["accounts.csv", "invoices.csv"]
    listed = browser.get("/fontes/")
    assert [one.source for one in listed.context["sources"] if one.own] == ["accounts", "invoices"]
    assert "invoices-*.csv" in browser.get("/fontes/invoices/").text
    assert browser.get(address).status_code == 404


def test_targets_are_shown_in_words(signed_in: SignIn, home: Path) -> None:
    browser = signed_in(Role.ANALYST)
    page = browser.get(send(browser, table("invoices.csv", INVOICES.content()))).text
    assert '<option value="invoices"' in page
    assert ">Faturas</option>" in page
    assert ">Data de emissão</option>" in page
    for name, columns in canonical_tables().items():
        assert word("table", name) != name
        assert all(word("column", one) != one for one in columns if one not in {"mrr", "cnpj"})


def test_another_table_is_proposed_anew_and_a_source_can_stay_out(signed_in: SignIn, home: Path) -> None:
    browser = signed_in(Role.ANALYST)
    address = send(browser, table(), table("invoices.csv", INVOICES.content()))
    form = as_shown(browser, address)
    looked = browser.post(address, form | {"1-table": "opportunities", "do": "look"})
    assert [one["proposal"].table for one in looked.context["proposals"]] == ["companies", "opportunities"]
    del form["1-use"]
    assert browser.post(address, form | {"do": "save"}).status_code == 302
    assert [path.name for path in (home / "sources").iterdir()] == ["accounts.yaml"]


@pytest.mark.parametrize(
    "wrong",
    [{"1-col-0": "amount"}, {"1-col-0": "nada"}, {"1-table": "nada"}, {"0-use": None, "1-use": None}],
)
def test_what_cannot_be_is_reported_and_nothing_is_saved(
    signed_in: SignIn, home: Path, wrong: dict[str, str | None]
) -> None:
    browser = signed_in(Role.ANALYST)
    address = send(browser, table(), table("invoices.csv", INVOICES.content()))
    form = {name: value for name, value in {**as_shown(browser, address), **wrong}.items() if value is not None}
    answer = browser.post(address, form | {"do": "save"})
    assert answer.status_code == 400
    assert "Nada foi salvo" in answer.text
    assert not (home / "sources").exists()


def test_nothing_is_written_over(signed_in: SignIn, home: Path) -> None:
    browser = signed_in(Role.ANALYST)
    for expected in (302, 400):
        address = send(browser, table())
        assert browser.post(address, as_shown(browser, address) | {"do": "save"}).status_code == expected


def test_every_file_that_cannot_be_read_is_reported_and_the_others_go_on(signed_in: SignIn, home: Path) -> None:
    browser = signed_in(Role.ANALYST)
    bad = [table("contrato.pdf", b"%PDF"), table("fotos.zip", b"not a zip"), table("vazia.csv", b"")]
    address = send(browser, table(), *bad)
    page = browser.get(address)
    for name in ("contrato.pdf", "fotos.zip", "vazia.csv"):
        assert name in page.text
    assert [one["proposal"].file for one in page.context["proposals"]] == ["accounts.csv"]
    assert browser.post(address, as_shown(browser, address) | {"do": "save"}).status_code == 302
    assert [path.name for path in (home / "inbox").iterdir()] == ["accounts.csv"]


def test_where_no_file_can_be_read_all_are_reported(signed_in: SignIn, home: Path) -> None:
    browser = signed_in(Role.ANALYST)
    refused = browser.post("/fontes/enviar/", {"files": [table("a.pdf", b"%PDF"), table("b.exe", b"MZ")]})
    assert refused.status_code == 400
    assert "a.pdf" in refused.text
    assert "b.exe" in refused.text
    empty = browser.get(send(browser, table("c.csv", b""), table("d.csv", b"x\n")))
    assert empty.status_code == 400
    assert "c.csv" in empty.text
    assert "d.csv" in empty.text


def test_what_one_person_sent_is_not_anothers(signed_in: SignIn, home: Path) -> None:
    address = send(signed_in(Role.ANALYST), table())
    other = signed_in(Role.ADMINISTRATOR)
    assert other.get(address).status_code == 404
    assert other.post(f"{address}apagar/").status_code == 404
    assert signed_in(Role.ANALYST).post(f"{address}apagar/").status_code == 302
    assert list((home / "uploads").iterdir()) == []
    for odd in ("../../etc", "0" * 31, "x" * 32):
        assert other.get(f"/fontes/nova/{odd}/").status_code == 404


def test_too_much_is_refused_before_it_is_read(signed_in: SignIn, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "UPLOAD_BYTES", 2000)
    answer = signed_in(Role.ANALYST).post("/fontes/enviar/", {"files": [table("a.csv", b"a,b\n" * 1000)]})
    assert answer.status_code == 400
    assert "grande demais" in answer.text
    assert not (home / "uploads").exists()


def test_a_form_without_its_proof_of_origin_is_refused(people: dict[Role, User], home: Path) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(people[Role.ANALYST])
    assert browser.post("/fontes/enviar/", {"files": [table()]}).status_code == 403
    assert not (home / "uploads").exists()


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("../../etc/passwd.csv", "passwd.csv"),
        ("C:\\dados\\Base de clientes.XLSX", "Base de clientes.xlsx"),
        ("..\\..\\.bashrc.csv", "bashrc.csv"),
        ("-rf $(id);`x`.csv", "rf _(id)__x_.csv"),
        ("a\x00b\nc.csv", "a_b_c.csv"),
        ("negócios (1).csv", "negócios (1).csv"),
        ("n" * 300 + ".csv", "n" * 100 + ".csv"),
    ],
)
def test_names_cannot_hurt(told: str, kept: str) -> None:
    assert uploads.safe_name(told) == kept


@pytest.mark.parametrize("told", ["", ".csv", "....csv", "run.exe", "tabela", "a.csv.sh", "/"])
def test_what_is_no_table_is_refused_by_name(told: str) -> None:
    with pytest.raises(InputError):
        uploads.safe_name(told)


def archive(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as told:
        for name, content in members.items():
            told.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return out.getvalue()


def keep(user: User, *files: SimpleUploadedFile) -> list[str]:
    key, refused = uploads.receive(user, files, NOW)
    assert not refused
    return [path.name for path in uploads.sent(user, key)]


def test_an_archive_is_unpacked_flat(people: dict[Role, User], home: Path) -> None:
    inside = archive(**{"pasta__accounts_dot_csv": ACCOUNTS.content(), "..__..__up_dot_csv": b"a,b\n1,2\n"})
    assert keep(people[Role.ANALYST], table("tudo.zip", inside)) == ["accounts.csv", "up.csv"]
    assert not (home.parent / "up.csv").exists()


def test_bombs_are_refused_by_what_they_say_and_by_what_they_do(
    people: dict[Role, User], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "UPLOAD_BYTES", 100_000)
    bomb = archive(a_dot_csv=b"0" * 2_000_000)
    liar = bytearray(bomb)
    for place in range(len(liar) - 4):
        if liar[place : place + 4] == (2_000_000).to_bytes(4, "little"):
            liar[place : place + 4] = (1000).to_bytes(4, "little")
    for content in (bomb, bytes(liar)):
        for name in ("bomba.zip", "bomba.xlsx"):
            if name.endswith("xlsx") and content is not bomb:
                continue
            with pytest.raises(InputError):
                uploads.receive(people[Role.ANALYST], [table(name, content)], NOW)
    with pytest.raises(InputError):
        uploads.receive(people[Role.ANALYST], [table("z.zip", archive(b_dot_zip=archive(a_dot_csv=b"x")))], NOW)
    with pytest.raises(InputError):
        uploads.receive(people[Role.ANALYST], [table("z.zip", b"PK nothing")], NOW)
    assert list((home / "uploads").iterdir()) == []


def test_two_of_one_name_and_too_many_are_refused(people: dict[Role, User], home: Path) -> None:
    user = people[Role.ANALYST]
    key, refused = uploads.receive(user, [table("A.csv"), table("a.CSV")], NOW)
    assert ([path.name for path in uploads.sent(user, key)], len(refused)) == (["A.csv"], 1)
    uploads.discard(user, key)
    for files in ([table(f"{n}.csv") for n in range(21)], []):
        with pytest.raises(InputError):
            uploads.receive(user, files, NOW)
    assert not (home / "uploads").exists() or list((home / "uploads").iterdir()) == []


def test_what_nobody_declares_is_gone_in_a_day(people: dict[Role, User], home: Path) -> None:
    user = people[Role.ANALYST]
    key, _refused = uploads.receive(user, [table()], datetime.now(UTC))
    uploads.forget_old(datetime.now(UTC) + timedelta(hours=23))
    assert uploads.sent(user, key)
    uploads.forget_old(datetime.now(UTC) + timedelta(hours=25))
    with pytest.raises(Http404):
        uploads.sent(user, key)


@pytest.fixture
def declared(home: Path) -> str:
    """One declaration of the home: its text."""
    write_sources(propose_sources([written(home / "accounts.csv", ACCOUNTS.content())]), home)
    return (home / "sources" / "accounts.yaml").read_text("utf-8")


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_only_who_looks_after_sources_edits_deletes_and_undoes(signed_in: SignIn, home: Path, declared: str) -> None:
    path = home / "sources" / "accounts.yaml"
    for role in set(Role) - set(ENTER):
        browser = signed_in(role)
        for way in ("editar", "apagar"):
            assert browser.get(f"/fontes/accounts/{way}/").status_code == 403, role
        for way in ("editar", "apagar", "desfazer"):
            told = {"text": declared.replace("a combinar", "mudada"), "shown": declared}
            assert browser.post(f"/fontes/accounts/{way}/", told).status_code == 403, role
    assert path.read_text("utf-8") == declared
    assert not (home / "decisions").exists()
    assert not AuditEvent.objects.filter(action=AuditEvent.Action.SOURCE_CHANGED).exists()
    assert Client().get("/fontes/accounts/editar/").status_code == 302


def test_a_source_is_edited_deleted_and_put_back(signed_in: SignIn, home: Path, declared: str) -> None:
    browser, path = signed_in(Role.ANALYST), home / "sources" / "accounts.yaml"
    page = browser.get("/fontes/accounts/editar/")
    assert "kind: customer" in page.text
    crlf = declared.replace("owner: a combinar", "owner: Vendas").replace("\n", "\r\n")
    assert browser.post("/fontes/accounts/editar/", {"text": crlf, "shown": declared}).status_code == 302
    assert path.read_text("utf-8") == declared.replace("owner: a combinar", "owner: Vendas")
    assert "editada" in browser.get("/fontes/accounts/").text
    asked = browser.get("/fontes/accounts/apagar/").text
    assert "Ela diz quem é cliente" in asked
    assert "companies" in asked
    assert path.exists()
    assert browser.post("/fontes/accounts/apagar/").headers["Location"] == "/fontes/"
    assert not path.exists()
    assert browser.get("/fontes/accounts/").status_code == 404
    listed = browser.get("/fontes/").text
    assert "/fontes/accounts/desfazer/" in listed
    assert browser.post("/fontes/accounts/desfazer/").status_code == 302
    assert "owner: Vendas" in path.read_text("utf-8")
    told = AuditEvent.objects.filter(action=AuditEvent.Action.SOURCE_CHANGED).order_by("sequence")
    assert [one.details["change"] for one in told] == ["edited", "deleted", "restored"]


def test_a_wrong_edit_is_shown_by_line_and_nothing_is_kept(signed_in: SignIn, home: Path, declared: str) -> None:
    browser, path = signed_in(Role.ANALYST), home / "sources" / "accounts.yaml"
    wrong = declared.replace("kind: customer", "kind: custumer")
    line = 1 + wrong.split("kind: custumer")[0].count("\n")
    answer = browser.post("/fontes/accounts/editar/", {"text": wrong, "shown": declared})
    assert answer.status_code == 400
    assert f"linha {line}" in answer.text
    assert "kind: custumer" in answer.text
    path.write_text(declared.replace("a combinar", "outra pessoa"), "utf-8")
    late = browser.post("/fontes/accounts/editar/", {"text": declared, "shown": declared})
    assert late.status_code == 400
    assert "enquanto você a editava" in late.text
    assert "outra pessoa" in path.read_text("utf-8")
    for way in ("editar", "apagar"):
        assert browser.get(f"/fontes/tickets/{way}/").status_code == 404
    assert not (home / "decisions").exists()


def test_an_english_page_warns_in_english(signed_in: SignIn, home: Path) -> None:
    browser = signed_in(Role.ANALYST)
    User.objects.update(language="en")
    lines = "\n".join(f"{i},Deal {i},Proposal,{i}.5,2025-02-17" for i in range(40))
    file = table("deals.csv", f"Deal ID,Deal Name,Stage,Amount,Close Date\n{lines}\n".encode())
    page = browser.get(send(browser, file)).text
    assert "No column says whose customer the line is: only" in page


def test_comments_are_saved_in_the_language_of_the_page_and_shown_as_they_were_saved(
    signed_in: SignIn, home: Path
) -> None:
    browser = signed_in(Role.ANALYST)
    User.objects.update(language="en")
    address = send(browser, table("invoices.csv", INVOICES.content()))
    assert "name &#x27;Invoice Number&#x27;" in browser.get(address).text
    assert browser.post(address, as_shown(browser, address) | {"do": "save"}).status_code == 302
    saved = (home / "sources" / "invoices.yaml").read_text()
    assert saved.startswith("# Declared on the page by analyst@empresa.example on ")
    assert "name 'Invoice Number'" in saved
    User.objects.update(language="pt-br")
    assert "name &#x27;Invoice Number&#x27;" in browser.get("/fontes/invoices/").text
