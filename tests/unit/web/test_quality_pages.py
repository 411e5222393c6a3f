"""Quality as pages: sources, defects, and the drill, which never shows personal data."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.conf import LazySettings, settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from django.utils.translation import gettext
from tests.unit.web.factory import AS_OF, PAID, specs, stage, stage_all

from b2shift.identify.contracts import CategoryDoubt, Decision, LoadScore, RuleOutcome, SourceQuality
from b2shift.kernel.errors import AccessError
from b2shift.lake.api import writing
from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import Role
from b2shift.web.console.quality import review, scorecard
from b2shift.web.console.quality.sources import defect_picture, defects_of, sentence, sources_of
from b2shift.web.console.quality.words import settled_reason
from b2shift.web.console.templatetags.quality import visible
from b2shift.web.crm import rejects
from b2shift.web.crm.models import Load, QualityCount

SignIn = Callable[[Role], Client]
DRILLS = ("/qualidade/rejeitadas/", "/qualidade/corrigidos/", "/qualidade/receita/", "/qualidade/mudancas/")
# A rejected value as a whole word: the tokens of a page may have any three letters.
VALUE = re.compile(r"\bZZZ\d+\b")


def test_only_who_looks_after_data_enters(signed_in: SignIn) -> None:
    for role in Role:
        expected = 200 if role in (Role.ANALYST, Role.ADMINISTRATOR) else 403
        assert signed_in(role).get("/qualidade/").status_code == expected, role
    assert Client().get("/qualidade/").status_code == 302


@pytest.mark.parametrize("path", DRILLS)
def test_only_analysts_see_rows(signed_in: SignIn, path: str) -> None:
    for role in Role:
        answer = signed_in(role).get(path)
        assert answer.status_code == (200 if role is Role.ANALYST else 403), role
        assert bool(VALUE.search(answer.text)) is (role is Role.ANALYST and path == "/qualidade/rejeitadas/")
    assert Client().get(path).status_code == 302
    assert signed_in(Role.ANALYST).post(path).status_code == 405


def test_the_reader_itself_refuses(people: dict[Role, User]) -> None:
    for read in (rejects.rejected_rows, rejects.repaired_values):
        with pytest.raises(AccessError):
            read(people[Role.ADMINISTRATOR], {})


def test_an_administrator_gets_counts_without_doors(signed_in: SignIn) -> None:
    page = signed_in(Role.ADMINISTRATOR).get("/qualidade/").text
    assert "tickets" in page
    assert 'href="/qualidade/relatorio.html"' in page
    assert "/qualidade/rejeitadas/" not in page
    assert "/qualidade/rejeitadas/?source=tickets" in signed_in(Role.ANALYST).get("/qualidade/").text


def test_sources_are_summed_over_their_files(people: dict[Role, User]) -> None:
    (row,) = sources_of(people[Role.ANALYST])
    assert (row.source, len(row.files), row.read, row.accepted, row.rejected, row.repaired) == (
        "tickets", 3, 300, 291, 9, 6,
    )  # fmt: skip
    assert row.rejected_share == pytest.approx(0.03)
    assert sentence([row]) == "3 arquivos lidos, 300 linhas; 3,00% rejeitadas."


def test_trouble_comes_first_and_is_reported(signed_in: SignIn, people: dict[Role, User]) -> None:
    Load.objects.create(file="mrr.csv", source="mrr", status="failed", message="Falta a coluna CLIENTE. Corrija.")
    Load.objects.create(file="a.csv", source="a", status="missing", message="O arquivo não veio.")
    rows = sources_of(people[Role.ANALYST])
    assert [row.source for row in rows] == ["mrr", "a", "tickets"]
    assert sentence(rows).endswith("; com erro: mrr; ausente: a.")
    page = signed_in(Role.ANALYST).get("/qualidade/").text
    assert "Falta a coluna CLIENTE. Corrija." in page
    assert "Com erro" in page


def test_evidence_of_a_file_is_shown(signed_in: SignIn) -> None:
    Load.objects.filter(file="tickets0.csv").update(
        encoding="latin-1", date_order="day_first", date_evidence="31 dias acima de 12", decimal_mark="comma",
        new_columns=["NOVA"],
    )  # fmt: skip
    page = signed_in(Role.ANALYST).get("/qualidade/").text
    for words in ("latin-1", "dia primeiro", "31 dias acima de 12", "vírgula", "NOVA"):
        assert words in page


def test_days_kept_of_an_earlier_file_are_written_as_days(signed_in: SignIn) -> None:
    Load.objects.filter(file="tickets0.csv").update(file="tickets0.csv (2025-03-17 a 2025-03-21)")
    assert "tickets0.csv, de 17/03/2025 a 21/03/2025" in signed_in(Role.ANALYST).get("/qualidade/").text


def test_the_files_of_a_source_scroll_by_keyboard_in_one_row(signed_in: SignIn) -> None:
    page = signed_in(Role.ANALYST).get("/qualidade/").text
    assert re.search(
        r'class="evidence-files"\s+tabindex="0"\s+role="group"\s+aria-label="Como foi lida: tickets"', page
    )


def test_defects_by_kind_and_treatment(people: dict[Role, User]) -> None:
    QualityCount.objects.create(source="mrr", file="m", kind="mojibake", column="c", treatment="repaired", count=90)
    QualityCount.objects.create(source="mrr", file="n", kind="mojibake", column="c", treatment="unknown", count=10)
    rows = defects_of(people[Role.ANALYST])
    assert (rows[0].label, rows[0].repaired, rows[0].unknown, rows[0].total) == ("Acentos trocados", 90, 10, 100)
    assert [row.kind for row in defects_of(people[Role.ANALYST], "tickets")] == ["orphan_key", "duplicate_row"]
    figure = defect_picture(rows)
    assert figure is not None
    assert list(figure.table.rows[0]) == ["Acentos trocados", 90, 10, 0]
    assert str(figure.reading) == "107 defeitos de 3 tipos; o mais comum é acentos trocados, 93% do total."
    assert defect_picture([]) is None


def test_a_source_in_the_address_keeps_its_defects(signed_in: SignIn) -> None:
    page = signed_in(Role.ANALYST).get("/qualidade/?source=tickets")
    assert "Defeitos em tickets" in page.text
    assert [row.source for row in page.context["defects"]] == ["tickets", "tickets"]


def test_rejected_rows_never_show_what_was_delivered(signed_in: SignIn) -> None:
    """The factory's rows were delivered as `linha com maria@example.com`; one column in two is declared."""
    browser = signed_in(Role.ANALYST)
    seen, cursor = [], "1"
    while cursor:
        answer = browser.get(f"/qualidade/rejeitadas/?cursor={cursor}")
        assert "maria" not in answer.text
        assert "linha com" not in answer.text
        seen += answer.context["page"].rows
        cursor = answer.context["page"].next
    assert len(seen) == 120
    declared = [row for row in seen if row.column == "CODIGO_ORGANIZACAO"]
    others = [row for row in seen if row.column == "codigo"]
    assert {row.value for row in declared} == {f"ZZZ{i}" for i in range(0, 120, 2)}
    assert {row.value for row in others} == {"•••"}
    assert {row.reason for row in others} == {"Cliente desconhecido: •••"}


def test_a_value_of_a_hidden_column_is_nowhere_on_the_page(signed_in: SignIn) -> None:
    page = signed_in(Role.ANALYST).get("/qualidade/rejeitadas/?column=codigo").text
    assert not VALUE.search(page)
    assert "Oculto: pode conter dados pessoais" in page


def test_repairs_of_personal_or_unknown_columns_are_not_shown(signed_in: SignIn) -> None:
    page = signed_in(Role.ANALYST).get("/qualidade/corrigidos/")
    assert [(row.column, row.before, row.after, row.count) for row in page.context["page"].rows] == [
        ("PRIORIDADE_TICKET", " Urgent ", "urgent", 10)
    ]
    for secret in ("joana", "Joana", "segredo", "Segredo"):
        assert secret not in page.text
    for column in ("nome", "coluna"):
        answer = signed_in(Role.ANALYST).get(f"/qualidade/corrigidos/?column={column}")
        assert answer.context["page"].rows == []
        assert "oana" not in answer.text


def test_revenue_that_stands_in_is_counted_and_opened(
    signed_in: SignIn, settings: LazySettings, tmp_path: Path
) -> None:
    origins = "['delivered', 'carried', 'dated'][1 + i % 3]"
    row = {
        **PAID,
        "origin": origins,
        "product_family": "'BACKOFFICE'",
        "reason": f"CASE WHEN {origins} <> 'delivered' THEN 'linha sem valor legível' END",
    }
    with writing(tmp_path) as session:
        stage_all(session)
        stage(session, specs()["identify"], "recurring_revenue", 60 * 14, row)
        session.commit(AS_OF)
    settings.HOME = tmp_path
    page = signed_in(Role.ANALYST).get("/qualidade/")
    told = page.context["settled"].rows
    assert [(label, every) for label, _is, _newest, _mrr, every, _door in told] == [
        ("Estimada", 280),
        ("Mês deduzido", 280),
    ]
    assert sum(newest for _label, _is, newest, *_ in told) == 40
    assert "/qualidade/receita/?origin=carried" in page.text
    assert "/qualidade/receita/" not in signed_in(Role.ADMINISTRATOR).get("/qualidade/").text
    rows = signed_in(Role.ANALYST).get("/qualidade/receita/?origin=carried").context["page"]
    assert rows.total == 280
    assert {one.origin for one in rows.rows} == {"carried"}
    assert rows.rows[0].month == date(2026, 10, 1)
    shown = signed_in(Role.ANALYST).get("/qualidade/receita/?origin=carried").text
    assert "linha sem valor legível" in shown
    assert ">Backoffice</td>" in shown, "the family by its word"
    with translation.override("en"):
        assert settled_reason("linha sem valor legível; vale o que falta na fatura do mês") == (
            f"{gettext('linha sem valor legível')}, {gettext('vale o que falta na fatura do mês')}"
        )
        assert "legível" not in settled_reason("linha sem valor legível")
    answer = signed_in(Role.ANALYST).get("/qualidade/receita/?origin=nada", headers={"HX-Request": "true"})
    assert answer.context["page"].rows == []
    assert "Nenhuma receita no lugar de outra" in answer.text


def test_filters_and_a_partial_answer(signed_in: SignIn) -> None:
    browser = signed_in(Role.ANALYST)
    assert browser.get("/qualidade/rejeitadas/?source=nada").context["page"].total == 0
    assert "Nenhuma linha rejeitada com estes filtros" in browser.get("/qualidade/rejeitadas/?source=nada").text
    answer = browser.get("/qualidade/rejeitadas/?kind=orphan_key", headers={"HX-Request": "true"})
    assert answer.context["page"].total == 120
    assert "<html" not in answer.text


def test_what_was_done_to_the_data_of_one_customer(signed_in: SignIn) -> None:
    browser = signed_in(Role.ANALYST)
    code = browser.get("/qualidade/rejeitadas/").context["page"].rows[0].customer_id
    of_one = {path: browser.get(path, {"customer": code}).context["page"] for path in DRILLS[:2]}
    assert [(page.total, len(page.rows)) for page in of_one.values()] == [(1, 1), (1, 1)]
    assert of_one["/qualidade/rejeitadas/"].rows[0].customer_id == code
    for path in DRILLS[:2]:
        assert browser.get(path, {"customer": "ninguém"}).context["page"].rows == []
    door = f"/qualidade/corrigidos/?customer={code}"
    assert door in browser.get(f"/clientes/{code}/").text
    assert door not in signed_in(Role.MARKETING).get(f"/clientes/{code}/").text


def test_a_filter_is_a_value_and_never_a_statement(signed_in: SignIn) -> None:
    answer = signed_in(Role.ANALYST).get("/qualidade/rejeitadas/", {"source": "x' OR true --", "column": '"; DROP'})
    assert answer.status_code == 200
    assert answer.context["page"].rows == []


@pytest.mark.parametrize("cursor", ["0", "-1", "abc", "99999", "1.5"])
def test_a_page_that_does_not_exist_is_refused(signed_in: SignIn, cursor: str) -> None:
    assert signed_in(Role.ANALYST).get(f"/qualidade/rejeitadas/?cursor={cursor}").status_code == 400


def test_before_any_delivery_the_page_says_what_to_do(signed_in: SignIn) -> None:
    Load.objects.all().delete()
    assert "Nenhuma entrega lida" in signed_in(Role.ANALYST).get("/qualidade/").text


@pytest.mark.parametrize(
    ("value", "told"),
    [(None, "vazio"), ("", "vazio"), ("  ", "␣␣"), (" a b ", "␣a b␣"), ("a\u00a0b", "a⍽b"), ("ab", "ab")],
)
def test_nothing_of_a_delivered_value_is_unseen(value: str | None, told: str) -> None:
    assert visible(value) == told


def test_pages_ask_few_questions(signed_in: SignIn) -> None:
    browser = signed_in(Role.ANALYST)
    for path, most in (("/qualidade/", 6), *((path, 6) for path in DRILLS)):
        with CaptureQueriesContext(connection) as asked:
            browser.get(path)
        assert len(asked) <= most, "\n".join(one["sql"][:300] for one in asked.captured_queries)


DOUBT = CategoryDoubt(
    vocabulary="sub_segment",
    delivered="PROVEDOR DE X",
    spelling="PROVEDOR X",
    rows=3,
    rows_of_spelling=90,
    confidence=0.9,
)
ANSWER = {"vocabulary": "sub_segment", "delivered": "PROVEDOR DE X", "spelling": "PROVEDOR X"}
REVIEW = "/qualidade/revisao/"


def test_a_doubt_is_answered_and_taken_back_by_analysts_only(
    signed_in: SignIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "HOME", tmp_path)
    monkeypatch.setattr(review, "lake", lambda: None)
    monkeypatch.setattr(review, "category_doubts", lambda lake, home: (DOUBT,))
    kept: list[Decision] = []
    monkeypatch.setattr(review, "decide_category", lambda lake, home, decision: kept.append(decision))
    monkeypatch.setattr(review, "category_decisions", lambda home: tuple(kept))
    for role in Role:
        client = signed_in(role)
        assert client.get(REVIEW).status_code == (200 if role is Role.ANALYST else 403), role
        said = client.post(f"{REVIEW}resposta/", ANSWER | {"answer": "accepted"})
        assert said.status_code == (302 if role is Role.ANALYST else 403), role
    assert [(one.answer, one.delivered) for one in kept] == [("accepted", "PROVEDOR DE X")]
    page = signed_in(Role.ANALYST).get(REVIEW).text
    assert "PROVEDOR DE X" in page
    assert kept[0].by in page
    for wrong in ({"answer": "perhaps"}, {"answer": "accepted", "delivered": ""}):
        assert signed_in(Role.ANALYST).post(f"{REVIEW}resposta/", ANSWER | wrong).status_code == 400
    assert len(kept) == 1


def test_the_scorecard_tells_notes_and_what_is_broken(signed_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    rule = RuleOutcome(
        rule="volume",
        about="",
        critical=True,
        value=0.2,
        passed=False,
        told="linhas contra a carga anterior: 0,2",
        load=2,
    )
    kept = rule.model_copy(update={"passed": True, "told": "preenchimento de status: 100%"})
    source = SourceQuality(
        source="tickets", rows_read=1, rows_accepted=1, rows_rejected=0, values_repaired=0, files=(), defects=(),
        rules=(rule, kept), scores=(LoadScore(load=1, score=100), LoadScore(load=2, score=40)), loads=(),
    )  # fmt: skip
    monkeypatch.setattr(scorecard, "_sources", lambda: (source,))
    [row] = scorecard.scorecard()
    assert (row.score, row.before, row.better, row.broken) == (40, 100, False, (rule,))
    chart = scorecard.scores_over_time()
    assert chart is not None
    assert chart.table.rows == [("1", 100.0), ("2", 40.0)]
    lost = scorecard.lost_over_time()
    assert lost is not None
    assert lost.table.rows == [("1", "tickets", 0), ("2", "tickets", 60)]
    assert "tickets é a fonte que mais perdeu: hoje 60 pontos." in str(lost.reading)
    page = signed_in(Role.ANALYST).get("/qualidade/").text
    assert "linhas contra a carga anterior: 0,2" in page
    assert "1 regra cumprida" in page
    assert "preenchimento de status: 100%" in page, "what was kept opens too"
