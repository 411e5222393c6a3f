"""Interest shown in each product family: closed deals and campaign responses.

Open deals are excluded, as in all propensities: they belong to another score.
"""

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np

from b2shift.differentiate.contracts import FeatureDeclaration
from b2shift.differentiate.scores.frame import Floats, Words
from b2shift.differentiate.scores.outcomes import key_of
from b2shift.lake.api import Lake, Session

TALKS, ANY_TALKS, ANSWERS, BOUGHT = "family_talks", "talks", "family_answers", "family_campaign_purchases"
TALKS_YEAR, ANY_TALKS_YEAR, TALK_SHARE = "family_talks_year", "talks_year", "family_talk_share"
OPEN_RATE, CLICK_RATE, ANY_BOUGHT = "campaign_open_rate", "campaign_click_rate", "campaign_purchases"
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
    FeatureDeclaration(
        name=TALKS_YEAR,
        label="Negócios encerrados da família por ano",
        meaning="Opportunities of this family to sell more, won or lost, per year of the file, up to 18 months back.",
        source="opportunities",
        family="comercial",
        unit="negócios",
        format="decimal",
    ),
    FeatureDeclaration(
        name=ANY_TALKS_YEAR,
        label="Negócios encerrados por ano",
        meaning="Opportunities to sell more, won or lost, per year of the file, up to 18 months back.",
        source="opportunities",
        family="comercial",
        unit="negócios",
        format="decimal",
    ),
    FeatureDeclaration(
        name=TALK_SHARE,
        label="Parte da família nos negócios encerrados",
        meaning="Share of this family among the customer's opportunities, drawn to an equal share by two of them.",
        source="opportunities",
        family="comercial",
        format="percent",
    ),
    FeatureDeclaration(
        name=OPEN_RATE,
        label="Mensagens de campanha abertas",
        meaning="Share of the campaign messages of 12 months that were opened, drawn to a third by three messages.",
        source="campaign_events",
        family="campanhas",
        format="percent",
    ),
    FeatureDeclaration(
        name=CLICK_RATE,
        label="Mensagens de campanha clicadas",
        meaning="Share of the campaign messages of 12 months that were clicked, drawn to a tenth by three messages.",
        source="campaign_events",
        family="campanhas",
        format="percent",
    ),
    FeatureDeclaration(
        name=ANY_BOUGHT,
        label="Compras após campanhas",
        meaning="Purchases that followed campaigns of any family in 12 months.",
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
_FIRST_TALK = """
SELECT min(closed_on) AS first FROM opportunities
WHERE kind IN ('cross_sell', 'upsell') AND closed_on <= $day AND customer_id IS NOT NULL
"""
_EVENTS = """
SELECT customer_id, product_family, count(*) FILTER (kind <> 'purchase') AS answers,
       count(*) FILTER (kind = 'purchase') AS bought
FROM campaign_events
WHERE kind IN ('click', 'reply', 'accept', 'purchase') AND CAST("at" AS DATE) <= $day
  AND CAST("at" AS DATE) > $day - INTERVAL 12 MONTH AND customer_id IS NOT NULL AND product_family IS NOT NULL
GROUP BY ALL
"""
_READ = """
SELECT customer_id, count(*) FILTER (kind = 'sent') AS sent, count(*) FILTER (kind = 'open') AS opened,
       count(*) FILTER (kind = 'click') AS clicked
FROM campaign_events
WHERE kind IN ('sent', 'open', 'click') AND CAST("at" AS DATE) <= $day
  AND CAST("at" AS DATE) > $day - INTERVAL 12 MONTH AND customer_id IS NOT NULL
GROUP BY ALL
"""
_COUNTED = (_TALKS, {"times": TALKS}), (_EVENTS, {"answers": ANSWERS, "bought": BOUGHT})
_DAYS_OF_A_YEAR, _YEARS = 365.25, 1.5
_LEAST_YEARS = 0.25
_MESSAGES = 3.0
_SHARE_DRAWN = 2.0


def interest(session: Session | Lake, day: date, customers: Words, families: Sequence[str]) -> dict[str, Floats]:
    """The declared features up to a day (customers × families)."""
    index = {customer: k for k, customer in enumerate(customers)}
    counts = _counts(session, day, index, families)
    talks, years = counts[TALKS], _years(session, day)
    everything = talks.sum(axis=1, keepdims=True)
    opened, clicked = _read(session, day, index)
    features = counts | {
        ANY_TALKS: everything,
        TALKS_YEAR: talks / years,
        ANY_TALKS_YEAR: everything / years,
        TALK_SHARE: (talks + _SHARE_DRAWN / max(len(families), 1)) / (everything + _SHARE_DRAWN),
        OPEN_RATE: opened,
        CLICK_RATE: clicked,
        ANY_BOUGHT: counts[BOUGHT].sum(axis=1, keepdims=True),
    }
    return {name: np.broadcast_to(values.astype(np.float32), talks.shape) for name, values in features.items()}


def _counts(session: Session | Lake, day: date, index: Mapping[str, int], families: Sequence[str]) -> dict[str, Floats]:
    column = {family: k for k, family in enumerate(families)}
    features = {name: np.zeros((len(index), len(families))) for _, names in _COUNTED for name in names.values()}
    for query, names in _COUNTED:
        for row in session.query(query, {"day": day}).to_pylist():
            at, family = index.get(row["customer_id"]), column.get(key_of(row["product_family"]))
            if at is not None and family is not None:
                for counted, name in names.items():
                    features[name][at, family] += row[counted]
    return features


def _read(session: Session | Lake, day: date, index: Mapping[str, int]) -> tuple[Floats, Floats]:
    """Shares of each customer's messages opened and clicked (customers × 1)."""
    counts = np.zeros((len(index), 3))
    for row in session.query(_READ, {"day": day}).to_pylist():
        at = index.get(row["customer_id"])
        if at is not None:
            counts[at] = row["sent"], row["opened"], row["clicked"]
    sent, opened, clicked = (counts[:, [k]] for k in range(3))
    return (opened + _MESSAGES / 3) / (sent + _MESSAGES), (clicked + _MESSAGES / 10) / (sent + _MESSAGES)


def _years(session: Session | Lake, day: date) -> float:
    """Length of the deal history, so that counts of earlier dates compare with today's."""
    first = session.query(_FIRST_TALK, {"day": day}).to_pylist()[0]["first"]
    return float(np.clip((day - first).days / _DAYS_OF_A_YEAR, _LEAST_YEARS, _YEARS)) if first else _YEARS
