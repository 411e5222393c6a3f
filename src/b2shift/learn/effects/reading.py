"""Campaigns and their effects as a version of the lake tells them; and those of a lot that fell elsewhere."""

import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet

from b2shift.interact.api import load_contact_costs
from b2shift.interact.contracts import Channel
from b2shift.lake.api import Lake, literal
from b2shift.learn.contracts import CONTROL, EVERY, TREATED, Arm, Assignment, CampaignResult, Effect, Measure
from b2shift.learn.effects.build import has_rows
from b2shift.learn.effects.contrasts import effects
from b2shift.learn.effects.outcomes import HORIZON_DAYS, outcomes_sql

_DONE = ("sent", "opened", "clicked", "replied", "accepted", "rejected", "unsubscribed", "bought")
_ARMS = f"""
SELECT campaign_id, arm, any_value(product_family) AS product_family, any_value(channel) AS channel,
       min(assigned_on) AS began_on, max(assigned_on) AS ended_on, min(days) AS days, count(*) AS customers,
       {", ".join(f"count(*) FILTER ({name}) AS {name}" for name in _DONE)}
FROM campaign_outcomes {{where}} GROUP BY campaign_id, arm ORDER BY began_on DESC, campaign_id, arm = '{CONTROL}', arm
"""
_PROSPECTS = """
SELECT campaign_id, count(DISTINCT prospect_id) AS prospects FROM campaign_events
WHERE kind = 'assigned' AND prospect_id IS NOT NULL AND customer_id IS NULL GROUP BY campaign_id
"""


def campaigns(lake: Lake, campaign: str | None = None) -> tuple[CampaignResult, ...]:
    """Every campaign of the version, the newest first, or the one that is named; none where none was measured."""
    if not lake.has("campaign_outcomes"):
        return ()
    where = "" if campaign is None else "WHERE campaign_id = $campaign"
    asked: dict[str, object] = {} if campaign is None else {"campaign": campaign}
    arms = defaultdict[str, list[dict[str, Any]]](list)
    for row in lake.query(_ARMS.format(where=where), asked).to_pylist():
        arms[row["campaign_id"]].append(row)
    told = defaultdict[str, list[Effect]](list)
    for row in lake.query(f"SELECT * FROM campaign_effects {where}", asked).to_pylist():
        told[row["campaign_id"]].append(Effect.model_validate(row))
    prospects = {row["campaign_id"]: row["prospects"] for row in lake.query(_PROSPECTS).to_pylist()} if arms else {}
    return tuple(_result(name, rows, told[name], prospects.get(name, 0)) for name, rows in arms.items())


def all_together(lake: Lake) -> tuple[Effect, ...]:
    """The effects over every campaign whose horizon is over."""
    if not lake.has("campaign_effects"):
        return ()
    rows = lake.query("SELECT * FROM campaign_effects WHERE campaign_id = $every", {"every": EVERY}).to_pylist()
    return tuple(sorted((Effect.model_validate(row) for row in rows), key=_order))


def measured(lake: Lake, assignments: Sequence[Assignment]) -> tuple[Effect, ...]:
    """The effects of a lot that fell elsewhere, by what the version tells of its customers since.

    Not of several campaigns together: where the same customers stay out of each, they would count several times.
    """
    if not assignments:
        return ()
    as_of = lake.manifest.as_of
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "assigned.parquet"
        parquet.write_table(pa.Table.from_pylist([one.model_dump() for one in assignments]), file)
        assigned = (
            "SELECT campaign_id, customer_id, arm, assigned_on, NULL::VARCHAR AS product_family, "
            f"NULL::VARCHAR AS channel FROM read_parquet({literal(str(file))}) WHERE assigned_on <= {{as_of}}"
        )
        found = effects(lake.query(outcomes_sql(partial(has_rows, lake), assigned, as_of)))
    return tuple(sorted((one for one in found if one.campaign_id != EVERY), key=_order))


def _result(name: str, rows: Sequence[Mapping[str, Any]], told: Sequence[Effect], prospects: int) -> CampaignResult:
    return CampaignResult(
        campaign_id=name,
        product_family=rows[0]["product_family"],
        channel=rows[0]["channel"],
        began_on=min(row["began_on"] for row in rows),
        ended_on=max(row["ended_on"] for row in rows),
        runs=min(row["days"] for row in rows) < HORIZON_DAYS,
        prospects=prospects,
        arms=tuple(
            Arm(
                variant=row["arm"],
                customers=row["customers"],
                cost=_cost(row["channel"], row["sent"]),
                **{one: row[one] for one in _DONE},
            )
            for row in rows
        ),
        effects=tuple(sorted(told, key=_order)),
    )


def _order(one: Effect) -> tuple[object, ...]:
    """Everyone before the groups; all treated before each variant, and both before variants among themselves."""
    measure = list(Measure).index(one.measure)
    return one.grouping, measure, one.against != CONTROL, one.arm != TREATED, one.arm, one.against, one.group


def _cost(channel: str | None, contacts: int) -> Decimal:
    """BRL of contacts of a channel; nothing for one the costs do not know."""
    costs = load_contact_costs()
    if channel not in {one.value for one in costs.channels}:
        return Decimal(0)
    found = costs.channels[Channel(channel)]
    return contacts * (Decimal(str(found.cost)) + Decimal(str(found.minutes * costs.hour / 60)))
