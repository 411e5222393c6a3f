"""Campaigns and their effects as a version of the lake tells them; and those of a lot that fell elsewhere."""

import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet

from b2shift.lake.api import Lake, literal
from b2shift.learn.contracts import CONTROL, DONE, EVERY, TREATED, Arm, Assignment, CampaignResult, Effect, Measure
from b2shift.learn.effects.build import has_rows
from b2shift.learn.effects.contrasts import effects
from b2shift.learn.effects.outcomes import HORIZON_DAYS, outcomes_sql
from b2shift.learn.effects.returns import contact_cost

_ARMS = f"""
SELECT campaign_id, arm, min(product_family) AS product_family, min(channel) AS channel,
       min(assigned_on) AS began_on, max(assigned_on) AS ended_on, min(days) AS days, count(*) AS customers,
       {", ".join(f"count(*) FILTER ({name}) AS {name}" for name in DONE)}
FROM campaign_outcomes WHERE {{where}} GROUP BY campaign_id, arm
ORDER BY began_on DESC, campaign_id, arm = '{CONTROL}', arm
"""
_PROSPECTS = """
SELECT campaign_id, count(DISTINCT prospect_id) AS prospects FROM campaign_events
WHERE kind = 'assigned' AND prospect_id IS NOT NULL AND customer_id IS NULL GROUP BY campaign_id
"""


def campaigns(lake: Lake, campaign: str | None = None) -> tuple[CampaignResult, ...]:
    """Every campaign of the version, the newest first, or the one that is named; none where none was measured."""
    if not lake.has("campaign_outcomes"):
        return ()
    where, asked = _asked(campaign, None)
    told = map(Effect.model_validate, lake.query(f"SELECT * FROM campaign_effects WHERE {where}", asked).to_pylist())
    prospects = {row["campaign_id"]: row["prospects"] for row in lake.query(_PROSPECTS).to_pylist()}
    return _results(lake.query(_ARMS.format(where=where), asked).to_pylist(), told, prospects)


def campaigns_among(
    lake: Lake, customers: Sequence[str], campaign: str | None = None
) -> tuple[tuple[CampaignResult, ...], tuple[Effect, ...]]:
    """The same as among some customers only, measured now; and all of these campaigns together.

    By group only where one campaign is named. Whom a person sees follows from what was so before the lot, mostly: a
    unit or an owner that changed since may have changed with the contact. Prospects are nobody's customers.
    """
    if not lake.has("campaign_outcomes"):
        return (), ()
    where, asked = _asked(campaign, customers)
    outcomes = lake.query(f"SELECT * FROM campaign_outcomes WHERE {where}", asked)
    told = sorted(effects(outcomes, grouped=campaign is not None), key=_order)
    arms = lake.query(_ARMS.format(where=where), asked).to_pylist()
    return _results(arms, told, {}), tuple(one for one in told if one.campaign_id == EVERY)


def all_together(lake: Lake) -> tuple[Effect, ...]:
    """The effects over every campaign whose horizon is over."""
    if not lake.has("campaign_effects"):
        return ()
    rows = lake.query("SELECT * FROM campaign_effects WHERE campaign_id = $every", {"every": EVERY}).to_pylist()
    return tuple(sorted((Effect.model_validate(row) for row in rows), key=_order))


def measured(lake: Lake, assignments: Sequence[Assignment]) -> tuple[Effect, ...]:
    """The effects of a lot that fell elsewhere, by what the version tells of its customers since.

    Of all their customers, not by group. Not of several campaigns together: where the same customers stay out of each,
    they would count several times.
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
        found = effects(lake.query(outcomes_sql(partial(has_rows, lake), assigned, as_of)), grouped=False)
    return tuple(sorted((one for one in found if one.campaign_id != EVERY), key=_order))


def _asked(campaign: str | None, customers: Sequence[str] | None) -> tuple[str, dict[str, object]]:
    """The condition on rows of outcomes or effects, and what its names stand for."""
    parts, given = ["true"], dict[str, object]()
    if campaign is not None:
        parts.append("campaign_id = $campaign")
        given["campaign"] = campaign
    if customers is not None:
        parts.append("customer_id IN (SELECT unnest($customers::VARCHAR[]))")
        given["customers"] = list(customers)
    return " AND ".join(parts), given


def _results(
    rows: Sequence[dict[str, Any]], told: Iterable[Effect], prospects: Mapping[str, int]
) -> tuple[CampaignResult, ...]:
    arms, found = defaultdict[str, list[dict[str, Any]]](list), defaultdict[str, list[Effect]](list)
    for row in rows:
        arms[row["campaign_id"]].append(row)
    for effect in told:
        found[effect.campaign_id].append(effect)
    return tuple(_result(name, parts, found[name], prospects.get(name, 0)) for name, parts in arms.items())


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
                cost=contact_cost(row["channel"], row["sent"]),
                **{one: row[one] for one in DONE},
            )
            for row in rows
        ),
        effects=tuple(sorted(told, key=_order)),
    )


def _order(one: Effect) -> tuple[object, ...]:
    """Everyone before the groups; all treated before each variant, and both before variants among themselves."""
    measure = list(Measure).index(one.measure)
    return one.grouping, measure, one.against != CONTROL, one.arm != TREATED, one.arm, one.against, one.group
