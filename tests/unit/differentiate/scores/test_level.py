"""The rate of today is read by a line alone where customers are many."""

from collections.abc import Callable
from datetime import date
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from b2shift.differentiate.scores import binary
from b2shift.differentiate.scores.evidence import Evidence
from b2shift.differentiate.scores.frame import Frame

RNG = np.random.default_rng(6)
FALL = "usage_fall"
ROWS = 20_000


def sample(day: date, rate: float) -> binary.Sample:
    """Customers of whom those who leave use less."""
    left = (RNG.random(ROWS) < rate).astype(float)
    fall = RNG.normal(2.5 * left, 1).astype(np.float32)
    names = np.array([f"T{place:05d}" for place in range(ROWS)], dtype=object)
    return binary.Sample(Frame(day, names, {FALL: fall}, {}), left)


def rate_of(large: int, monkeypatch: pytest.MonkeyPatch, boosting: Callable[..., Any]) -> float:
    """The rate found, 4 % today after 2 % on three dates."""
    past = [sample(date(2024, month, 28), 0.02) for month in (2, 5, 8)]
    now = sample(date(2025, 3, 28), 0.04).frame
    monkeypatch.setattr(binary, "LARGE", large)
    monkeypatch.setattr(binary, "fit_boosting", boosting)
    evidence = cast(Evidence, SimpleNamespace(now=now, seed=7, threads=1))
    return binary._current_base_rate(
        evidence, binary.Task("churn_90d", "churn", follows_signs=True), past, now, [FALL]
    ).now


def never(*told: object) -> object:
    raise AssertionError("boosting was asked")


def test_of_many_customers_a_line_alone_finds_the_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    assert rate_of(ROWS, monkeypatch, never) == pytest.approx(0.04, abs=0.01)


def test_of_fewer_boosting_is_asked_too(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AssertionError, match="boosting was asked"):
        rate_of(ROWS + 1, monkeypatch, never)
