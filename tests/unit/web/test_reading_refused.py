"""Values a filter cannot read are told with what was wrong."""

import pytest

from b2shift.kernel.errors import InputError
from b2shift.web.crm.filters import CUSTOMER_FILTERS, PROPOSAL_FILTERS, filter_customers
from b2shift.web.crm.models import Customer
from b2shift.web.crm.models.customers import FILTERED


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("mrr_min", "nan"),
        ("mrr_min", "sNaN"),
        ("mrr_min", "Infinity"),
        ("mrr_min", "1e16"),
        ("mrr_min", "dez"),
        ("health_max", "-1e400"),
        ("overdue", "sim"),
        ("due", "2"),
        ("state", "S\x00P"),
        ("priority_min", "1.5"),
        ("priority_min", "9" * 5000),
        ("priority_min", str(10**16)),
        ("blocked", "nunca"),
    ],
)
def test_a_value_that_is_none_is_refused(name: str, value: str) -> None:
    one = next(one for one in (*CUSTOMER_FILTERS, *PROPOSAL_FILTERS) if one.name == name)
    with pytest.raises(InputError, match="Este filtro não aceita o valor") as refused:
        one.read(value)
    assert name in str(refused.value)
    assert refused.value.hint == "Corrija ou remova o filtro"
    assert len(str(refused.value)) < 300


def test_a_page_tells_the_same() -> None:
    with pytest.raises(InputError, match="mrr_min"):
        filter_customers(Customer.objects.all(), {"mrr_min": "nan"})


def test_the_index_of_filters_covers_every_filter() -> None:
    """A filter outside it would read the whole table to count what agrees."""
    columns = {one.lookup.split("__")[0].removesuffix("_id") for one in CUSTOMER_FILTERS}
    assert columns == set(FILTERED)
