"""How good the cleansing is, on demo drops whose defects are known: the targets of the specification."""

from datetime import date
from pathlib import Path

import pytest

from b2shift.demo.api import write_drop
from b2shift.identify.api import evaluate_cleansing, ingest
from b2shift.identify.contracts import CleansingEvaluation
from b2shift.identify.quality.evaluate import misses
from b2shift.kernel.errors import DropError
from b2shift.lake.api import Lake, open_lake, writing

KINDS = {
    "category_variant", "city_typo", "cnpj_unformatted_or_wrong_digit", "duplicate_event", "duplicate_row",
    "foreign_bytes_line", "invalid_or_other_date", "key_whitespace_or_case", "mixed_decimal", "mojibake", "orphan_key",
    "repeated_header", "truncated_last_line",
}  # fmt: skip


def cleansed(folder: Path, *, customers: int, seed: int, dirty: float) -> tuple[Lake, Path, CleansingEvaluation]:
    drop, home = folder / "drop", folder / "home"
    write_drop(drop, customers=customers, seed=seed, dirty=dirty)
    with writing(home) as session:
        ingest(session, drop)
        session.commit(date(2025, 3, 31))
    lake = open_lake(home)
    return lake, drop, evaluate_cleansing(lake, drop)


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "dirty"), [(41, 1.0), (42, 0.3)])
def test_planted_defects_are_found_and_put_right(tmp_path: Path, seed: int, dirty: float) -> None:
    lake, drop, told = cleansed(tmp_path, customers=300, seed=seed, dirty=dirty)
    assert {kind.kind for kind in told.kinds} >= KINDS - {"cnpj_unformatted_or_wrong_digit"}
    wrong = misses(lake, drop)[:5]
    for kind in told.kinds:
        allowed = max(1, round(0.01 * kind.planted))
        assert kind.planted - kind.detected <= allowed, (kind, wrong)
        assert kind.planted - kind.right <= max(1, round(0.03 * kind.planted)), (kind, wrong)
    assert told.clean_values_altered <= 0.001 * told.values
    assert told.clean_rows_refused == 0
    assert told.customers_lost == 0


@pytest.mark.slow
def test_a_clean_drop_stays_as_it_is(tmp_path: Path) -> None:
    lake, _, told = cleansed(tmp_path, customers=200, seed=43, dirty=0)
    assert told.kinds == ()
    changes = lake.query("SELECT kind, count(*) AS n FROM repairs GROUP BY 1").to_pylist()
    assert {row["kind"] for row in changes} <= {"whitespace"}, "only white space that no one sees is taken away"
    assert told.clean_values_altered <= 0.001 * told.values
    assert {row["kind"] for row in lake.query("SELECT DISTINCT kind FROM rejects").to_pylist()} <= {"repeated_id"}
    assert told.customers_lost == 0


def test_a_drop_without_truth_cannot_be_evaluated(tmp_path: Path) -> None:
    with writing(tmp_path / "home") as session:
        session.commit(date(2025, 3, 31))
    with pytest.raises(DropError, match="verdade"):
        evaluate_cleansing(open_lake(tmp_path / "home"), tmp_path)
