"""Names that people give and the segmentation they ask for: kept, followed by the next run, taken back."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.unit.differentiate.segments.test_build import AS_OF, lake

from b2shift.differentiate.api import prefer_segmentation, rename_segment, said_of_segments, segment_customers
from b2shift.kernel.errors import InputError, UnknownNameError
from b2shift.lake.api import open_lake

AT = datetime(2025, 4, 1, tzinfo=UTC)


def run(home: Path) -> None:
    with lake(home, 120) as session:
        segment_customers(session, AS_OF, seed=7, decisions=said_of_segments(home))
        session.commit(AS_OF)


def names(home: Path) -> dict[str, str]:
    told = open_lake(home).query("SELECT segment_id, name FROM segment_catalogue").to_pydict()
    return dict(zip(told["segment_id"], told["name"], strict=True))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    run(tmp_path)
    return tmp_path


def test_a_given_name_stays_until_it_is_taken_back(home: Path) -> None:
    before = names(home)
    assert rename_segment(open_lake(home), home, "s01", "  Nossos   vizinhos ", by="ana", at=AT) == "Nossos vizinhos"
    for _ in range(2):
        run(home)
        assert names(home) == before | {"s01": "Nossos vizinhos"}
    rename_segment(open_lake(home), home, "s01", "", by="ana", at=AT)
    run(home)
    assert names(home) == before


def test_a_name_that_cannot_be_given_changes_nothing(home: Path) -> None:
    other = names(home)["s02"]
    with pytest.raises(InputError, match="já tem este nome"):
        rename_segment(open_lake(home), home, "s01", other.upper(), by="ana", at=AT)
    with pytest.raises(UnknownNameError):
        rename_segment(open_lake(home), home, "s99", "x", by="ana", at=AT)
    with pytest.raises(InputError, match="longo"):
        rename_segment(open_lake(home), home, "s01", "x" * 61, by="ana", at=AT)
    assert said_of_segments(home).names == {}


def test_another_candidate_is_chosen_when_a_person_asks_for_it(home: Path) -> None:
    rows = open_lake(home).query("SELECT * FROM segment_models").to_pylist()
    chosen = next(row for row in rows if row["chosen"])
    other = next(
        row for row in rows
        if row["view"] == chosen["view"] and row["meets_floor"] and row["k"] != chosen["k"]
    )  # fmt: skip
    with pytest.raises(InputError, match="razão"):
        prefer_segmentation(open_lake(home), home, other["algorithm"], other["k"], reason=" ", by="ana", at=AT)
    with pytest.raises(UnknownNameError):
        prefer_segmentation(open_lake(home), home, "kmeans", 77, reason="x", by="ana", at=AT)
    reason = "Cabe na carteira."
    prefer_segmentation(open_lake(home), home, other["algorithm"], other["k"], reason=reason, by="ana", at=AT)
    run(home)
    now = open_lake(home).query("SELECT algorithm, k, reason FROM segment_models WHERE chosen").to_pylist()
    assert [(row["algorithm"], row["k"]) for row in now] == [(other["algorithm"], other["k"])]
    assert now[0]["reason"].startswith("Pedido por ana em 01/04/2025: Cabe na carteira.")
    prefer_segmentation(open_lake(home), home, "", 0, reason="", by="ana", at=AT)
    assert said_of_segments(home).preference is None
