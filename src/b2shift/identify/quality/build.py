"""Write `quality`: counts of defects by kind, location and treatment."""

from b2shift.identify.sources.declarations import tables
from b2shift.lake.api import Session

CODE_VERSION = 1
_COUNTS = """
    SELECT source, file, kind, "column", CASE WHEN after IS NULL THEN 'unknown' ELSE 'repaired' END AS treatment,
           count(*) AS count
    FROM repairs GROUP BY ALL
    UNION ALL
    SELECT source, file, kind, "column", 'rejected' AS treatment, count(*) AS count FROM rejects GROUP BY ALL
"""


def build(session: Session) -> None:
    """One row per source, file, kind, column and treatment."""
    with session.stage("quality", inputs=["repairs", "rejects"], parameters=CODE_VERSION) as stage:
        if stage.stale:
            session.write(tables()["quality"], _COUNTS, sort_by=["source", "file", "kind", "column", "treatment"])
