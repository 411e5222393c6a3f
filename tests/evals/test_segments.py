"""The segments of a demo drop against its truth and against grouping by market segment; bounds are loose on purpose."""

from pathlib import Path

import pytest

from b2shift.demo.api import write_drop
from b2shift.differentiate.api import build_features, evaluate_segments, foresee_segments, segment_customers
from b2shift.differentiate.segments import evaluation
from b2shift.identify.api import build_customers, ingest, newest_date
from b2shift.kernel.errors import InputError
from b2shift.lake.api import open_lake, writing

pytestmark = pytest.mark.slow
CUSTOMERS, SEED = 400, 29


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("segments")
    write_drop(root / "drop", customers=CUSTOMERS, seed=SEED, dirty=0.1)
    with writing(root / "home") as session:
        ingest(session, root / "drop")
        day = newest_date(session)
        build_customers(session, day)
        build_features(session, day)
        segment_customers(session, day, seed=7)
        foresee_segments(session, day, seed=7)
        session.commit(day)
    return root


def test_the_segments_keep_what_is_promised(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One test, so that one worker searches; one number of segments, so that no clock decides what is measured."""
    monkeypatch.setattr(evaluation, "SIZES", (22,))
    found = evaluate_segments(open_lake(place / "home"), place / "drop", refits=2, seconds=3600)
    aims = {aim.name: aim for aim in found}
    assert aims["expansion_90d"].met
    assert aims["churn_90d"].value > aims["churn_90d"].aim - 0.005
    assert aims["churn_90d"].ahead_low < aims["churn_90d"].value - aims["churn_90d"].aim < aims["churn_90d"].ahead_high
    assert aims["expansion_90d"].rows == CUSTOMERS
    assert aims["outlook_30d"].met
    assert aims["outlook_90d"].met
    assert aims["k22_silhouette"].value > 0.15
    assert aims["k22_stability"].value > 0.7
    assert aims["rules30_stability"].value > 0.7


def test_a_drop_without_truth_is_refused(demo_home: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="verdade"):
        evaluate_segments(open_lake(demo_home), tmp_path)
