"""How far an ingest says it is."""

from pathlib import Path

from tests.unit.identify.sources.small import write_small

from b2shift.identify.api import ingest
from b2shift.lake.api import writing


def test_reading_and_cleansing_are_each_half_of_what_is_told(tmp_path: Path) -> None:
    told: list[tuple[float, str]] = []
    with writing(tmp_path / "home") as session:
        ingest(
            session,
            write_small(tmp_path / "drop"),
            progress=lambda _stage, done, total, note="": told.append((done / total, note)),
        )
    shares = [share for share, _note in told]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0, 1)
    read = max(share for share, note in told if note.endswith(".csv"))
    assert read == 0.5, "what is left once all is read is cleansing"
