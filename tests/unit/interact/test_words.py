"""What the engine writes in Portuguese is what Python would write."""

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from b2shift.interact.evaluation import words
from b2shift.interact.policy.vocabulary import metrics
from b2shift.kernel.money import format_brl, format_number

CON = duckdb.connect()
cents = st.integers(-(10**12), 10**12)


def said(sql: str) -> object:
    return CON.execute(f"SELECT {sql}").fetchall()[0][0]


@given(cents)
def test_money_as_the_kernel_writes_it(amount: int) -> None:
    sign = "-" if amount < 0 else ""
    decimal = f"CAST('{sign}{abs(amount) // 100}.{abs(amount) % 100:02d}' AS DECIMAL(18,2))"
    assert said(words.money(decimal)) == format_brl(amount / 100)


@given(st.floats(-1e9, 1e9), st.sampled_from([0, 1, 2]))
def test_numbers_as_the_kernel_writes_them(value: float, decimals: int) -> None:
    assert said(words.number(f"CAST({value!r} AS DOUBLE)", decimals)) == format_number(value, decimals)


@pytest.mark.parametrize(
    ("sql", "text"),
    [
        (words.number("-0.04", 1), "0,0"),
        (words.number("-1234.5", 1), "−1.234,5"),
        (words.number("1234.56", 1), "1.234,6"),
        (words.counted("0", "fatura", "faturas"), "0 faturas"),
        (words.counted("1", "fatura", "faturas"), "1 fatura"),
        (words.counted("1.4", "hora", "horas", 1), "1,4 hora"),
        (words.counted("1.6", "hora", "horas"), "2 horas"),
        (words.day("DATE '2025-03-01'"), "01/03/2025"),
        (words.month("DATE '2025-03-01'"), "março de 2025"),
        (words.joined("['a']"), "a"),
        (words.joined("['a', 'b']"), "a e b"),
        (words.joined("['a', 'b', 'c']"), "a, b e c"),
        (words.sentence("d'água {x} {{fim}}", {"x": "1"}), "d'água 1 {fim}"),
        (words.formatted(metrics()["usage_ratio"], "0.1234"), "12,3%"),
        (words.formatted(metrics()["usage_ratio"], "0.2", [0.2]), "20,0%"),
        (words.formatted(metrics()["usage_ratio"], "0.20001", [0.2]), "20,0010%"),
        (words.formatted(metrics()["overdue_amount"], "1234.5"), "R$ 1.234,50"),
        (words.formatted(metrics()["telemetry_modules"], "1"), "1 módulo"),
        (words.formatted(metrics()["line_cloud"], "FALSE"), "ainda não tem Cloud"),
        (words.formatted(metrics()["market_segment"], "'VAREJO'"), "VAREJO"),
    ],
)
def test_values_are_written_as_people_read_them(sql: str, text: str) -> None:
    assert said(sql) == text


@pytest.mark.parametrize(
    ("metric", "value", "text"),
    [
        ("usage_ratio", 0.15, "15%"),
        ("usage_ratio", 0.155, "15,5%"),
        ("days_disconnected", 7, "7 dias úteis"),
        ("telemetry_modules", 1, "1 módulo"),
        ("mrr", 2000, "R$ 2.000,00"),
        ("nps_value", -10, "−10"),
    ],
)
def test_thresholds_in_words(metric: str, value: float, text: str) -> None:
    assert words.threshold_text(metrics()[metric], value) == text


def test_every_metric_can_be_said() -> None:
    for metric in metrics().values():
        assert metric.label, metric.name
        assert metric.format == "boolean" or "{value}" in metric.phrase, metric.name
        assert metric.phrase[0].islower(), "it follows `O cliente`"
