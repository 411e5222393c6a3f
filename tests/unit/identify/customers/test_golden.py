"""The golden record against the definitions: situation, bands, votes, MRR of the last closed month, nobody lost."""

from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest
from tests.unit.identify.refined import Rows, fill

from b2shift.identify.api import build_customers, dated_by_months, newest_date
from b2shift.kernel.errors import StateError
from b2shift.lake.api import Session, writing

AS_OF = date(2025, 3, 31)
C = "TAAAAA"


def customers(home: Path, as_of: date = AS_OF, **tables: Rows) -> dict[str, dict[str, Any]]:
    with writing(home) as session:
        return golden(session, as_of, **tables)


def golden(session: Session, as_of: date, **tables: Rows) -> dict[str, dict[str, Any]]:
    if not any(name != "customer_registry" for name in tables):
        tables["activities"] = [{"activity_id": "a", "at": as_of}]
    fill(session, **tables)
    build_customers(session, as_of)
    rows = session.query("SELECT * FROM customers").to_pylist()
    assert [row["customer_id"] for row in rows] == sorted(row["customer_id"] for row in rows)
    assert {row["as_of"] for row in rows} <= {as_of}
    return {row["customer_id"]: row for row in rows}


def line(**told: Any) -> dict[str, Any]:
    return {"customer_id": C, "signed_on": date(2024, 1, 15), **told}


@pytest.mark.parametrize(
    ("situations", "expected"),
    [
        (["ATIVO"], "ativo"),
        (["CANCELADO", "ATIVO", "GRATUITO"], "ativo"),
        (["GRATUITO", "CANCELADO"], "gratuito"),
        (["GRATUITO", "PENDENTE"], "gratuito"),
        (["PENDENTE", "CANCELADO"], "pendente"),
        (["CANCELADO"], "cancelado"),
        (["CANCELADO", "TROCADO", "SUSPENSO", None], "cancelado"),
        (["TROCADO"], "outro"),
        (["SUSPENSO", "FATURAR"], "outro"),
        ([None], "outro"),
        ([], "outro"),
    ],
)
def test_situation(tmp_path: Path, situations: list[str | None], expected: str) -> None:
    found = customers(
        tmp_path,
        customer_registry=[{"customer_id": C, "customer_since": date(2020, 1, 1)}],
        contract_lines=[line(situation=situation) for situation in situations],
        activities=[{"activity_id": "a", "at": AS_OF}],
    )[C]
    assert found["situation"] == expected
    assert found["lines"] == len(situations)
    assert found["active_lines"] == situations.count("ATIVO")


@pytest.mark.parametrize(
    ("values", "band"),
    [
        (["-0.0001"], "negativo"),
        (["5", "-5"], "zero"),
        ([None], "zero"),
        (["0.0001"], "ate_5k"),
        (["5000"], "ate_5k"),
        (["5000.0001"], "5_20k"),
        (["20000"], "5_20k"),
        (["20000.0001"], "20_100k"),
        (["100000"], "20_100k"),
        (["100000.0001"], "100_500k"),
        (["500000"], "100_500k"),
        (["500000.0001"], "500k_1m"),
        (["999999.9999", "0.0001"], "500k_1m"),
        (["1000000.0001"], "acima_1m"),
    ],
)
def test_contract_bands_are_closed_on_the_right(tmp_path: Path, values: list[str | None], band: str) -> None:
    lines = [line(value=None if value is None else Decimal(value)) for value in values]
    found = customers(tmp_path, contract_lines=lines)[C]
    assert found["contract_band"] == band
    assert found["contract_total"] == sum((Decimal(value) for value in values if value is not None), Decimal(0))


def test_a_customer_without_lines_has_a_contract_of_zero(tmp_path: Path) -> None:
    found = customers(tmp_path, customer_registry=[{"customer_id": C, "customer_since": date(2020, 1, 1)}])[C]
    assert (found["lines"], found["contract_total"], found["contract_band"]) == (0, 0, "zero")
    assert (found["name"], found["revenue_range"], found["revenue_band"]) == (
        C, "Sem Informações de Faturamento", "sem_info",
    )  # fmt: skip
    assert (found["mrr"], found["mrr_12m"], found["families"], found["owner_id"]) == (0, None, [], None)
    assert (found["purchases_12m"], found["purchases_12m_value"], found["business_units"]) == (0, 0, ["totvs_gestao"])


@pytest.mark.parametrize(
    ("days", "band", "onboarding"),
    [
        (0, "ate_3", True),
        (365, "ate_3", True),
        (366, "ate_3", False),
        (1095, "ate_3", False),  # 2.998 years
        (1096, "3_10", False),  # 3.0007
        (3652, "3_10", False),  # 9.9986
        (3653, "mais_10", False),  # 10.0014
    ],
)
def test_tenure_bands(tmp_path: Path, days: int, band: str, onboarding: bool) -> None:
    since = AS_OF - timedelta(days=days)
    found = customers(tmp_path, customer_registry=[{"customer_id": C, "customer_since": since}])[C]
    assert (found["customer_since"], found["tenure_band"], found["onboarding"]) == (since, band, onboarding)
    assert found["tenure_years"] == pytest.approx(days / 365.25, abs=1e-12)


def test_without_any_date_tenure_is_unknown(tmp_path: Path) -> None:
    found = customers(
        tmp_path,
        customer_registry=[{"customer_id": C}],
        contract_lines=[line(signed_on=None)],
        activities=[{"activity_id": "a", "at": AS_OF}],
    )[C]
    assert (found["customer_since"], found["tenure_years"], found["tenure_band"], found["onboarding"]) == (
        None, None, None, False,
    )  # fmt: skip


def test_the_first_line_dates_a_customer_whose_registration_has_no_date(tmp_path: Path) -> None:
    found = customers(
        tmp_path,
        customer_registry=[{"customer_id": C}, {"customer_id": "TBBBBB", "customer_since": date(2019, 5, 1)}],
        contract_lines=[
            line(signed_on=date(2023, 5, 2)),
            line(signed_on=date(2021, 7, 9)),
            line(customer_id="TBBBBB", signed_on=date(2018, 1, 1)),
        ],
        activities=[{"activity_id": "a", "at": AS_OF}],
    )
    assert found[C]["customer_since"] == date(2021, 7, 9)
    assert found["TBBBBB"]["customer_since"] == date(2019, 5, 1), "the registry decides when it has a date"


def test_mrr_is_that_of_the_last_closed_month_and_never_a_sum_of_months(tmp_path: Path) -> None:
    def month(day: date, mrr: str, family: str | None, customer: str = C) -> dict[str, Any]:
        return {"customer_id": customer, "month": day, "product_family": family, "mrr": Decimal(mrr)}

    ledger = [
        month(date(2025, 2, 1), "100.10", "CRM"),
        month(date(2025, 3, 1), "70.05", "VAREJO"),
        month(date(2025, 3, 1), "30.07", "CRM"),
        month(date(2025, 3, 1), "0.00", "TECHFIN"),
        month(date(2025, 3, 1), "5.00", None),
        month(date(2025, 4, 1), "999", "RH"),
        month(date(2025, 2, 1), "40", "TECHFIN", "TBBBBB"),
    ]
    registry = [{"customer_id": key, "customer_since": date(2020, 1, 1)} for key in (C, "TBBBBB")]
    told = {"customer_registry": registry, "revenue_monthly": ledger}
    on_the_last_day = customers(tmp_path / "a", date(2025, 3, 31), activities=happened(date(2025, 3, 31)), **told)
    assert on_the_last_day[C]["mrr"] == Decimal("105.12")
    assert on_the_last_day[C]["families"] == ["CRM", "VAREJO"]
    assert on_the_last_day[C]["business_units"] == ["rd_station", "totvs_gestao"]
    assert (on_the_last_day["TBBBBB"]["mrr"], on_the_last_day["TBBBBB"]["families"]) == (0, [])
    the_day_before = customers(tmp_path / "b", date(2025, 3, 30), activities=happened(date(2025, 3, 30)), **told)
    assert the_day_before[C]["mrr"] == Decimal("100.10")
    assert the_day_before["TBBBBB"]["business_units"] == ["techfin"]
    late_ledger = {**told, "revenue_monthly": [row for row in ledger if row["month"] < date(2025, 3, 1)]}
    behind = customers(tmp_path / "c", date(2025, 3, 31), activities=happened(date(2025, 3, 31)), **late_ledger)
    assert behind[C]["mrr"] == Decimal("100.10"), "a ledger that is a month behind is read up to its newest month"


def happened(day: date) -> Rows:
    return [{"activity_id": "a", "at": day}]


@pytest.mark.parametrize(
    ("spelled", "band"),
    [
        ("Faixa 00 - Ate 4,5 M", "ate_15m"), ("Faixa 02 - De 7,5 M ate 15 M", "ate_15m"),
        ("Faixa 03 - De 15 M ate 25 M", "15_50m"), ("Faixa 05 - De 35 M ate 50 M", "15_50m"),
        ("Faixa 06 - De 50 M ate 75 M", "50_150m"), ("Faixa 07 - De 75 M ate 150 M", "50_150m"),
        ("Faixa 08 - De 150 M ate 300 M", "acima_150m"), ("Faixa 11 - Acima de 850 M", "acima_150m"),
        ("Sem Informações de Faturamento", "sem_info"), ("sem informacoes", "sem_info"), (None, "sem_info"),
        ("outra coisa", "sem_info"),
    ],
)  # fmt: skip
def test_revenue_bands(tmp_path: Path, spelled: str | None, band: str) -> None:
    assert customers(tmp_path, contract_lines=[line(revenue_range=spelled)])[C]["revenue_band"] == band


def test_a_known_revenue_range_wins_over_any_number_of_unknown_ones(tmp_path: Path) -> None:
    lines = [line(revenue_range="Sem Informações de Faturamento")] * 5 + [line(revenue_range="Faixa 04 - x")]
    assert customers(tmp_path, contract_lines=lines)[C]["revenue_range"] == "Faixa 04 - x"


def test_votes_go_to_the_most_lines_then_to_the_most_money_then_to_the_alphabet(tmp_path: Path) -> None:
    lines = [
        line(market_segment="VAREJO", brand="B", cnae="z", value=Decimal(1)),
        line(market_segment="VAREJO", brand="A", cnae="a", value=Decimal(1)),
        line(market_segment="SAUDE", brand=None, cnae=None, value=Decimal(100)),
        line(market_segment=None, brand="C", cnae=None, value=Decimal(3)),
    ]
    found = customers(tmp_path, contract_lines=lines)[C]
    assert (found["market_segment"], found["brand"], found["cnae"]) == ("VAREJO", "C", "a")


def test_the_company_file_fills_in_and_the_valid_cnpj_is_kept(tmp_path: Path) -> None:
    company = {"customer_id": C, "city": "SANTOS", "state": "SP", "employees": 9}
    found = customers(
        tmp_path,
        contract_lines=[line(city="CURITIBA")],
        companies=[
            {**company, "name": "Errada", "cnpj": "11", "cnpj_valid": False},
            {**company, "name": "Certa Ltda", "cnpj": "22", "cnpj_valid": True},
            {"customer_id": "ORPHAN", "name": "Não é cliente"},
        ],
        activities=happened(AS_OF),
    )
    assert list(found) == [C]
    assert (found[C]["name"], found[C]["cnpj"], found[C]["city"], found[C]["state"]) == (
        "Certa Ltda", "22", "CURITIBA", "SP",
    )  # fmt: skip


def test_owner_hosting_and_hirings(tmp_path: Path) -> None:
    found = customers(
        tmp_path,
        contract_lines=[line()],
        opportunities=[
            {"opportunity_id": "O1", "customer_id": C, "owner_id": "U1", "created_on": date(2025, 3, 1)},
            {"opportunity_id": "O2", "customer_id": C, "owner_id": "U2", "created_on": date(2025, 3, 1)},
            {"opportunity_id": "O3", "customer_id": C, "owner_id": None, "created_on": date(2025, 3, 2)},
        ],
        quote_items=[
            {"customer_id": C, "hosting": "CLOUD", "quoted_on": date(2025, 1, 1), "total": Decimal(5)},
            {"customer_id": C, "hosting": "LOCAL", "quoted_on": date(2025, 1, 1), "total": Decimal(6)},
            {"customer_id": C, "hosting": None, "quoted_on": date(2025, 1, 1), "total": Decimal(60)},
        ],
        purchases_12m=[{"customer_id": C, "purchases": 2, "value": Decimal("10.5")}],
        mrr_vendor=[{"customer_id": C, "mrr_12m": Decimal("1.234567")}],
        activities=happened(AS_OF),
    )[C]
    assert (found["owner_id"], found["hosting"], found["purchases_12m"]) == ("U2", "LOCAL", 2)
    assert (found["purchases_12m_value"], found["mrr_12m"]) == (Decimal("10.5"), Decimal("1.234567"))


def test_on_the_newest_date_nobody_is_lost_whatever_their_dates(tmp_path: Path) -> None:
    found = customers(
        tmp_path,
        customer_registry=[
            {"customer_id": "T00001", "customer_since": date(2049, 12, 31)},
            {"customer_id": "T00002"},
            {"customer_id": "T00003", "customer_since": date(2020, 1, 1)},
        ],
        contract_lines=[{"customer_id": "T00004"}, {"customer_id": "T00004"}, {"customer_id": None}],
        activities=happened(AS_OF),
    )
    assert list(found) == ["T00001", "T00002", "T00003", "T00004"]
    assert found["T00001"]["customer_since"] is None
    assert found["T00004"]["lines"] == 2


def test_on_an_earlier_date_the_base_is_what_it_was(tmp_path: Path) -> None:
    then = date(2024, 6, 30)
    found = customers(
        tmp_path,
        then,
        customer_registry=[
            {"customer_id": "T00001", "customer_since": date(2020, 1, 1)},
            {"customer_id": "T00002", "customer_since": date(2024, 7, 1)},
            {"customer_id": "T00003"},
        ],
        contract_lines=[
            {"customer_id": "T00001", "signed_on": date(2020, 1, 1), "situation": "ATIVO", "value": Decimal(1)},
            {"customer_id": "T00001", "signed_on": date(2024, 7, 1), "situation": "ATIVO", "value": Decimal(2)},
            {"customer_id": "T00001", "signed_on": None, "situation": "ATIVO", "value": Decimal(4)},
            {"customer_id": "T00003", "signed_on": date(2024, 6, 30)},
            {"customer_id": "T00004", "signed_on": date(2024, 7, 1)},
            {"customer_id": "T00002", "signed_on": date(2024, 7, 1)},
        ],
        activities=happened(AS_OF),
    )
    assert list(found) == ["T00001", "T00003"]
    assert (found["T00001"]["lines"], found["T00001"]["contract_total"]) == (2, 5)
    assert found["T00003"]["customer_since"] == then


def test_a_random_base_agrees_with_a_count_by_hand(tmp_path: Path) -> None:
    chance = Random(5)
    keys = [f"T{n:05d}" for n in range(60)]
    lines = [
        {
            "customer_id": chance.choice(keys),
            "situation": chance.choice(["ATIVO", "CANCELADO", "GRATUITO", "PENDENTE", "TROCADO", None]),
            "value": chance.choice([None, Decimal(chance.randrange(-500, 400_000)) / 100, Decimal("7.5")]),
            "signed_on": chance.choice([None, date(2024, 1, 1) - timedelta(days=chance.randrange(5000))]),
            "market_segment": chance.choice(["VAREJO", "SAUDE", "MANUFATURA", None]),
            "state": chance.choice(["SP", "MG", "EX", None]),
        }
        for _ in range(240)
    ]
    found = customers(tmp_path, contract_lines=lines, activities=happened(AS_OF))
    by_customer = defaultdict(list)
    for one in lines:
        by_customer[one["customer_id"]].append(one)
    assert set(found) == set(by_customer)
    for key, own in by_customer.items():
        count = Counter(one["situation"] for one in own)
        order = [s for s in ("ATIVO", "GRATUITO", "PENDENTE", "CANCELADO") if count[s]]
        assert found[key]["situation"] == (order[0].lower() if order else "outro")
        assert found[key]["contract_total"] == sum((one["value"] or Decimal(0) for one in own), Decimal(0))
        assert found[key]["customer_since"] == min((o["signed_on"] for o in own if o["signed_on"]), default=None)
        for attribute in ("market_segment", "state"):
            assert found[key][attribute] == elected(own, attribute)


def elected(lines: list[dict[str, Any]], attribute: str) -> str | None:
    votes: dict[str, tuple[int, Decimal]] = {}
    for one in lines:
        if one[attribute] is not None:
            count, worth = votes.get(one[attribute], (0, Decimal(0)))
            votes[one[attribute]] = count + 1, worth + (one["value"] or Decimal(0))
    return min(votes, key=lambda choice: (-votes[choice][0], -votes[choice][1], choice)) if votes else None


def test_a_second_build_is_not_computed_again_and_another_date_is(tmp_path: Path) -> None:
    with writing(tmp_path) as session:
        golden(session, AS_OF, contract_lines=[line()], activities=happened(AS_OF))
        session.commit(AS_OF)
    for as_of, computed in ((AS_OF, False), (date(2025, 2, 28), True)):
        with writing(tmp_path) as session:
            build_customers(session, as_of)
            assert session.recomputed("customers") is computed


def test_data_that_tell_months_only_are_dated_by_the_end_of_the_newest(tmp_path: Path) -> None:
    with writing(tmp_path) as session:
        fill(session, revenue_monthly=[{"customer_id": C, "month": date(2024, month, 1)} for month in (1, 2)])
        assert newest_date(session) == date(2024, 2, 29)
        assert dated_by_months(session)
        fill(session, invoices=[{"invoice_id": str(m), "issued_on": date(2025, m, 1)} for m in (8, 9)])
        assert newest_date(session) == date(2025, 9, 30)
        fill(
            session,
            invoices=[{"invoice_id": "1", "issued_on": date(2025, 9, 1)}],
            tickets=[{"ticket_id": "1", "created_on": date(2025, 8, 2)}],
        )
        assert newest_date(session) == date(2025, 9, 1), "an event is dated by its day"
        assert not dated_by_months(session)


def test_the_newest_date_is_that_of_any_ledger(tmp_path: Path) -> None:
    with writing(tmp_path) as session:
        fill(session)
        with pytest.raises(StateError, match="Nada no lake tem data"):
            newest_date(session)
        fill(
            session,
            tickets=[{"ticket_id": "1", "created_on": date(2025, 1, 2)}, {"ticket_id": "2"}],
            invoices=[{"invoice_id": "1", "issued_on": date(2025, 1, 1), "due_on": date(2026, 1, 1)}],
            revenue_monthly=[{"customer_id": C, "month": date(2025, 9, 1), "mrr": Decimal(1)}],
        )
        assert newest_date(session) == date(2025, 1, 2), "months and due dates lie ahead of what is known"
