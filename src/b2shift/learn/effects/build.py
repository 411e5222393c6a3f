"""The stage `campaign effects`: outcomes of every campaign delivered, and what the lot tells of their effects."""

from datetime import date
from functools import partial
from pathlib import Path

from b2shift.lake.api import Lake, Session, declared_table, load_specs
from b2shift.learn.effects.contrasts import effects
from b2shift.learn.effects.outcomes import ASSIGNED, NOBODY, outcomes_sql

CODE_VERSION = 3
_SPECS = load_specs(Path(__file__).parents[1] / "tables.yaml")
READ = ("campaign_events", "opportunities", "orders", "recurring_revenue")


def has_rows(lake: Session | Lake, table: str) -> bool:
    """Whether the house delivered anything of a table."""
    return lake.has(table) and lake.info(table).rows > 0


def build(session: Session, as_of: date) -> None:
    """Write `campaign_outcomes` and `campaign_effects`, empty where nobody delivered a campaign."""
    inputs = ["customers", *(name for name in READ if session.has(name))]
    with session.stage("campaign effects", inputs=inputs, parameters=(CODE_VERSION, as_of)) as stage:
        if not stage.stale:
            return
        spec = _SPECS["campaign_outcomes"]
        columns = ", ".join(f'CAST("{one.name}" AS {one.type}) AS "{one.name}"' for one in spec.columns)
        assigned = ASSIGNED if has_rows(session, "campaign_events") else NOBODY
        told = outcomes_sql(partial(has_rows, session), assigned, as_of)
        statement = f"SELECT {columns} FROM ({told})"
        session.write(spec, statement, sort_by=["campaign_id", "customer_id"])
        found = effects(session.query("SELECT * FROM campaign_outcomes"))
        session.write(
            _SPECS["campaign_effects"],
            declared_table(_SPECS["campaign_effects"], [one.model_dump(mode="json") for one in found]),
            sort_by=["campaign_id", "measure", "arm", "against", "grouping", "group"],
        )
        stage.notes |= {"effects": len(found)}
