"""How long the contact rules take on a large base: the time machine over 90 days, everyone's next action.

    python -m benchmarks.contact_rules replay HOME --times 7 --scratch DIR
    python -m benchmarks.contact_rules actions HOME --times 10 --scratch DIR
    python -m benchmarks.contact_rules allocate --customers 100000

`--times` copies every customer of the home, ledgers included, so that a base of any size comes from a small one.
"""

import argparse
import json
import resource
import shutil
import time
from datetime import timedelta
from pathlib import Path

import numpy as np

from b2shift.interact.actions.allocate import allocate
from b2shift.interact.actions.problem import AllocationProblem
from b2shift.interact.api import load_policy, next_actions, replay_policy
from b2shift.lake.api import Session, quote, writing

# Codes that customers share; every other code is made the copy's own.
SHARED = {"owner_id", "segment_id", "user_id", "campaign_id", "product_id"}


def multiply(session: Session, times: int) -> None:
    """Write every table that has customers `times` times over, each copy with codes of its own."""
    for name in sorted(
        session.connection.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()
    ):
        columns = session.query(f"DESCRIBE {quote(name[0])}").to_pylist()
        own = [
            column["column_name"]
            for column in columns
            if column["column_type"] == "VARCHAR"
            and column["column_name"].endswith("_id")
            and column["column_name"] not in SHARED
        ]
        if "customer_id" not in own:
            continue
        renamed = ", ".join(
            f"{quote(one)} || CASE copy WHEN 0 THEN '' ELSE '~' || copy END AS {quote(one)}" for one in own
        )
        text = f"SELECT * EXCLUDE (copy) REPLACE ({renamed}) FROM {quote(name[0])}, range({times}) AS copies(copy)"
        session.write(session.info(name[0]).spec, text, content_key=f"{name[0]} x {times}")


def replay(home: Path, times: int, days: int) -> dict[str, object]:
    """Replay the product's own policy over the last `days` days of the home's data."""
    with writing(home) as session:
        if times > 1:
            multiply(session, times)
        last = session.query("SELECT max(as_of) AS day FROM features").to_pylist()[0]["day"]
        began = time.process_time()
        told = replay_policy(session, load_policy(), last - timedelta(days=days - 1), last)
        cpu = time.process_time() - began
    return {
        "customers": told.customers,
        "days": days,
        "business_days": told.days,
        "contacts": told.contacts,
        "repeated": told.repeated,
        **_spent(told.seconds, cpu),
    }


def actions(home: Path, times: int) -> dict[str, object]:
    """The next action of everyone, with the product's own catalogue, facts and explanations included."""
    with writing(home) as session:
        if times > 1:
            multiply(session, times)
        last = session.query("SELECT max(as_of) AS day FROM features").to_pylist()[0]["day"]
        started, began = time.perf_counter(), time.process_time()
        told = next_actions(session, load_policy(), last, seed=7)
        seconds, cpu = time.perf_counter() - started, time.process_time() - began
    found = _valued(told.value, told.greedy_value, told.bound, told.customers, len(told.chosen))
    return {**found, **_spent(seconds, cpu)}


def share(customers: int, count: int = 20, weeks: int = 4, seed: int = 1) -> dict[str, object]:
    """An invented base: three roles over four weeks and three budgets, about two fifths of the pairs eligible."""
    random = np.random.default_rng(seed)
    mrr = np.exp(random.normal(6.5, 1.3, customers))
    problem = AllocationProblem(
        gain=(random.beta(2, 12, (customers, count)) * mrr[:, None] * random.uniform(0.2, 3, count)).astype(np.float32),
        fatigue=random.uniform(0, 20, customers).astype(np.float32),
        eligible=random.random((customers, count)) < 0.4,
        cost=random.choice([2, 10, 60, 150], count).astype(np.float32),
        effort=np.ones(count, np.float32),
        theme=np.arange(count) % 8,
        role=random.integers(-1, 3, count),
        channel=random.integers(-1, 3, count),
        capacity=np.array([[0.02], [0.005], [0.001]]) * customers * np.ones((1, weeks)),
        budget=np.array([0.5, 1.0, 2.0]) * customers,
    )
    started, began = time.perf_counter(), time.process_time()
    told = allocate(problem)
    seconds, cpu = time.perf_counter() - started, time.process_time() - began
    found = _valued(told.chosen.value, told.greedy.value, told.bound, customers, len(told.chosen))
    return {**found, "actions": count, "rounds": told.rounds, **_spent(seconds, cpu)}


def _valued(value: float, greedy: float, bound: float, customers: int, chosen: int) -> dict[str, object]:
    return {
        "customers": customers,
        "chosen": chosen,
        "value": round(value),
        "over_greedy": round(value / greedy - 1, 4),
        "gap": round(1 - value / bound, 4),
    }


def _spent(seconds: float, cpu: float) -> dict[str, object]:
    return {
        "seconds": round(seconds, 2),
        "cpu_seconds": round(cpu, 2),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def main() -> None:
    """Measure what was asked for and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["replay", "actions", "allocate"])
    parser.add_argument("home", type=Path, nargs="?")
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--days", type=int, default=90)
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--scratch", type=Path)
    asked = parser.parse_args()
    if asked.what == "allocate":
        print(json.dumps(share(asked.customers)))
        return
    if asked.home is None or asked.scratch is None:
        parser.error("HOME and --scratch are needed")
    copy = asked.scratch / "home"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(asked.home, copy)
    told = replay(copy, asked.times, asked.days) if asked.what == "replay" else actions(copy, asked.times)
    print(json.dumps(told))


if __name__ == "__main__":
    main()
