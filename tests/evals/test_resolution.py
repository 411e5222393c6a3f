"""How right the resolution of prospects is, on demo drops whose entities are known."""

from pathlib import Path

import pytest

from b2shift.demo.api import write_drop
from b2shift.identify.api import build_customers, evaluate_resolution, ingest, newest_date, resolve
from b2shift.identify.contracts import ResolutionEvaluation
from b2shift.kernel.errors import DropError
from b2shift.lake.api import open_lake, writing


def evaluated(folder: Path, *, seed: int, dirty: float) -> tuple[ResolutionEvaluation, ...]:
    drop, home = folder / f"drop-{seed}", folder / f"home-{seed}"
    write_drop(drop, customers=1000, seed=seed, dirty=dirty)
    with writing(home) as session:
        ingest(session, drop)
        day = newest_date(session)
        build_customers(session, day)
        resolve(session)
        session.commit(day)
    lake = open_lake(home)
    with pytest.raises(DropError, match="verdade"):
        evaluate_resolution(lake, folder)
    return evaluate_resolution(lake, drop)


@pytest.mark.slow
def test_customers_and_duplicates_among_prospects_are_found(tmp_path: Path) -> None:
    told = [*evaluated(tmp_path, seed=51, dirty=0.3), *evaluated(tmp_path, seed=52, dirty=1.0)]
    assert {one.question for one in told} == {"customer", "prospect"}
    true, said, right = (sum(getattr(one, f"{what}_pairs") for one in told) for what in ("true", "told", "right"))
    assert true > 100
    assert right / said >= 0.99, told
    assert right / true >= 0.95, told
