"""A delivery sent on a page: what it is, who may load it, how far the load is, and what came of it."""

import io
import zipfile
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from b2shift.cli.contracts import LoopSummary, SourceLine, StepTime
from b2shift.kernel.errors import DropError, InputError, LakeBusyError
from b2shift.kernel.progress import Progress
from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import Role
from b2shift.web.crm.turn import alone
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.ledger.trail import Doer
from b2shift.web.loading import orders
from b2shift.web.loading.models import LoadOrder
from b2shift.web.watch.models import HouseNotice

SignIn = Callable[[Role], Client]
People = dict[Role, User]
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
SENT = {"tickets.csv": b"a;b\n1;2\n", "minhas_notas.csv": b"x;y\n1;2\n"}


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(settings, "HOME", tmp_path)
    return tmp_path


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Processes that a page would start."""
    found: list[str] = []
    monkeypatch.setattr(orders, "start_command", lambda *words: found.append(" ".join(words)))
    return found


def upload(browser: Client, name: str = "entrega.zip") -> Any:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for file, content in SENT.items():
            archive.writestr(file, content)
    return browser.post("/fontes/cargas-pedidas/enviar/", {"files": [SimpleUploadedFile(name, packed.getvalue())]})


def summary(*, changed: bool = True, message: str = "") -> LoopSummary:
    line = SourceLine(
        source="tickets", files=1, missing=0, failed=0, rows_read=1300, rows_accepted=1200, rows_rejected=100,
        values_repaired=40, message=message,
    )  # fmt: skip
    steps = tuple(StepTime(step=name, label=name, seconds=60, share=0.5) for name in ("ingest", "commit"))
    return LoopSummary(
        home=Path("x"), version=7, changed=changed, as_of=date(2026, 10, 31), seed=7, customers=1500, sources=(line,),
        segments=(), proposals=(), published=True, steps=steps, seconds=120, peak_memory_mb=1,
    )  # fmt: skip


def ordered(people: People, files: tuple[str, ...] = ("tickets.csv",)) -> LoadOrder:
    return orders.place(Doer(people[Role.ANALYST], "", None, "web"), files, NOW)


def test_only_who_looks_after_sources_sends_and_loads(signed_in: SignIn, home: Path, started: list[str]) -> None:
    for role in Role:
        browser, allowed = signed_in(role), role in (Role.ANALYST, Role.ADMINISTRATOR)
        assert browser.get("/fontes/cargas-pedidas/").status_code == (200 if allowed else 403), role
        assert upload(browser).status_code == (302 if allowed else 403), role
        if not allowed:
            assert browser.post("/fontes/cargas-pedidas/pedir/").status_code == 403, role
            assert browser.post("/fontes/cargas-pedidas/retomar/").status_code == 403, role
    assert (started, LoadOrder.objects.count()) == ([], 0)


def test_a_delivery_is_looked_at_then_loaded_by_a_process_of_its_own(
    signed_in: SignIn, people: People, home: Path, started: list[str]
) -> None:
    browser = signed_in(Role.ANALYST)
    address = upload(browser).headers["Location"]
    page = browser.get(address)
    assert {one.name: one.source for one in page.context["look"].arrivals} == {
        "tickets.csv": "tickets", "minhas_notas.csv": ""}  # fmt: skip
    assert "1 de 2 arquivos tem uma fonte que o lê" in page.text
    assert "dados_clientes" in page.text, "what never came is told"
    assert not (home / "inbox").exists(), "nothing is loaded before it is asked for"
    assert browser.post(address).headers["Location"] == "/fontes/cargas-pedidas/"
    assert sorted(path.name for path in (home / "inbox").iterdir()) == ["tickets.csv"]
    assert started == ["source load --wait"]
    order = LoadOrder.objects.get()
    assert (order.files, order.ordered_by, order.state) == (["tickets.csv"], people[Role.ANALYST], "a_fazer")
    event = AuditEvent.objects.get(action="load_ordered")
    assert (event.actor, event.details["files"]) == (people[Role.ANALYST], ["tickets.csv"])
    page = browser.get("/fontes/cargas-pedidas/").text
    assert "Na fila" in page
    assert "every 3s" in page


def test_what_no_source_reads_is_not_loaded(signed_in: SignIn, home: Path, started: list[str]) -> None:
    browser = signed_in(Role.ANALYST)
    sent = browser.post("/fontes/cargas-pedidas/enviar/", {"files": [SimpleUploadedFile("notas.csv", b"x;y\n1;2\n")]})
    assert "Carregar</button>" not in browser.get(sent.headers["Location"]).text
    refused = browser.post(sent.headers["Location"])
    assert "Nenhuma fonte lê estes arquivos" in refused.text
    assert (started, LoadOrder.objects.count()) == ([], 0)


def test_no_second_load_is_sent_or_asked_for_while_one_is_open(
    signed_in: SignIn, people: People, home: Path, started: list[str]
) -> None:
    browser = signed_in(Role.ANALYST)
    address = upload(browser).headers["Location"]
    ordered(people)
    for answer in (upload(browser), browser.post(address), browser.post("/fontes/cargas-pedidas/pedir/")):
        assert answer.status_code == 400
        assert "Uma carga já está em curso" in answer.text
    assert not (home / "inbox").exists()
    assert started == []


def test_what_waits_in_the_folder_is_loaded(signed_in: SignIn, home: Path, started: list[str]) -> None:
    browser = signed_in(Role.ADMINISTRATOR)
    assert "Não há arquivo a carregar" in browser.post("/fontes/cargas-pedidas/pedir/").text
    (home / "inbox").mkdir()
    (home / "inbox" / "tickets.csv").write_bytes(b"a;b\n")
    assert browser.post("/fontes/cargas-pedidas/pedir/").status_code == 302
    assert LoadOrder.objects.get().files == ["tickets.csv"]


def test_a_load_tells_how_far_it_is_and_when_it_should_end(
    signed_in: SignIn, people: People, home: Path, started: list[str]
) -> None:
    browser, seen, last = signed_in(Role.ANALYST), [], []
    ordered(people)
    assert orders.carry_out(lambda _drop, _progress: summary()) == 1

    def run(drop: Path, progress: Progress) -> LoopSummary:
        assert drop == home / "inbox"
        progress("Ciclo", 0, 2, "ingest")
        progress("Ler e limpar", 900, 1000)
        seen.append((browser.get("/fontes/cargas-pedidas/").text, LoadOrder.objects.first()))
        progress("Ciclo", 1, 2, "commit")
        progress("publicação", 1, 1)
        last.append(LoadOrder.objects.values_list("share", flat=True)[0])
        return summary(message="tickets.csv: em quarentena")

    ordered(people)
    assert orders.carry_out(run) == 1
    [(page, order)] = seen
    assert last == [0.99], "the last step is not the end"
    assert order is not None
    assert "ingest (45" in page, "nine tenths of a step that took half of the load before"
    assert "falta cerca de 1 minuto, pelo que levou a carga de antes" in page
    assert 60 < (order.expected_at - datetime.now(UTC)).total_seconds() < 70
    page = browser.get("/fontes/cargas-pedidas/").text
    assert "Versão 7, dados até 31/10/2026: 1.500 clientes; 1.300 linhas lidas, 1.200 aceitas, 100 rejeitadas" in page
    assert "tickets.csv: em quarentena" in page
    assert "every 3s" not in page
    assert {one.title for one in HouseNotice.objects.filter(person=people[Role.ANALYST])} == {"A carga terminou"}


def test_a_first_load_tells_its_end_by_the_bytes_of_its_files(
    signed_in: SignIn, people: People, home: Path, started: list[str]
) -> None:
    browser, ends = signed_in(Role.ANALYST), []
    (home / "inbox").mkdir()

    def run(_drop: Path, progress: Progress) -> LoopSummary:
        progress("Ciclo", 0, 13, "Ler e limpar os arquivos")
        progress("Ler e limpar", 1, 2)
        order = LoadOrder.objects.first()
        assert order is not None
        assert order.share > 0.05, "what the first step has done counts"
        ends.append((order.expected_at - datetime.now(UTC)).total_seconds())
        assert "pelo tamanho dos arquivos e pelo que já foi feito" in browser.get("/fontes/cargas-pedidas/").text
        return summary(changed=False)

    for size in (1_000, 50_000_000):
        with (home / "inbox" / "tickets.csv").open("wb") as file:
            file.truncate(size)
        ordered(people)
        orders.carry_out(run)
    assert ends[1] > 2 * ends[0], "a load that changed nothing says nothing of the next"


def test_an_end_that_has_passed_is_not_promised(signed_in: SignIn, people: People, home: Path) -> None:
    order = ordered(people)
    LoadOrder.objects.filter(pk=order.pk).update(state="em_curso", step="Segmentar", share=0.5, expected_at=NOW)
    with alone(home, orders.WORK):
        assert "deve terminar a qualquer momento" in signed_in(Role.ANALYST).get("/fontes/cargas-pedidas/").text
        LoadOrder.objects.filter(pk=order.pk).update(expected_at=datetime.now(UTC) + timedelta(seconds=30))
        assert "falta menos de um minuto" in signed_in(Role.ANALYST).get("/fontes/cargas-pedidas/").text


def test_a_load_that_changes_nothing_says_so(signed_in: SignIn, people: People, home: Path) -> None:
    ordered(people)
    orders.carry_out(lambda _drop, _progress: summary(changed=False))
    assert "Nada mudou" in signed_in(Role.ANALYST).get("/fontes/cargas-pedidas/").text


@pytest.mark.parametrize(
    ("error", "state", "raises"),
    [
        (DropError("A entrega está vazia"), "falhou", nullcontext()),
        (LakeBusyError("Outra execução está escrevendo"), "a_fazer", pytest.raises(LakeBusyError)),
        (RuntimeError("pane"), "falhou", pytest.raises(RuntimeError)),
    ],
)
def test_what_stops_a_load_is_kept_with_it(
    signed_in: SignIn, people: People, home: Path, error: Exception, state: str, raises: AbstractContextManager[object]
) -> None:
    def fail(_drop: Path, _progress: Progress) -> LoopSummary:
        raise error

    ordered(people)
    with raises:
        orders.carry_out(fail)
    order = LoadOrder.objects.get()
    assert (order.state, str(error) in order.problem or repr(error) in order.problem) == (state, True)
    assert HouseNotice.objects.filter(title="A carga não deu certo").exists() == (state == "falhou")
    assert order.problem.split(".")[0].split("(")[0] in signed_in(Role.ANALYST).get("/fontes/cargas-pedidas/").text
    assert orders.carry_out(lambda _drop, _progress: summary()) == (1 if state == "a_fazer" else 0)


def test_a_killed_load_is_told_and_gone_on_with(
    signed_in: SignIn, people: People, home: Path, started: list[str]
) -> None:
    def killed(_drop: Path, _progress: Progress) -> LoopSummary:
        raise KeyboardInterrupt

    browser = signed_in(Role.ANALYST)
    ordered(people)
    with pytest.raises(KeyboardInterrupt):
        orders.carry_out(killed)
    page = browser.get("/fontes/cargas-pedidas/").text
    assert "Interrompida" in page
    with alone(home, orders.WORK):
        assert "Interrompida" not in browser.get("/fontes/cargas-pedidas/").text
    assert browser.post("/fontes/cargas-pedidas/retomar/").status_code == 302
    assert started == ["source load --wait"]
    assert orders.carry_out(lambda _drop, _progress: summary()) == 1
    assert LoadOrder.objects.get().state == "feita"


def test_an_order_needs_files(people: People, home: Path) -> None:
    with pytest.raises(InputError, match="Não há arquivo"):
        ordered(people, ())
