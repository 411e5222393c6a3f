"""How long the duplicate warning takes while somebody types, on a home that was run.

    python -m benchmarks.duplicate_warning HOME [--asked 400]

Names of customers are cut at a place drawn with a fixed seed, some with city, CNPJ, domain and telephone. Prints the
first call, which reads the index of the version, and the wall and processor milliseconds of the others, as JSON.
"""

import argparse
import json
import random
import time
from pathlib import Path

from b2shift.identify.api import possible_duplicates
from b2shift.identify.contracts import TypedCompany
from b2shift.lake.api import open_lake

_NAMES = (
    "SELECT name, city, state, cnpj, domain, phone FROM customers WHERE name <> customer_id ORDER BY hash(name) LIMIT ?"
)


def main() -> None:
    """Ask as people type and print the times."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("home", type=Path)
    asked.add_argument("--asked", type=int, default=400)
    told = asked.parse_args()
    lake, chance = open_lake(told.home), random.Random(1)
    rows = lake.query(_NAMES, [told.asked]).to_pylist()
    first = time.perf_counter()
    possible_duplicates(lake, TypedCompany(name="a"))
    first = time.perf_counter() - first
    wall, cpu = [], []
    for row in rows:
        typed = {"name": row["name"][: chance.randint(3, len(row["name"]))]}
        if chance.random() < 0.5:
            typed |= {name: row[name] for name in ("city", "state", "cnpj", "domain", "phone")}
        started = time.perf_counter(), time.process_time()
        possible_duplicates(lake, TypedCompany(**typed))
        wall.append(1000 * (time.perf_counter() - started[0]))
        cpu.append(1000 * (time.process_time() - started[1]))
    print(json.dumps({
        "customers": lake.info("customers").rows, "prospects": lake.info("prospects").rows, "asked": len(rows),
        "first_ms": round(1000 * first), "wall_ms": _spread(wall), "cpu_ms": _spread(cpu),
    }))  # fmt: skip


def _spread(times: list[float]) -> dict[str, float]:
    times.sort()
    return {"p50": round(times[len(times) // 2], 1), "p95": round(times[int(0.95 * len(times))], 1)}


if __name__ == "__main__":
    main()
