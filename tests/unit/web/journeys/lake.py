"""The factory's lake with what journeys read besides: every column of the rules' features, and the ledgers."""

from datetime import date
from pathlib import Path

from tests.unit.interact.world import World, write_table
from tests.unit.web.factory import AS_OF

from b2shift.interact.evaluation.evaluate import INPUTS
from b2shift.lake.api import writing


def fallen_promoter(home: Path, *customers: str) -> None:
    """A new version of the lake in which these customers were promoters in April and are detractors now."""
    with writing(home) as session:
        ids = [row["customer_id"] for row in session.query("SELECT customer_id FROM customers ORDER BY 1").to_pylist()]
        world = World()
        for key in ids:
            world.customer(key)
        answers = ((date(2026, 4, 20), 10), (date(2026, 10, 20), 3))
        world.add(
            "nps_answers",
            *(
                {"customer_id": customer, "survey": "relacional", "answered_on": day, "score": score}
                for customer in customers
                for day, score in answers
            ),
        )
        features = [row | {"as_of": AS_OF, "nps_days_since": 11} for row in world.tables["features"]]
        write_table(session, "features", features)
        for name in INPUTS:
            if name == "nps_answers" or not session.has(name):
                write_table(session, name, world.tables[name])
        session.commit(AS_OF)
