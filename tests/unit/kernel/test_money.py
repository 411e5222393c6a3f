"""Reais as Brazilians write them."""

import math
from decimal import Decimal

import pytest

from b2shift.kernel.money import brl, english_amount, format_brl, format_brl_short, format_number


@pytest.mark.parametrize(
    ("amount", "text"),
    [(Decimal("1234.5"), "R$ 1.234,50"), (0, "R$ 0,00"), (-3.005, "−R$ 3,00"), (1_000_000, "R$ 1.000.000,00")],
)
def test_money_reads_as_pt_br(amount: Decimal | float, text: str) -> None:
    assert format_brl(amount) == text


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (950, "R$ 950,00"),
        (42_300, "R$ 42,3 mil"),
        (1_234_000, "R$ 1,23 mi"),
        (99_000_000, "R$ 99 mi"),
        (123_456_000, "R$ 123,5 mi"),
        (-2_500_000_000, "−R$ 2,5 bi"),
        (999.99, "R$ 999,99"),
        (999.999, "R$ 1 mil"),
        (999_949, "R$ 999,9 mil"),
        (999_950, "R$ 1 mi"),
        (999_950_000, "R$ 1 bi"),
        (0, "R$ 0,00"),
    ],
)
def test_short_money_keeps_the_scale_word(amount: float, text: str) -> None:
    assert format_brl_short(amount) == text


def test_short_money_in_english_ends_in_a_letter() -> None:
    told = [english_amount(format_brl_short(amount)) for amount in (1_234_000, 93_448, 2_500_000_000, 950.5)]
    assert told == ["R$ 1.23M", "R$ 93.4k", "R$ 2.5B", "R$ 950.50"]


def test_cents_round_half_to_even() -> None:
    assert (brl(Decimal("0.125")), brl(Decimal("0.135"))) == (Decimal("0.12"), Decimal("0.14"))


def test_numbers_group_by_thousands() -> None:
    assert format_number(10615) == "10.615"
    assert format_number(0.1234, 2) == "0,12"


def test_what_is_no_number_is_a_dash_and_zero_has_no_sign() -> None:
    for told in (format_number(math.nan), format_brl(math.inf), format_brl(Decimal("NaN")), format_brl_short(math.nan)):
        assert told == "—"
    assert format_number(-0.4) == "0"
    assert format_number(-0.04, 1) == "0,0"
    assert format_number(-0.06, 1) == "−0,1"
    assert format_brl(-0.001) == "R$ 0,00"
