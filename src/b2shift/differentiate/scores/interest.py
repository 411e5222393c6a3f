"""What a customer has shown of interest in each product family: sales talks that ended, answers to campaigns.

Talks that are still open are left out, as everywhere in the propensities: they are another score's subject.
"""

from collections.abc import Sequence
from datetime import date

import numpy as np

from b2shift.differentiate.contracts import FeatureDeclaration
from b2shift.differentiate.scores.frame import Floats, Words
from b2shift.differentiate.scores.outcomes import key_of
from b2shift.lake.api import Lake, Session

TALKS, ANY_TALKS, ANSWERS, BOUGHT = "family_talks", "talks", "family_answers", "family_campaign_purchases"
DECLARED = (
    FeatureDeclaration(
        name=TALKS,
        label="Negócios encerrados da família",
        meaning="Opportunities of this family to sell more, won or lost in the 18 months before.",
        source="opportunities",
        family="comercial",
        unit="negócios",
        format="integer",
    ),
    FeatureDeclaration(
        name=ANY_TALKS,
        label="Negócios encerrados de qualquer família",
        meaning="Opportunities to sell more, won or lost in the 18 months before.",
        source="opportunities",
        family="comercial",
        unit="negócios",
        format="integer",
    ),
    FeatureDeclaration(
        name=ANSWERS,
        label="Respostas a campanhas da família",
        meaning="Clicks, replies and acceptances of campaigns of this family in 12 months.",
        source="campaign_events",
        family="campanhas",
        unit="respostas",
        format="integer",
    ),
    FeatureDeclaration(
        name=BOUGHT,
        label="Compras após campanhas da família",
        meaning="Purchases that followed campaigns of this family in 12 months.",
        source="campaign_events",
        family="campanhas",
        unit="compras",
        format="integer",
    ),
)
_TALKS = """
SELECT customer_id, product_family, count(*) AS times FROM opportunities
WHERE kind IN ('cross_sell', 'upsell') AND closed_on <= $day AND closed_on > $day - INTERVAL 18 MONTH
  AND customer_id IS NOT NULL AND product_family IS NOT NULL
GROUP BY ALL
"""
_EVENTS = """
SELECT customer_id, product_family, count(*) FILTER (kind <> 'purchase') AS answers,
       count(*) FILTER (kind = 'purchase') AS bought
FROM campaign_events
WHERE kind IN ('click', 'reply', 'accept', 'purchase') AND CAST("at" AS DATE) <= $day
  AND CAST("at" AS DATE) > $day - INTERVAL 12 MONTH AND customer_id IS NOT NULL AND product_family IS NOT NULL
GROUP BY ALL
"""


def interest(session: Session | Lake, day: date, customers: Words, families: Sequence[str]) -> dict[str, Floats]:
    """The four features up to a day for every customer and family key (customers × families)."""
    place = {customer: k for k, customer in enumerate(customers)}
    column = {family: k for k, family in enumerate(families)}
    told = {name: np.zeros((len(customers), len(families)), dtype=np.float32) for name in (TALKS, ANSWERS, BOUGHT)}
    for query, names in ((_TALKS, {"times": TALKS}), (_EVENTS, {"answers": ANSWERS, "bought": BOUGHT})):
        for row in session.query(query, {"day": day}).to_pylist():
            at, family = place.get(row["customer_id"]), column.get(key_of(row["product_family"]))
            if at is not None and family is not None:
                for counted, name in names.items():
                    told[name][at, family] += row[counted]
    everything = told[TALKS].sum(axis=1, keepdims=True)
    return told | {ANY_TALKS: np.broadcast_to(everything, told[TALKS].shape)}
