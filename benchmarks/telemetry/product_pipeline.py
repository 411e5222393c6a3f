"""The same question answered by the product: ingest the files into the lake, then aggregate by customer."""

import sys
from pathlib import Path

from b2shift.identify.api import ingest
from b2shift.lake.api import writing

# A median to within its power-of-two bin follows from the partials; the events themselves are not kept.
BY_CUSTOMER = """
    SELECT customer_id, sum(events) AS events, sum(duration) AS duration, count(DISTINCT module) AS modules,
           count(DISTINCT day) AS days, sum(CASE WHEN status = 'Negado' THEN events ELSE 0 END) / sum(events) AS denied,
           quantile_disc(duration_bin, 0.5) AS median_bin
    FROM usage_daily GROUP BY customer_id
"""


def main(drop: Path, home: Path, memory_limit_mb: int = 1024) -> None:
    """Ingest and aggregate."""
    with writing(home, threads=2, memory_limit_mb=memory_limit_mb) as session:
        ingest(session, drop)
        found = session.query(BY_CUSTOMER)
        session.commit(session.query("SELECT max(day) AS day FROM usage_daily").to_pylist()[0]["day"])
    print(found.num_rows, sum(found.column("events").to_pylist()))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), *map(int, sys.argv[3:]))
