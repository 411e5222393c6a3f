"""Due contacts as pages: own ones only, filters, sorts, pages, figures, the file and its trace."""

import csv
from collections.abc import Callable
from decimal import Decimal
from io import StringIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import Role
from b2shift.web.console.spreadsheet import cell
from b2shift.web.crm.models import Customer, Proposal
from b2shift.web.crm.reading import visible_customers, visible_proposals
from b2shift.web.ledger.models import AuditEvent

SignIn = Callable[[Role], Client]
SEES = (Role.EXECUTIVE, Role.MARKETING, Role.ANALYST, Role.MANAGER, Role.EXECUTOR)
EXPORTS = (Role.MARKETING, Role.ANALYST, Role.MANAGER, Role.EXECUTOR)


def listed(browser: Client, address: str = "") -> list[str]:
    """The due contacts a page lists, in order."""
    answer = browser.get(f"/contatos-devidos/{address}")
    assert answer.status_code == 200, answer.text[:2000]
    return [row.proposal_id for row in answer.context["page"].rows]


def test_only_roles_with_proposals_enter(signed_in: SignIn) -> None:
    for role in Role:
        assert signed_in(role).get("/contatos-devidos/").status_code == (200 if role in SEES else 403), role
    assert Client().get("/contatos-devidos/").status_code == 302


@pytest.mark.parametrize("role", SEES)
def test_each_sees_the_contacts_of_their_own_customers(signed_in: SignIn, people: dict[Role, User], role: Role) -> None:
    own = visible_customers(people[role])
    expected = set(Proposal.objects.filter(customer__in=own.values("customer_id")).values_list("pk", flat=True))
    page = signed_in(role).get("/contatos-devidos/")
    assert {row.pk for row in page.context["page"].rows} == expected
    assert page.context["summary"].total == len(expected)
    foreign = Proposal.objects.exclude(pk__in=expected)
    assert not [one.customer_id for one in foreign if f"/clientes/{one.customer_id}/" in page.text]


def test_evidence_names_its_tables_in_words(signed_in: SignIn) -> None:
    proof = {"metric": "renovacao", "label": "Renovação", "value": "1/1", "threshold": "30 dias"}
    Proposal.objects.update(evidence=[proof | {"source": "opportunities, customers"}])
    assert "Oportunidades, Cadastro" in signed_in(Role.ANALYST).get("/contatos-devidos/").text


def test_reason_evidence_and_rule_are_shown(signed_in: SignIn) -> None:
    page = signed_in(Role.ANALYST).get("/contatos-devidos/").text
    for words in ("Uso caiu 40 % em 30 dias", "50 %", "Queda de uso", "Ligar para o cliente", "Sem consentimento"):
        assert words in page
    assert 'href="/contatos-devidos/?rule=r0"' in page


@pytest.mark.parametrize(
    ("address", "keeps"),
    [
        ("?kind=retencao", lambda i: i % 2 == 0),
        ("?kind=retencao&rule=r1", lambda i: False),
        ("?trigger=date", lambda i: i % 2 == 1),
        ("?segment=s2", lambda i: i % 3 == 2),
        ("?owner=U0003", lambda i: i % 6 == 1 and i % 13 != 12),
        ("?blocked=1", lambda i: i % 5 == 0),
        ("?blocked=0&priority_min=20", lambda i: i % 5 != 0 and i >= 20),
        ("?customer=10007", lambda i: i == 7),
        ("?q=JOSE", lambda i: "JOSÉ" in (["Padaria", "Aço", "Clínica", "Ótica", "Grão", "JOSÉ"][i % 6])),
        ("?q=naoexiste", lambda i: False),
    ],
)
def test_filters_are_in_the_address(signed_in: SignIn, address: str, keeps: Callable[[int], bool]) -> None:
    found = set(listed(signed_in(Role.ANALYST), address))
    if address == "?q=JOSE":  # a third have a trade name too, by which they are found as well
        assert {f"p_{i}" for i in range(30) if keeps(i)} <= found
        return
    assert found == {f"p_{i}" for i in range(30) if keeps(i)}


@pytest.mark.parametrize("address", ["?priority_min=abc", "?blocked=talvez", "?sort=cor", "?cursor=inventado"])
def test_a_wrong_address_says_what_is_wrong(signed_in: SignIn, address: str) -> None:
    answer = signed_in(Role.ANALYST).get(f"/contatos-devidos/{address}")
    assert answer.status_code == 400
    assert any(word in answer.text for word in ("abc", "talvez", "cor", "inventado"))


def test_sorts(signed_in: SignIn) -> None:
    browser = signed_in(Role.ANALYST)
    assert listed(browser)[:2] == ["p_29", "p_28"]  # priority i, largest first
    assert listed(browser, "?sort=priority")[:2] == ["p_0", "p_1"]
    assert listed(browser, "?sort=-mrr")[0] == "p_29"
    due = Proposal.objects.in_bulk(listed(browser, "?sort=due_on"))
    days = [due[pk].due_on for pk in listed(browser, "?sort=due_on")]
    assert days == sorted(days)


def test_pages_follow_one_another(signed_in: SignIn, people: dict[Role, User]) -> None:
    template = Proposal.objects.get(pk="p_0")
    for n in range(80):
        template.pk, template.priority = f"q_{n:02}", n % 7
        template.save(force_insert=True)
    browser = signed_in(Role.ANALYST)
    seen: list[str] = []
    cursor = ""
    while True:
        answer = browser.get(f"/contatos-devidos/?cursor={cursor}")
        rows = answer.context["page"].rows
        assert len(rows) <= 50
        seen += [row.pk for row in rows]
        cursor = answer.context["page"].next
        if not cursor:
            break
    assert len(seen) == len(set(seen)) == visible_proposals(people[Role.ANALYST]).count() == 110


def test_figures_count_each_customer_once(signed_in: SignIn) -> None:
    """Two contacts with one customer: its money is told once."""
    twin = Proposal.objects.get(pk="p_1")
    twin.pk = "p_1b"
    twin.save(force_insert=True)
    found = signed_in(Role.ANALYST).get("/contatos-devidos/?customer=10001").context["summary"]
    assert found.total == 2
    assert found.mrr == Customer.objects.get(customer_id="10001").mrr


def test_late_and_week_are_against_the_date_of_reference(signed_in: SignIn) -> None:
    """The lake is as of 31 October 2026; the factory's contacts are due 3 to 7 November."""
    found = signed_in(Role.ANALYST).get("/contatos-devidos/").context["summary"]
    assert (found.total, found.late, found.week, found.blocked) == (30, 0, 30, 6)


def test_overdue_contacts_are_marked(signed_in: SignIn) -> None:
    Proposal.objects.filter(pk="p_3").update(due_on="2026-10-30")
    page = signed_in(Role.ANALYST).get("/contatos-devidos/?customer=10003")
    assert page.context["summary"].late == 1
    assert "atrasado" in page.text


def test_kinds_are_counted_without_the_filter_by_kind(signed_in: SignIn) -> None:
    kinds = signed_in(Role.ANALYST).get("/contatos-devidos/?kind=retencao&segment=s0").context["summary"].kinds
    assert {choice.value: choice.count for choice in kinds} == {"retencao": 5, "relacionamento": 5}


def test_filters_offer_only_what_the_person_sees(signed_in: SignIn) -> None:
    context = signed_in(Role.EXECUTOR).get("/contatos-devidos/").context
    offered = {field.name: dict(field.options) for field in [*context["first_fields"], *context["more_fields"]]}
    assert set(offered["owner"]) == {"U0002"}
    assert set(offered["segment"]) == {"s0"}


def test_empty_states(signed_in: SignIn, people: dict[Role, User]) -> None:
    assert "Nenhum contato com estes filtros" in signed_in(Role.ANALYST).get("/contatos-devidos/?q=nada").text
    User.objects.filter(pk=people[Role.EXECUTOR].pk).update(vendor_user_id="")
    page = signed_in(Role.EXECUTOR).get("/contatos-devidos/").text
    assert "Nenhum contato devido" in page
    assert 'href="/regua/"' in page


def test_a_partial_request_gets_list_and_sentence(signed_in: SignIn) -> None:
    answer = signed_in(Role.ANALYST).get("/contatos-devidos/?kind=retencao", headers={"HX-Request": "true"})
    assert "<html" not in answer.text
    assert 'id="list"' in answer.text
    assert 'id="sentence" hx-swap-oob="true"' in answer.text


def rows_of(answer: object) -> list[dict[str, str]]:
    """The rows of a CSV answer."""
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert text.startswith("\ufeff")
    return list(csv.DictReader(StringIO(text.removeprefix("\ufeff")), delimiter=";"))


def test_the_file_holds_the_rows_asked_for_and_leaves_a_trace(signed_in: SignIn, people: dict[Role, User]) -> None:
    answer = signed_in(Role.EXECUTOR).post("/contatos-devidos/exportar/?kind=retencao")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="contatos-devidos.csv"'
    rows = rows_of(answer)
    own = visible_proposals(people[Role.EXECUTOR]).filter(kind="retencao")
    assert {row["contato"] for row in rows} == set(own.values_list("pk", flat=True))
    assert rows[0]["tipo"] == "Retenção"
    assert rows[0]["MRR"] == str(own.order_by("-priority")[0].mrr_at_stake).replace(".", ",")
    event = AuditEvent.objects.get(action=AuditEvent.Action.EXPORT)
    assert event.actor == people[Role.EXECUTOR]
    assert event.details == {"rows": len(rows), "filters": {"kind": "retencao"}, "sort": "-priority"}


@pytest.mark.parametrize("role", [role for role in Role if role not in EXPORTS])
def test_who_may_not_export_leaves_with_nothing(signed_in: SignIn, role: Role) -> None:
    assert signed_in(role).post("/contatos-devidos/exportar/").status_code == 403
    assert not AuditEvent.objects.exists()
    assert 'action="/contatos-devidos/exportar/' not in signed_in(Role.EXECUTIVE).get("/contatos-devidos/").text


def test_the_file_is_asked_for_by_post_with_proof_of_origin(people: dict[Role, User]) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(people[Role.ANALYST])
    assert browser.get("/contatos-devidos/exportar/").status_code == 405
    assert browser.post("/contatos-devidos/exportar/").status_code == 403
    assert not AuditEvent.objects.exists()


def test_no_cell_of_a_file_is_a_formula(signed_in: SignIn) -> None:
    Customer.objects.filter(customer_id="10000").update(trade_name="=HYPERLINK(1)")
    Proposal.objects.filter(pk="p_0").update(reason="@SUM(A1)", action=" +1", blocked="\t=2")
    (row,) = rows_of(signed_in(Role.ANALYST).post("/contatos-devidos/exportar/?customer=10000"))
    assert row["nome"] == "'=HYPERLINK(1)"
    assert (row["razão"], row["ação"], row["impedimento"]) == ("'@SUM(A1)", "' +1", "'\t=2")


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, ""), (-5, "-5"), (Decimal("-1.50"), "-1,50"), (True, "sim"), ("-5", "'-5"), ("a;b", "a;b"),
        (["=a", "b"], "'=a, b"), ("＝1", "'＝1"), ("a\x00b", "ab"), ("São João", "São João"),
    ],
)  # fmt: skip
def test_cells(value: object, told: str) -> None:
    assert cell(value) == told


def test_pages_ask_few_questions(signed_in: SignIn) -> None:
    for role, most in ((Role.ANALYST, 14), (Role.MANAGER, 24)):
        browser = signed_in(role)
        with CaptureQueriesContext(connection) as asked:
            browser.get("/contatos-devidos/")
        assert len(asked) <= most, "\n".join(one["sql"][:300] for one in asked.captured_queries)
