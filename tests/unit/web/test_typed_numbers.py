"""Numbers as people type them: one reading for every form of the console."""

from collections.abc import Callable

import pytest
from django.http import QueryDict
from django.test import Client

from b2shift.web.accounts.roles import Role
from b2shift.web.console.formats import figure, typed_number
from b2shift.web.console.journeys import forms as journey_forms
from b2shift.web.console.metrics.forms import bound_form
from b2shift.web.console.policy.fields import PolicyField

SignIn = Callable[[Role], Client]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1.234,5", 1234.5), ("1 234,5", 1234.5), ("1,234.5", 1234.5), ("1234.5", 1234.5), ("1234,5", 1234.5),
        ("-0,5", -0.5), (" 7 ", 7.0), ("1.234.567,8", 1234567.8), ("1,234,567.8", 1234567.8),
    ],
)  # fmt: skip
def test_a_number_is_read_with_either_decimal_mark(text: str, number: float) -> None:
    assert typed_number(text) == number


@pytest.mark.parametrize("text", ["", "mil", "1,2,3", "1.2.3", "nan", "inf", "1e999", "1;5"])
def test_what_is_no_finite_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - its type is all it promises
        typed_number(text)


def test_a_condition_of_a_journey_takes_thousands_and_decimals() -> None:
    posted = {"cases-0-0-metric": "mrr", "cases-0-0-operator": "at_least", "cases-0-0-value": "1.234,5"}
    (case,) = journey_forms.read("branch", posted | {"cases-0-next": "fim"})["cases"]
    assert case == {"all": [{"metric": "mrr", "at_least": 1234.5}], "next": "fim"}


def test_a_journey_keeps_what_is_no_number_for_its_checker_to_name() -> None:
    posted = {"cases-0-0-metric": "mrr", "cases-0-0-operator": "at_least", "cases-0-0-value": "nan"}
    (case,) = journey_forms.read("branch", posted)["cases"]
    assert case["all"] == [{"metric": "mrr", "at_least": "nan"}]


def test_bounds_of_a_metric_take_thousands_and_decimals() -> None:
    form = bound_form(QueryDict("low=-1.000,5&high=1.234,5&attention=mil"))
    assert "low" not in form.errors
    assert "high" not in form.errors
    assert form.errors["attention"] == "Escreva um número, como 12,5."


@pytest.mark.parametrize(("typed", "value"), [("1.234,5", 1234.5), ("1.234,0", 1234), ("12", 12), ("muito", "muito")])
def test_a_value_of_the_policy_takes_thousands_and_decimals(typed: str, value: object) -> None:
    assert PolicyField("limits.most_percent", "Nunca mais que").read(typed) == value


def test_a_share_of_the_policy_is_typed_in_percent() -> None:
    assert PolicyField("holdout", "Fora", scale=100).read("12,5") == 0.125


def test_the_simulator_takes_decimals_and_shows_a_refused_value_as_typed(signed_in: SignIn) -> None:
    browser = signed_in(Role.EXECUTIVE)
    page = browser.get("/simulador/", {"price": "2,5", "people": "2"})
    assert {name: value for name, *_rest, value in page.context["fields"]}["price"] == 2.5
    assert "1.234,5, e vai de" in browser.get("/simulador/", {"price": "1.234,5"}).context["problem"]


@pytest.mark.parametrize(("value", "text"), [(11895578.0, "11.895.578"), (1.31, "1,31"), (-3, "−3"), (None, "–")])
def test_a_figure_has_decimals_where_it_needs_them(value: float | None, text: str) -> None:
    assert figure(value) == text
