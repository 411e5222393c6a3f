"""One canonical key from seven ways of writing it."""

import pytest

from b2shift.kernel.ids import customer_id, stable_id


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("TFG2K1", "TFG2K1"),
        ("tfg2k1 ", "TFG2K1"),
        ("99999", "99999"),
        ("TFG2K", None),
        ("", None),
        ("TFG2K100", None),
        ("TFG2K1\n", "TFG2K1"),
        ("\u00a0tfg2k1", "TFG2K1"),
        ("TFG2K-", None),
        ("1234", None),
    ],
)
def test_customer_keys(written: str, key: str | None) -> None:
    assert customer_id(written) == key


def test_stable_ids_depend_on_every_part() -> None:
    assert stable_id("p", "a", 1) == stable_id("p", "a", 1)
    assert stable_id("p", "a", 1) != stable_id("p", "a1")
