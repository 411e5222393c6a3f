"""What customers were: the history of their attributes, the months' snapshots, the revenue bridge."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.unit.identify.sources.small import LINES, REGISTRY, write_small

from b2shift.identify.api import build_customers, ingest
from b2shift.lake.api import open_lake, writing

MARCH, APRIL, MAY = date(2025, 3, 31), date(2025, 4, 30), date(2025, 5, 15)
REVENUE = "cliente;mes;familia_produto;mrr;usuarios_contratados\n"
MONTHS = {
    "TFAAA1": {"2025-01-01": "100,00", "2025-02-01": "120,00", "2025-03-01": "90,00"},
    "TFBBB2": {"2024-12-01": "50,00", "2025-03-01": "60,00"},
    "TFCCC3": {"2025-02-01": "10,00", "2025-03-01": "10,00"},
}


def deliver(home: Path, drop: Path, as_of: date) -> None:
    with writing(home) as session:
        ingest(session, drop)
        build_customers(session, as_of)
        session.commit(as_of)


def history(home: Path, attribute: str) -> list[tuple[Any, ...]]:
    rows = open_lake(home).query(
        "SELECT customer_id, value, valid_from, valid_to, load, closed_by FROM customer_history WHERE attribute = $1 "
        "ORDER BY customer_id, valid_from",
        [attribute],
    )
    return [tuple(row.values()) for row in rows.to_pylist()]


def test_a_value_holds_until_a_run_sees_another(tmp_path: Path) -> None:
    home = tmp_path / "home"
    deliver(home, write_small(tmp_path / "a"), MARCH)
    deliver(home, write_small(tmp_path / "b", dados_clientes=LINES.replace("ATIVO;7", "CANCELADO;7")), APRIL)
    deliver(home, write_small(tmp_path / "a"), MAY)
    assert history(home, "situation") == [
        ("TFAAA1", "ativo", MARCH, None, 1, None),
        ("TFBBB2", "ativo", MARCH, APRIL, 1, 2),
        ("TFBBB2", "cancelado", APRIL, MAY, 2, 3),
        ("TFBBB2", "ativo", MAY, None, 3, None),
    ]


def test_the_same_day_again_tells_that_day_again(tmp_path: Path) -> None:
    home = tmp_path / "home"
    deliver(home, write_small(tmp_path / "a"), MARCH)
    deliver(home, write_small(tmp_path / "b", dados_clientes=LINES.replace("ATIVO;7", "CANCELADO;7")), APRIL)
    deliver(home, write_small(tmp_path / "c", dados_clientes=LINES.replace("ATIVO;7", "SUSPENSO;7")), APRIL)
    assert history(home, "situation")[1:] == [
        ("TFBBB2", "ativo", MARCH, APRIL, 1, 3),
        ("TFBBB2", "outro", APRIL, None, 3, None),
    ]
    deliver(home, write_small(tmp_path / "a"), APRIL)
    assert history(home, "situation")[1:] == [("TFBBB2", "ativo", MARCH, None, 1, None)]


def test_an_older_day_and_an_unknown_value_end_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    deliver(home, write_small(tmp_path / "a"), APRIL)
    deliver(home, write_small(tmp_path / "b", dados_clientes=LINES.replace("VAREJO", "SAUDE")), MARCH)
    assert history(home, "market_segment") == [
        ("TFAAA1", "VAREJO", APRIL, None, 1, None),
        ("TFBBB2", "VAREJO", APRIL, None, 1, None),
    ]
    deliver(home, write_small(tmp_path / "c", dados_clientes=LINES.replace("VAREJO", "")), MAY)
    assert {row[3] for row in history(home, "market_segment")} == {None}


def test_a_month_is_stored_once_and_the_base_grows(tmp_path: Path) -> None:
    home = tmp_path / "home"
    deliver(home, write_small(tmp_path / "a"), MARCH)
    more = REGISTRY + "TFCCC3;2025-04-02\r\n"
    deliver(home, write_small(tmp_path / "b", clientes_desde=more), APRIL)
    deliver(home, write_small(tmp_path / "c", clientes_desde=more, dados_clientes=LINES.replace("ATIVO", "X")), MAY)
    rows = open_lake(home).query(
        "SELECT month_end, count(*) AS n, any_value(load) AS load, min(situation) AS s FROM customer_months GROUP BY 1 "
        "ORDER BY 1"
    )
    assert [tuple(row.values()) for row in rows.to_pylist()] == [(MARCH, 2, 1, "ativo"), (APRIL, 3, 2, "ativo")]


def test_the_bridge_closes_and_shows_who_came_back(tmp_path: Path) -> None:
    rows = [f"{who};{month};ERP;{mrr};1" for who, told in MONTHS.items() for month, mrr in told.items()]
    registry = REGISTRY + "TFCCC3;2025-02-02\r\n"
    drop = write_small(tmp_path / "a", clientes_desde=registry, receita_mensal=REVENUE + "\n".join(rows) + "\n")
    deliver(tmp_path / "home", drop, MARCH)
    rows = open_lake(tmp_path / "home").query("SELECT * FROM revenue_bridge ORDER BY month").to_pylist()
    [january, february, march] = rows
    names = ("start", "new", "reactivated", "expansion", "contraction", "churned", "end")
    assert [january[f"{name}_mrr"] for name in names] == [Decimal(n) for n in (50, 100, 0, 0, 0, 50, 100)]
    assert [february[f"{name}_mrr"] for name in names] == [Decimal(n) for n in (100, 10, 0, 20, 0, 0, 130)]
    assert [march[f"{name}_mrr"] for name in names] == [Decimal(n) for n in (130, 0, 60, 0, 30, 0, 160)]
    counts = ("start", "new", "reactivated", "churned")
    assert [march[f"customers_{name}"] for name in counts] == [2, 0, 1, 0]
    assert march["nrr_12m"] is None


def test_a_single_month_that_was_lost_is_no_churn(tmp_path: Path) -> None:
    told = REVENUE + "".join(
        f"TFAAA1;{month};ERP;{mrr};1\n"
        for month, mrr in {"2025-01-01": "100,00", "0000-00-00": "100,00", "2025-03-01": "110,00"}.items()
    )
    deliver(tmp_path / "home", write_small(tmp_path / "a", receita_mensal=told), MARCH)
    rows = open_lake(tmp_path / "home").query("SELECT * FROM revenue_bridge ORDER BY month").to_pylist()
    assert [(row["churned_mrr"], row["end_mrr"]) for row in rows] == [(0, 100), (0, 110)]


def test_two_months_lost_at_the_same_price_are_no_churn_and_at_another_are(tmp_path: Path) -> None:
    told = REVENUE + "".join(
        f"{who};{month};ERP;{mrr};1\n"
        for who, back in (("TFAAA1", "104,00"), ("TFBBB2", "150,00"))
        for month, mrr in (("2024-12-01", "100,00"), ("2025-03-01", back))
    )
    deliver(tmp_path / "home", write_small(tmp_path / "a", receita_mensal=told), MARCH)
    rows = open_lake(tmp_path / "home").query("SELECT * FROM revenue_bridge ORDER BY month").to_pylist()
    assert [(row["churned_mrr"], row["reactivated_mrr"], row["end_mrr"]) for row in rows] == [
        (100, 0, 100), (0, 0, 100), (0, 150, 254),
    ]  # fmt: skip


def test_a_row_refused_is_carried_until_a_delivery_brings_it(tmp_path: Path) -> None:
    """In the base, the bridge and the families at once; then as if the first delivery had never been."""
    told = "".join(f"{who};2025-02-01;ERP;{mrr};1\n" for who, mrr in (("TFAAA1", "100,00"), ("TFBBB2", "50,00")))
    kept, lost = "TFBBB2;2025-03-01;ERP;50,00;1\n", "TF9ZZ9;2025-03-01;ERP;110,00;1\n"
    bills = "fatura_id;cliente;emissao;vencimento;pagamento;valor;situacao\n" + "".join(
        f"F{month}{who};{who};05/{month}/2025;20/{month}/2025;;{mrr};ABERTA\n"
        for month, who, mrr in (
            ("02", "TFAAA1", "100,00"), ("02", "TFBBB2", "50,00"), ("03", "TFAAA1", "110,00"), ("03", "TFBBB2", "50,00")
        )
    )  # fmt: skip
    first = write_small(tmp_path / "a", receita_mensal=REVENUE + told + kept + lost, faturas=bills)
    found = lost.replace("TF9ZZ9", "TFAAA1").replace("110,00", "108,00")
    second = write_small(tmp_path / "b", receita_mensal=REVENUE + told + kept + found, faturas=bills)
    deliver(tmp_path / "home", first, MARCH)
    assert _settled(tmp_path / "home") == ("carried", Decimal(110), Decimal(160), Decimal(0))
    deliver(tmp_path / "home", second, MARCH)
    assert _settled(tmp_path / "home") == ("delivered", Decimal(108), Decimal(158), Decimal(0))
    deliver(tmp_path / "alone", second, MARCH)
    tables = ("recurring_revenue", "revenue_bridge", "customers")
    over, alone = (
        [open_lake(tmp_path / home).query(f"SELECT * FROM {table} ORDER BY ALL").to_pylist() for table in tables]
        for home in ("home", "alone")
    )
    assert over == alone


def _settled(home: Path) -> tuple[Any, ...]:
    """Of the first customer's newest month: where it comes from, its MRR; and what the base pays, and lost."""
    lake = open_lake(home)
    rows = "SELECT origin, mrr FROM recurring_revenue WHERE customer_id = 'TFAAA1' AND month = DATE '2025-03-01'"
    [row] = lake.query(rows).to_pylist()
    [newest] = lake.query("SELECT end_mrr, churned_mrr FROM revenue_bridge ORDER BY month DESC LIMIT 1").to_pylist()
    [mine] = lake.query("SELECT mrr, families FROM customers WHERE customer_id = 'TFAAA1'").to_pylist()
    [base] = lake.query("SELECT sum(mrr) AS mrr FROM customers").to_pylist()
    assert (mine["mrr"], mine["families"], base["mrr"]) == (row["mrr"], ["ERP"], newest["end_mrr"])
    return row["origin"], row["mrr"], newest["end_mrr"], newest["churned_mrr"]
