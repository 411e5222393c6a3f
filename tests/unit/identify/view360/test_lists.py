"""Each list of the 360 with its exact rows, in its order, cut at its limit; nothing from after the date."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.unit.identify.refined import Rows, fill

from b2shift.identify.api import build_customer_360, build_customers, customer_360
from b2shift.identify.contracts import Customer360
from b2shift.lake.api import open_lake, writing

AS_OF = date(2025, 3, 31)
C, OTHER = "TAAAAA", "TBBBBB"
REGISTRY = [{"customer_id": key, "customer_since": date(2020, 1, 1)} for key in (OTHER, C)]


def seen(home: Path, as_of: date = AS_OF, **tables: Rows) -> Customer360:
    """The 360 of the customer; the other one never has anything."""
    if not tables.get("activities"):
        tables["activities"] = [
            {"activity_id": "x", "at": datetime.fromisoformat("2025-03-31 12:00"), "customer_id": "ORPHAN"}
        ]
    with writing(home) as session:
        fill(session, customer_registry=REGISTRY, **tables)
        build_customers(session, as_of)
        build_customer_360(session, as_of)
        session.commit(as_of)
    lake = open_lake(home)
    assert lake.query("SELECT customer_id FROM customer_360")["customer_id"].to_pylist() == [C, OTHER]
    nobody, found = customer_360(lake, OTHER), customer_360(lake, C)
    assert nobody is not None
    assert found is not None
    assert not [name for name, value in nobody if name != "customer_id" and value != ()]
    return found


def mine(**told: Any) -> dict[str, Any]:
    return {"customer_id": C, **told}


def test_a_base_without_rows_has_empty_lists(tmp_path: Path) -> None:
    found = seen(tmp_path)
    assert {name for name, value in found if value == ()} == set(Customer360.model_fields) - {"customer_id"}


def test_revenue_and_families_up_to_the_last_closed_month(tmp_path: Path) -> None:
    def month(number: int, family: str | None, mrr: str, users: int | None) -> dict[str, Any]:
        day = date(2025, number, 1)
        return mine(month=day, product_family=family, mrr=Decimal(mrr), licensed_users=users)

    found = seen(
        tmp_path,
        revenue_monthly=[
            month(2, "CRM", "20.10", 3), month(1, "CRM", "10.10", 2), month(1, "RH", "0", None),
            month(2, "RH", "20.10", None), month(2, "VAREJO", "99.99", 1), month(2, "CLOUD", "0", 1),
            month(1, "CLOUD", "5", 1), month(4, "CRM", "1", 1),
        ],
    )  # fmt: skip
    assert [(r.month.month, r.mrr, r.users) for r in found.revenue] == [
        (1, Decimal("15.10"), 3), (2, Decimal("140.19"), 5),
    ]  # fmt: skip
    assert [(f.product_family, f.mrr, f.since) for f in found.families] == [
        ("VAREJO", Decimal("99.99"), date(2025, 2, 1)),
        ("CRM", Decimal("20.10"), date(2025, 1, 1)),
        ("RH", Decimal("20.10"), date(2025, 2, 1)),
    ]


def test_usage_adds_hours_and_takes_the_line_with_most(tmp_path: Path) -> None:
    def used(month: int, line: int, **told: Any) -> dict[str, Any]:
        return mine(month=date(2025, month, 1), product_line=line, **told)

    found = seen(
        tmp_path,
        usage_monthly=[
            used(3, 2, hours=0.1, active_users=2, active_days=9, modules_used=1),
            used(3, 3, hours=0.2, active_users=1, active_days=20, modules_used=None),
            used(2, 2, hours=float("nan"), active_users=1, active_days=1, modules_used=1),
            used(4, 2, hours=9.0, active_users=1, active_days=1, modules_used=1),
        ],
    )
    assert [(u.month.month, u.hours, u.users, u.days, u.modules) for u in found.usage] == [
        (2, None, 1, 1, 1), (3, 0.3, 2, 20, 1),
    ]  # fmt: skip


def test_lines_newest_first_undated_last_cut_at_a_hundred(tmp_path: Path) -> None:
    lines = [mine(product=f"P{n:03d}", signed_on=date(2020, 1, 1) + timedelta(days=n)) for n in range(120)]
    undated = [mine(product="sem data", signed_on=None), mine(product="depois", signed_on=date(2025, 4, 1))]
    found = seen(tmp_path / "a", contract_lines=[*undated, *lines])
    assert [one.product for one in found.lines] == [f"P{n:03d}" for n in range(119, 19, -1)]
    few = seen(
        tmp_path / "b",
        contract_lines=[
            *undated[:1],
            mine(product="B", value=Decimal("1.5"), situation="ATIVO", revenue_line="SAAS", signed_on=date(2024, 1, 1)),
            mine(product="A", signed_on=date(2024, 1, 1)),
        ],
    )
    assert [one.product for one in few.lines] == ["A", "B", "sem data"]
    assert few.lines[1].model_dump() == {
        "product": "B", "revenue_line": "SAAS", "situation": "ATIVO", "value": Decimal("1.5"),
        "signed_on": date(2024, 1, 1),
    }  # fmt: skip


def test_answers_without_a_score_are_no_answers(tmp_path: Path) -> None:
    def answer(score: int | None, on: date | None, survey: str = "produto") -> dict[str, Any]:
        return mine(score=score, answered_on=on, survey=survey, **{"class": "promotor"})

    found = seen(
        tmp_path,
        nps_answers=[
            answer(9, date(2025, 3, 31)), answer(10, date(2025, 4, 1)), answer(None, date(2025, 3, 1)),
            answer(0, None), answer(3, date(2025, 3, 31), "suporte"),
        ],
    )  # fmt: skip
    assert [(a.survey, a.score, a.answered_on) for a in found.nps] == [
        ("produto", 9, date(2025, 3, 31)), ("suporte", 3, date(2025, 3, 31)), ("produto", 0, None),
    ]  # fmt: skip


def test_tickets_by_month_and_the_newest_fifty(tmp_path: Path) -> None:
    start = date(2025, 1, 15)
    tickets = [
        mine(ticket_id=f"{n:03d}", created_on=start + timedelta(days=n // 2), billing=n % 4 == 0,
             priority="urgent" if n % 10 == 0 else None)
        for n in range(60)
    ]  # fmt: skip
    tickets += [mine(ticket_id="later", created_on=date(2025, 4, 1)), mine(ticket_id="undated")]
    found = seen(tmp_path, tickets=tickets)
    assert [one.ticket_id for one in found.tickets] == [f"{n:03d}" for n in range(59, 9, -1)]
    assert [(m.month, m.total, m.billing, m.urgent) for m in found.tickets_monthly] == [
        (date(2025, 1, 1), 34, 9, 4), (date(2025, 2, 1), 26, 6, 2),
    ]  # fmt: skip


def test_days_late_count_to_the_payment_or_to_the_date(tmp_path: Path) -> None:
    def invoice(key: str, due: date | None, paid: date | None, status: str, issued: date | None) -> dict[str, Any]:
        return mine(invoice_id=key, due_on=due, paid_on=paid, status=status, issued_on=issued, amount=Decimal("9.90"))

    march = date(2025, 3, 1)
    found = seen(
        tmp_path / "now",
        invoices=[
            invoice("a", date(2025, 3, 10), date(2025, 3, 15), "PAGA", march),
            invoice("b", date(2025, 3, 10), date(2025, 3, 5), "PAGA", march),
            invoice("c", date(2025, 3, 10), None, "VENCIDA", march),
            invoice("d", date(2025, 4, 10), None, "ABERTA", march),
            invoice("e", date(2025, 3, 10), None, "CANCELADA", march),
            invoice("f", date(2025, 3, 10), None, "VENCIDA", None),
            invoice("g", None, None, "ABERTA", date(2025, 2, 1)),
            invoice("h", date(2025, 4, 30), None, "ABERTA", date(2025, 4, 1)),
        ],
    )
    assert [(i.invoice_id, i.days_late) for i in found.invoices] == [
        ("e", 0), ("d", 0), ("c", 21), ("b", 0), ("a", 5), ("g", 0), ("f", 21),
    ]  # fmt: skip
    earlier = seen(
        tmp_path / "then",
        date(2025, 3, 12),
        invoices=[invoice("a", date(2025, 3, 10), date(2025, 3, 15), "PAGA", march)],
    )
    assert [(i.paid_on, i.days_late) for i in earlier.invoices] == [(None, 2)], "the payment is not known yet"


def test_quotes_are_their_items_together(tmp_path: Path) -> None:
    def item(quote: str | None, on: date | None, total: str | None) -> dict[str, Any]:
        return mine(quote_id=quote, quoted_on=on, total=None if total is None else Decimal(total))

    march = date(2025, 3, 1)
    found = seen(
        tmp_path,
        quote_items=[
            item("Q1", march, "1.0001"), item("Q1", march, "2"), item("Q2", march, None), item("Q3", None, "5"),
            item(None, march, "7"), item("Q4", date(2025, 4, 1), "1"),
        ],
    )  # fmt: skip
    assert [(q.quote_id, q.items, q.total) for q in found.quotes] == [
        ("Q2", 1, None), ("Q1", 2, Decimal("3.0001")), ("Q3", 1, Decimal(5)),
    ]  # fmt: skip


def test_a_deal_is_open_until_the_day_it_closes(tmp_path: Path) -> None:
    deal = mine(
        opportunity_id="O1", kind="renovacao", result="perdido", loss_reason="preco", created_on=date(2025, 1, 1),
        closed_on=date(2025, 3, 1), value=Decimal("10"), stage="Perdido", owner_id="U1",
    )  # fmt: skip
    [closed] = seen(tmp_path / "a", opportunities=[deal]).opportunities
    assert (closed.result, closed.closed_on, closed.loss_reason) == ("perdido", date(2025, 3, 1), "preco")
    [still_open] = seen(tmp_path / "b", date(2025, 2, 28), opportunities=[deal]).opportunities
    assert (still_open.result, still_open.closed_on, still_open.loss_reason) == ("aberto", None, None)


def test_activities_campaigns_and_contacts(tmp_path: Path) -> None:
    def at(day: int, hour: int) -> datetime:
        return datetime.fromisoformat(f"2025-03-{day:02d} {hour:02d}:30:01")

    found = seen(
        tmp_path,
        activities=[
            mine(activity_id="a", at=at(30, 9), kind="visita", minutes=5, user_id="U1", result="avancou"),
            mine(activity_id="b", at=at(31, 23), kind="email"),
            mine(activity_id="c", at=datetime.fromisoformat("2025-04-01 00:00"), kind="email"),
        ],
        campaign_events=[
            mine(event_id=f"E{n:03d}", at=at(1, 0) + timedelta(minutes=n), kind="open", campaign_id="C1")
            for n in range(130)
        ],
        contacts=[mine(contact_id="K2", name="Zoé"), mine(contact_id="K1", consent_email=True)],
    )
    assert [(a.at, a.kind, a.minutes) for a in found.activities] == [
        (at(31, 23), "email", None), (at(30, 9), "visita", 5),
    ]  # fmt: skip
    assert len(found.campaigns) == 100
    assert found.campaigns[0].at == at(1, 2) + timedelta(minutes=9)
    assert [(c.contact_id, c.name, c.consent_email) for c in found.contacts] == [
        ("K1", None, True),
        ("K2", "Zoé", None),
    ]


def bin_of(seconds: float) -> int:
    return -3 if seconds < 0 else -2 if seconds == 0 else -1 if seconds < 1 else int(seconds).bit_length() - 1


def event(day: int, seconds: float, times: int = 1, status: str | None = "Desconectado", module: int = 1) -> Any:
    return mine(
        store="01", day=date(2025, 3, day), product_line=2, module=module, status=status, duration_bin=bin_of(seconds),
        events=times, duration=seconds * times,
    )  # fmt: skip


def test_telemetry_cuts_the_wildest_hundredth_at_a_power_of_two(tmp_path: Path) -> None:
    found = seen(
        tmp_path,
        usage_daily=[
            event(20, 3000, 98), event(20, 1e11, 1, module=2), event(20, 0, 50, module=3),
            event(20, -5, 2, "Conectado"),
            event(20, 100, 10, "Negado", module=4), event(21, 0.5, 4, None), event(21, 2000, 1),
        ],
    )  # fmt: skip
    # 104 positive sessions: 103 lie below 4,096 seconds, which is 99.04 % of them; the wild one counts 4,096.
    first, second = found.telemetry
    assert (first.day, first.events, first.connected, first.denied, first.modules) == (
        date(2025, 3, 20),
        161,
        151,
        10,
        4,
    )
    assert first.hours_capped == (98 * 3000 + 4096) / 3600
    assert (second.day, second.events, second.hours_capped) == (date(2025, 3, 21), 5, (2 + 2000) / 3600)


def test_a_few_wild_events_alone_are_no_reason_to_fail(tmp_path: Path) -> None:
    [day] = seen(tmp_path, usage_daily=[event(20, 9e10), event(20, 10)]).telemetry
    assert day.hours_capped == (9e10 + 10) / 3600
    assert day.events == 2
