"""The stage `campaign effects`: outcomes of every campaign delivered, and what the lot tells of their effects."""

from datetime import date
from pathlib import Path

from b2shift.lake.api import Session, declared_table, load_specs
from b2shift.learn.effects.contrasts import effects
from b2shift.learn.effects.outcomes import ASSIGNED, NOBODY, outcomes_sql

CODE_VERSION = 1
_SPECS = load_specs(Path(__file__).parents[1] / "tables.yaml")
_READ = ("campaign_events", "opportunities", "revenue_monthly")


def build(session: Session, as_of: date) -> None:
    """Write `campaign_outcomes` and `campaign_effects`, empty where nobody delivered a campaign."""
    inputs = ["customers", *(name for name in _READ if session.has(name))]
    with session.stage("campaign effects", inputs=inputs, parameters=(CODE_VERSION, as_of)) as stage:
        if not stage.stale:
            return
        spec = _SPECS["campaign_outcomes"]
        columns = ", ".join(f'CAST("{one.name}" AS {one.type}) AS "{one.name}"' for one in spec.columns)
        assigned = ASSIGNED if session.has("campaign_events") else NOBODY
        statement = f"SELECT {columns} FROM ({outcomes_sql(session.has, assigned, as_of)})"
        session.write(spec, statement, sort_by=["campaign_id", "customer_id"])
        found = effects(session.query("SELECT * FROM campaign_outcomes"))
        session.write(
            _SPECS["campaign_effects"],
            declared_table(_SPECS["campaign_effects"], [one.model_dump(mode="json") for one in found]),
            sort_by=["campaign_id", "measure", "arm", "against", "grouping", "group"],
        )
        stage.notes |= {"effects": len(found)}
