"""One customer: who may open it, what each role sees, scores as sentences, lists, timeline, people for a purpose."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from statistics import fmean

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from b2shift.identify.contracts import (
    Activity,
    Customer360,
    NpsAnswer,
    Opportunity,
    RevenueMonth,
    TicketMonth,
    UsageMonth,
)
from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import Role
from b2shift.web.console.customer import pictures, scores, tables, timeline
from b2shift.web.console.customers import cells
from b2shift.web.crm.models import Customer
from b2shift.web.crm.rank import Rank, churn_rank, score_card
from b2shift.web.crm.reading import visible_customers
from b2shift.web.ledger.models import AuditEvent

SignIn = Callable[[Role], Client]
SEES = (Role.EXECUTIVE, Role.MARKETING, Role.ANALYST, Role.MANAGER, Role.EXECUTOR)
SELLERS_WORK = (Role.ANALYST, Role.MANAGER, Role.EXECUTOR)
PART = {"HX-Request": "true"}
EMPTY = Customer360(
    customer_id="X", revenue=(), families=(), usage=(), lines=(), nps=(), tickets_monthly=(), tickets=(), invoices=(),
    quotes=(), opportunities=(), activities=(), campaigns=(), contacts=(), telemetry=(),
)  # fmt: skip


def own(people: dict[Role, User], role: Role) -> Customer:
    found = visible_customers(people[role]).filter(churn_90d__isnull=False).order_by("customer_id").first()
    assert found is not None
    return found


# ------------------------------------------------------------------ who may


@pytest.mark.parametrize("path", ["", "historico/", "listas/faturas/"])
def test_only_own_customers_open_and_others_look_like_none(
    signed_in: SignIn, people: dict[Role, User], path: str
) -> None:
    for role in SEES:
        seen = visible_customers(people[role])
        browser = signed_in(role)
        assert browser.get(f"/clientes/{own(people, role).customer_id}/{path}").status_code == 200, role
        other = Customer.objects.exclude(pk__in=seen.values("pk")).first()
        if other is not None:
            hidden = browser.get(f"/clientes/{other.customer_id}/{path}")
            nobody = browser.get(f"/clientes/ZZZZZZ/{path}")
            assert (hidden.status_code, nobody.status_code) == (404, 404)
            told = [re.sub(r"ZZZZZZ|" + other.customer_id, "?", one.content.decode()) for one in (hidden, nobody)]
            tokens = [re.sub(r'value="\w{64}"', "", one) for one in told]
            assert tokens[0] == tokens[1]
    assert signed_in(Role.ADMINISTRATOR).get(f"/clientes/10000/{path}").status_code == 403
    assert Client().get(f"/clientes/10000/{path}").status_code == 302


def test_every_figure_opens_a_place_of_the_page(signed_in: SignIn, people: dict[Role, User]) -> None:
    page = signed_in(Role.EXECUTOR).get(f"/clientes/{own(people, Role.EXECUTOR).customer_id}/").text
    asked = set(re.findall(r'href="#([^"]+)"', page))
    assert {"risco", "faturas-lista"} <= asked
    assert asked <= set(re.findall(r'\bid="([^"]+)"', page))


def test_the_nps_has_the_decimals_of_the_sentences_about_it(signed_in: SignIn, people: dict[Role, User]) -> None:
    one = visible_customers(people[Role.EXECUTOR]).filter(nps_value__isnull=False).order_by("customer_id")[0]
    Customer.objects.filter(pk=one.pk).update(nps_value=-34.48, nps_shrunk=False)
    assert "−34,5" in signed_in(Role.EXECUTOR).get(f"/clientes/{one.customer_id}/").text
    assert cells.nps(Customer.objects.get(pk=one.pk)) == "−34,5"


def test_codes_are_found_in_any_case(signed_in: SignIn) -> None:
    code = Customer.objects.filter(customer_id__startswith="C").values_list("customer_id", flat=True)[0]
    assert signed_in(Role.ANALYST).get(f"/clientes/{code.lower()}/").status_code == 200


def test_sellers_work_is_for_who_may(signed_in: SignIn, people: dict[Role, User]) -> None:
    for role in SEES:
        page = signed_in(role).get(f"/clientes/{own(people, role).customer_id}/").content.decode()
        assert ("Oportunidades" in page) == (role in SELLERS_WORK), role
        assert ("Ligação" in page) == (role in SELLERS_WORK), role
        listed = signed_in(role).get(f"/clientes/{own(people, role).customer_id}/listas/oportunidades/", headers=PART)
        assert ("Upsell" in signed_in(role).get(
            f"/clientes/{own(people, role).customer_id}/listas/oportunidades/").content.decode()) == (
            role in SELLERS_WORK
        )  # fmt: skip
        assert listed.status_code == 200


def test_no_page_holds_a_persons_data_before_a_purpose(signed_in: SignIn, people: dict[Role, User]) -> None:
    for role in SEES:
        page = signed_in(role).get(f"/clientes/{own(people, role).customer_id}/").content.decode()
        assert "segredo.example" not in page
        assert "Maria Pessoa" not in page


# ------------------------------------------------------------------ people, for a purpose


def test_people_are_shown_for_a_purpose_and_written_down(signed_in: SignIn, people: dict[Role, User]) -> None:
    customer = own(people, Role.EXECUTOR)
    url = f"/clientes/{customer.customer_id}/contatos/"
    answer = signed_in(Role.EXECUTOR).post(url, {"purpose": "atendimento"}, headers=PART)
    page = answer.content.decode()
    assert "segredo.example" in page
    assert "<html" not in page
    assert "Finalidade: Atendimento" in page
    event = AuditEvent.objects.filter(action=AuditEvent.Action.PERSONAL_READ).get()
    assert (event.actor, event.object_id, event.purpose) == (
        people[Role.EXECUTOR], customer.customer_id, "atendimento",
    )  # fmt: skip
    whole = signed_in(Role.EXECUTOR).post(url, {"purpose": "venda"}).content.decode()
    assert "<html" in whole
    assert "segredo.example" in whole


@pytest.mark.parametrize("purpose", ["", "curiosidade"])
def test_no_purpose_no_people(signed_in: SignIn, people: dict[Role, User], purpose: str) -> None:
    url = f"/clientes/{own(people, Role.EXECUTOR).customer_id}/contatos/"
    page = signed_in(Role.EXECUTOR).post(url, {"purpose": purpose}, headers=PART).content.decode()
    assert "segredo.example" not in page
    assert 'aria-invalid="true"' in page
    assert not AuditEvent.objects.filter(action=AuditEvent.Action.PERSONAL_READ).exists()


def test_people_are_for_who_may_and_by_post_only(signed_in: SignIn, people: dict[Role, User]) -> None:
    customer = own(people, Role.ANALYST).customer_id
    for role, status in ((Role.ANALYST, 403), (Role.EXECUTIVE, 403), (Role.ADMINISTRATOR, 403)):
        assert signed_in(role).post(f"/clientes/{customer}/contatos/", {"purpose": "venda"}).status_code == status
    assert signed_in(Role.EXECUTOR).get(f"/clientes/{customer}/contatos/").status_code == 405
    other = Customer.objects.exclude(owner="U0002").values_list("customer_id", flat=True)[0]
    assert signed_in(Role.EXECUTOR).post(f"/clientes/{other}/contatos/", {"purpose": "venda"}).status_code == 404
    assert not AuditEvent.objects.filter(action=AuditEvent.Action.PERSONAL_READ).exists()
    assert "pessoas" not in re.findall(
        r'id="(\w+)"', signed_in(Role.ANALYST).get(f"/clientes/{customer}/").content.decode()
    )


# ------------------------------------------------------------------ scores


def test_a_score_is_a_sentence() -> None:
    customer = Customer(customer_id="1", churn_90d=0.168)
    told = scores.churn_sentence(customer, Rank(25, 1390, 0.056))
    assert told == "3,0 vezes a média de 5,6%; 25º maior risco entre 1.390 clientes com receita."
    assert scores.churn_sentence(Customer(customer_id="1"), None) == ""
    for risk, words in ((0.0001, "menos de 0,1 vez"), (0.1092, "1,9 vez"), (0.112, "2,0 vezes")):
        told = scores.churn_sentence(Customer(customer_id="1", churn_90d=risk), Rank(1, 2, 0.056))
        assert told.startswith(f"{words} a média de 5,6%;")


def test_reasons_are_the_three_strongest_each_way() -> None:
    told = [
        {"score": "churn_90d", "phrase": f"r{n}", "value": "1", "peers": "2", "points": points}
        for n, points in enumerate([0.1, -0.5, 0.9, 0.3, 0.2, -0.1, 0, None])
    ] + [{"score": "health", "phrase": "outra", "points": 9}]
    found = scores.reasons_of(Customer(customer_id="1", reasons=told), "churn_90d")
    assert [one.phrase for one in found.up] == ["r2", "r3", "r4"]
    assert [one.phrase for one in found.down] == ["r1", "r5"]
    assert scores.reasons_of(Customer(customer_id="1", reasons=[]), "health") == scores.Reasons([], [])


def test_a_reason_names_the_market_segment_in_words() -> None:
    told = {"score": "health", "feature": "market_segment", "phrase": "Segmento", "value": "HOSPITALITY", "points": 1}
    [reason] = scores.reasons_of(Customer(customer_id="1", reasons=[told]), "health").up
    assert reason.value == "Hospitalidade"


def test_what_matters_now_is_the_most_pressing_first() -> None:
    calm = Customer(customer_id="1", situation="ativo")
    assert scores.now_sentence(calm, 0) == "Ativo, sem sinal de atenção na data de referência."
    pressed = Customer(
        customer_id="1",
        churn_band="alto",
        churn_90d=0.3,
        overdue_amount=Decimal(5),
        usage_trend=-0.42,
        days_disconnected=9,
    )
    assert scores.now_sentence(pressed, 2) == (
        "Risco alto de churn (30,0%); faturas em atraso; uso caiu 42% em 3 meses; 9 dias úteis sem conexão; "
        "2 contatos devidos."
    )


def test_the_rank_counts_the_whole_base(people: dict[Role, User]) -> None:
    scored = list(Customer.objects.filter(churn_90d__isnull=False).order_by("-churn_90d"))
    rank = churn_rank(scored[0])
    assert rank is not None
    assert (rank.place, rank.of) == (1, len(scored))
    assert rank.mean == pytest.approx(fmean(one.churn_90d or 0 for one in scored))
    last = churn_rank(scored[-1])
    assert last is not None
    assert last.place == last.of
    assert churn_rank(Customer(customer_id="1")) is None
    card = score_card("churn_90d")
    assert card is not None
    assert card.label == "Risco de churn"
    assert score_card("nenhum") is None


def test_a_customer_without_a_score_says_why(signed_in: SignIn) -> None:
    left = Customer.objects.filter(situation="cancelado").values_list("customer_id", flat=True)[0]
    page = signed_in(Role.ANALYST).get(f"/clientes/{left}/").content.decode()
    assert "não tem receita recorrente que possa ser cancelada" in page


# ------------------------------------------------------------------ pictures


def months(count: int) -> list[date]:
    return [date(2024 + n // 12, n % 12 + 1, 1) for n in range(count)]


def test_revenue_reads_itself() -> None:
    view = EMPTY.model_copy(
        update={
            "revenue": tuple(RevenueMonth(month=m, mrr=Decimal(100 + n), users=n) for n, m in enumerate(months(30)))
        }
    )
    figure = pictures.revenue(view)
    assert figure is not None
    assert len(figure.table.rows) == 24
    assert figure.reading == "R$\u00a0129,00 em jun/2026; subiu 22% desde jul/2024."
    assert pictures.revenue(EMPTY) is None
    assert [column.part for column in figure.table.columns] == ["x", "value", ""]


@pytest.mark.parametrize(
    ("language", "reading", "why"),
    [
        ("pt-br", "2 meses marcados não valem como vieram",
         "linha que não veio ou foi recusada, vale o valor do mês anterior"),
        ("en", "2 marked months are not as delivered",
         "a row that did not come or was refused, the amount of the month before counts"),
    ],
)  # fmt: skip
def test_months_that_were_settled_are_marked_and_explained(language: str, reading: str, why: str) -> None:
    reason = ("linha que não veio ou foi recusada; vale o valor do mês anterior",)
    told = tuple(
        RevenueMonth(month=m, mrr=Decimal(100), users=1, settled=reason if n > 2 else None)
        for n, m in enumerate(months(5))
    )
    with override(language):
        figure = pictures.revenue(EMPTY.model_copy(update={"revenue": told}))
    assert figure is not None
    assert reading in str(figure.reading)
    assert figure.table.columns[-1].part == "mark"
    assert [row[-1] for row in figure.table.rows] == ["", "", "", why, why]
    assert ("losango" in figure.note) or ("diamond" in figure.note)


def test_a_month_whose_revenue_could_not_be_read_is_a_gap() -> None:
    told = '{"month": "2026-05-01", "mrr": null, "users": 3}'
    view = EMPTY.model_copy(
        update={
            "revenue": (
                RevenueMonth(month=date(2026, 4, 1), mrr=Decimal(100), users=3),
                RevenueMonth.model_validate_json(told),
            )
        }
    )
    figure = pictures.revenue(view)
    assert figure is not None
    assert figure.table.rows[-1] == (date(2026, 5, 1), None, 3)
    assert figure.reading == "– em mai/2026."


def test_months_without_use_are_drawn_as_zero() -> None:
    view = EMPTY.model_copy(
        update={
            "usage": (
                UsageMonth(month=date(2026, 1, 1), hours=10.0, users=1, days=2, modules=1),
                UsageMonth(month=date(2026, 3, 1), hours=4.0, users=1, days=2, modules=1),
            ),
            "revenue": (RevenueMonth(month=date(2026, 4, 1), mrr=Decimal(1), users=None),),
        }
    )
    figure = pictures.usage(view)
    assert figure is not None
    assert [(row[0].month, row[1]) for row in figure.table.rows] == [(1, 10.0), (2, 0.0), (3, 4.0), (4, 0.0)]


def test_tickets_of_twelve_months_split_by_subject() -> None:
    view = EMPTY.model_copy(
        update={"tickets_monthly": (TicketMonth(month=date(2026, 10, 1), total=5, billing=2, urgent=1),
                                    TicketMonth(month=date(2024, 1, 1), total=9, billing=0, urgent=0))}
    )  # fmt: skip
    figure = pictures.tickets(view, date(2026, 10, 31))
    assert figure is not None
    assert len(figure.table.rows) == 12
    assert figure.table.rows[-1] == (date(2026, 10, 1), 3, 2, 1)
    assert figure.reading == "5 chamados em 12 meses; 40% de faturamento ou cobrança."


def test_long_lists_come_when_asked() -> None:
    many = tuple(
        NpsAnswer.model_validate(
            {"survey": "produto", "answered_on": date(2026, 1, 1), "score": n % 11, "class": "neutro", "product": None}
        )
        for n in range(20)
    )
    section = tables.answers(EMPTY.model_copy(update={"nps": many}))
    assert (len(section.first.rows), section.more, len(section.rest.rows)) == (6, 14, 14)
    assert len(section.whole.rows) == 20
    assert tables.answers(EMPTY).more == 0


def test_an_opportunity_is_named_by_its_kind_and_family() -> None:
    told = {"opportunity_id": "O1", "kind": "renovacao", "product_family": "HOSPITALIDADE"}
    one = Opportunity.model_validate(dict.fromkeys(Opportunity.model_fields) | told)
    both = (one, one.model_copy(update={"product_family": None}))
    rows = tables.opportunities(EMPTY.model_copy(update={"opportunities": both})).rows
    assert [row[0] for row in rows] == ["Renovação · Hospitalidade", "Renovação"]


def test_lists_nobody_knows_are_not_there(signed_in: SignIn) -> None:
    assert signed_in(Role.ANALYST).get("/clientes/10001/listas/segredos/").status_code == 404


# ------------------------------------------------------------------ timeline


def busy() -> Customer360:
    start = datetime(2026, 1, 1, 9, tzinfo=UTC)
    return EMPTY.model_copy(
        update={
            "activities": tuple(
                Activity(at=start + timedelta(days=n), kind="visita", result=None, minutes=None, user_id=None)
                for n in range(45)
            ),
            "nps": (
                NpsAnswer.model_validate(
                    {
                        "survey": "produto",
                        "answered_on": date(2026, 1, 20),
                        "score": 9,
                        "class": "promotor",
                        "product": "P",
                    }
                ),
                NpsAnswer.model_validate(
                    {"survey": "suporte", "answered_on": None, "score": 1, "class": "detrator", "product": None}
                ),
            ),
        }
    )


def test_the_timeline_is_whole_ordered_and_paged() -> None:
    pages = [timeline.page(busy(), [], number=n) for n in (1, 2, 3)]
    assert [len(page.events) for page in pages] == [20, 20, 6]
    assert [page.next for page in pages] == [2, 3, None]
    moments = [event.at for page in pages for event in page.events]
    assert moments == sorted(moments, reverse=True)
    assert pages[0].total == 46  # the answer without a date has no place in it
    assert pages[0].kinds == ["comercial", "nps"]
    assert timeline.page(busy(), [], kind="nps").events[0].title == "NPS 9 (Promotor)"
    assert timeline.page(busy(), [], number=9).events == []


def test_the_timeline_goes_on_where_it_stopped(signed_in: SignIn) -> None:
    browser = signed_in(Role.ANALYST)
    part = browser.get("/clientes/10001/historico/", headers=PART).content.decode()
    assert "<html" not in part
    assert "Chamado aberto: Dúvida" in part
    only = browser.get("/clientes/10001/historico/?tipo=financeiro", headers=PART).content.decode()
    assert "Fatura emitida" in only
    assert "Chamado aberto" not in only
    assert "<html" in browser.get("/clientes/10001/historico/?tipo=financeiro").content.decode()


@pytest.mark.parametrize("number", ["0", "-1", "x", "99999", "²"])
def test_pages_of_the_timeline_that_cannot_be(signed_in: SignIn, number: str) -> None:
    assert signed_in(Role.ANALYST).get("/clientes/10001/historico/", {"pagina": number}).status_code == 400


# ------------------------------------------------------------------ cost


@pytest.mark.parametrize("role", SEES)
def test_a_customer_costs_few_queries(signed_in: SignIn, people: dict[Role, User], role: Role) -> None:
    browser, code = signed_in(role), own(people, role).customer_id
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(f"/clientes/{code}/").status_code == 200
    assert len(asked) <= 17, "\n".join(one["sql"][:3000] for one in asked)
