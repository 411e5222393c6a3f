"""The dictionary holds every name that is published, each said by words that mean one thing."""

from collections import defaultdict

import pytest

from b2shift.insight.reading.lexicon import CONNECTORS, Entry, _entries
from b2shift.kernel.errors import UnknownNameError
from b2shift.metrics.api import load_dictionary, metric

METRICS = [
    "mrr",
    "arr",
    "nrr",
    "grr",
    "churn_rate",
    "churned_customers",
    "churned_mrr",
    "expansion_mrr",
    "new_customers",
    "active_customers",
    "arpa",
    "ltv",
    "nps",
    "csat",
    "health_score",
    "tickets",
    "tickets_per_customer",
    "resolution_hours",
    "usage_hours",
    "product_adoption_rate",
    "upsell_pipeline",
    "upsell_propensity",
    "churn_risk",
    "mrr_at_risk",
    "overdue_amount",
    "delinquency_rate",
    "campaign_conversion_rate",
    "order_value",
    "orders",
    "average_order_value",
    "buying_customers",
    "first_time_buyers",
    "cancelled_orders",
    "order_cancellation_rate",
]
DIMENSIONS = [
    "segment",
    "cluster",
    "region",
    "state",
    "company_size",
    "plan",
    "product_line",
    "channel",
    "account_owner",
    "customer",
    "campaign",
    "churn_reason",
    "nps_band",
    "risk_band",
    "tenure_months",
    "renewal_date",
]


def test_every_published_name_is_there() -> None:
    dictionary = load_dictionary()
    assert set(METRICS) == set(dictionary.metrics)
    assert set(DIMENSIONS) == set(dictionary.dimensions)


def test_a_phrase_means_one_metric() -> None:
    meant: dict[tuple[str, ...], set[str]] = defaultdict(set)
    entry: Entry
    for entry in _entries({}):
        if entry.kind == "metric":
            meant[tuple(w for w in entry.words if w not in CONNECTORS)].add(entry.name)
    assert not {words: names for words, names in meant.items() if len(names) > 1}


def test_money_over_time_is_never_summed() -> None:
    for name in ("mrr", "arr", "active_customers", "mrr_at_risk", "overdue_amount"):
        assert load_dictionary().metrics[name].additivity == "semi_additive"


def test_an_unknown_metric_offers_near_ones() -> None:
    with pytest.raises(UnknownNameError, match="churn_rate"):
        metric("churn_rat")
