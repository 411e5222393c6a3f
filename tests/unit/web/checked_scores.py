"""The factory's lake with what two scores said on two dates, and what happened: one deviates, one is in order."""

from pathlib import Path

from tests.unit.web.factory import AS_OF, CUSTOMER, stage_all

from b2shift.lake.api import declared_table, writing
from b2shift.learn.accuracy.build import judgements, told
from b2shift.learn.accuracy.figures import figures
from b2shift.learn.accuracy.records import SPECS

DATES = ("2026-04-30", "2026-05-31")
SAID = {"churn_90d": ("0.3", "i % 10 = 0"), "nps_detractor_risk": ("0.5", "i % 2 = 0")}
"""What was said of everyone, and to whom it came."""


def _said(score: str, day: str) -> str:
    predicted, happened = SAID[score]
    groups = ", ".join(f"{CUSTOMER[name]} AS {name}" for name in ("market_segment", "revenue_band", "tenure_band"))
    return f"""
        SELECT DATE '{day}' AS as_of, '{score}' AS score, 'abc' AS model_version,
               {CUSTOMER["customer_id"]} AS customer_id, {predicted} AS predicted, {happened} AS observed,
               90 AS horizon_days, {groups}, NULL AS life_stage FROM range(600) AS t(i)"""


def make_checked_home(home: Path, *, over: bool = True) -> Path:
    """600 customers; unless it is `over`, the horizon of the first date still runs."""
    with writing(home) as session:
        stage_all(session, 600)
        rows = " UNION ALL ".join(_said(score, day) for score in SAID for day in DATES)
        for table, where in (("score_predictions", "true"), ("score_outcomes", str(over).lower())):
            columns = ", ".join(f'CAST("{c.name}" AS {c.type}) AS "{c.name}"' for c in SPECS[table].columns)
            session.write(SPECS[table], f"SELECT {columns} FROM ({rows}) WHERE {where}")
        found = list(figures(session.query("SELECT * FROM score_outcomes")))
        levels = [told(key, one) for key, one in judgements(found).items()]
        for table, told_rows in (("score_accuracy", found), ("score_calibration", levels)):
            session.write(SPECS[table], declared_table(SPECS[table], [one.model_dump() for one in told_rows]))
        session.commit(AS_OF)
    return home
