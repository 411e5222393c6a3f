"""A customer of the factory's lake with a health whose rules the lake keeps."""

import json
from pathlib import Path

from tests.unit.web.factory import AS_OF, specs, stage

from b2shift.differentiate.scores.health import rules
from b2shift.differentiate.scores.stored_models.health_rules import HealthModel
from b2shift.lake.api import quote, writing

# use 70 (weight 35), relationship 10 (20), financial 100 (15), result 0 (15), support unknown: 4150 of 85; a contact
# on the day makes relationship 100.
DELIVERED, AFTER = 4150 / 85, (4150 + 20 * 90) / 85
_FEATURES = {
    "usage_month_percentile": "50.0", "activity_days_since": "365.0", "late_share_6m": "0.0", "nps_value": "-100.0",
    "has_usage": "TRUE", "has_tickets": "FALSE",
}  # fmt: skip


def rate(home: Path, customer: str) -> None:
    """A new version of the lake in which this customer has a health of DELIVERED."""
    kept = HealthModel(rules(), tuple(tuple(0.0 for _one in group.indicators) for group in rules().groups))
    model, card = (text.replace("'", "''") for text in (kept.text(), json.dumps(_CARD)))
    with writing(home) as session:
        known = session.query("SELECT * FROM features LIMIT 0").column_names
        values = {
            name: f"CASE WHEN customer_id = '{customer}' THEN {_FEATURES[name]} END" if name in _FEATURES else "NULL"
            for name in kept.features
        }
        typed = {
            name: f"CAST({value} AS {'BOOLEAN' if name.startswith('has_') else 'DOUBLE'}) AS {quote(name)}"
            for name, value in values.items()
        }
        again = ", ".join(quote(name) for name in typed if name in known)
        left = f"EXCLUDE ({again})" if again else ""
        text = f"SELECT * {left}, {', '.join(typed.values())} FROM features"
        session.write(session.info("features").spec, text, content_key=f"rated {customer}")
        told = specs()["differentiate"]
        version = {"score": "'health'", "version": "'v1'", "in_use": "true", "card": f"'{card}'", "model": f"'{model}'"}
        stage(session, told, "score_models", 1, version)
        health = f"CASE WHEN customer_id = '{customer}' THEN {DELIVERED} ELSE health END AS health"
        scored = f"SELECT * REPLACE ({health}) FROM scores"
        session.write(session.info("scores").spec, scored, content_key=f"rated {customer}")
        session.commit(AS_OF)


_CARD = {"label": "Saúde", "method": "", "verdict": "", "periods": []}
