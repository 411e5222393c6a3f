"""A delivery in an object store: read like a folder, unchanged objects not fetched, failures told."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.identify.sources.bucket_peer import Bucket, bucket_peer
from tests.unit.identify.sources.small import deliver, write_small

from b2shift.identify.sources.delivery import drop_at, open_delivery
from b2shift.identify.sources.objects import ObjectFolder
from b2shift.kernel.errors import DropError, SourceError
from b2shift.lake.api import open_lake

pytest.importorskip("obstore", reason="the object store extra is not installed")
ADDRESS = "s3://entregas/2025/03"
TABLES = "SELECT customer_id, value, signed_on FROM contract_lines ORDER BY ALL"


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Bucket]:
    with bucket_peer("entregas") as peer:
        for name, value in peer.environment.items():
            monkeypatch.setenv(name, value)
        peer.put("2025/03", write_small(tmp_path / "drop"))
        peer.objects["2025/03/velho/tickets.csv"] = b"of a folder below: not of this delivery"
        yield peer


def test_a_bucket_gives_the_same_tables_as_a_folder(bucket: Bucket, tmp_path: Path) -> None:
    unread = "SELECT file FROM loads WHERE status = 'unknown'"
    _, (stored, below) = deliver(tmp_path / "stored", drop_at(ADDRESS), TABLES, unread)
    assert below == [{"file": "velho/"}]
    _, (folder,) = deliver(tmp_path / "folder", tmp_path / "drop", TABLES)
    assert stored == folder
    assert len(stored) == 2
    assert "2025/03/velho/tickets.csv" not in bucket.fetched


def test_only_what_changed_is_fetched_again(bucket: Bucket, tmp_path: Path) -> None:
    home = tmp_path / "home"
    deliver(home, drop_at(ADDRESS))
    bucket.fetched.clear()
    assert not deliver(home, drop_at(ADDRESS))[0]
    assert bucket.fetched == []
    bucket.objects["2025/03/tickets.csv"] += b"TFAAA1;CST;question;open;2025-02-10;2025-02-12;3;low\n"
    assert deliver(home, drop_at(ADDRESS))[0]
    assert bucket.fetched == ["2025/03/tickets.csv"]


def test_nothing_fetched_stays_behind(bucket: Bucket, tmp_path: Path) -> None:
    deliver(tmp_path / "home", drop_at(ADDRESS))
    assert not [path for path in (tmp_path / "home").rglob("unpacked/*") if path.is_file()]


def test_an_object_cut_off_is_reported_and_what_was_stays(bucket: Bucket, tmp_path: Path) -> None:
    home = tmp_path / "home"
    deliver(home, drop_at(ADDRESS))
    version = open_lake(home).version
    bucket.objects = {key: value + b"\n" for key, value in bucket.objects.items()}
    bucket.cut = True
    with pytest.raises(DropError, match="Nada na entrega pôde ser usado"):
        deliver(home, drop_at(ADDRESS))
    assert open_lake(home).version == version


def test_a_store_that_denies_says_so(bucket: Bucket) -> None:
    bucket.denied = True
    with pytest.raises(DropError, match=r"não pode ser lida.*2025/03"):
        open_delivery(ObjectFolder.read(ADDRESS))


def test_an_empty_folder_is_no_delivery(bucket: Bucket) -> None:
    with pytest.raises(DropError, match="vazia"):
        open_delivery(ObjectFolder.read("s3://entregas/2031/01"))


def test_an_object_that_went_away_is_reported(bucket: Bucket, tmp_path: Path) -> None:
    files = open_delivery(ObjectFolder.read(ADDRESS))
    bucket.objects.clear()
    with pytest.raises(SourceError, match="não pôde ser trazido"):
        files[0].opened(tmp_path)


@pytest.mark.parametrize("address", ["ftp://host/a", "s3://", "s3://key:secret@bucket/a", "https://x/y?token=1"])
def test_an_address_of_no_known_kind_is_refused_without_repeating_it(address: str) -> None:
    with pytest.raises(DropError) as refused:
        drop_at(address)
    assert "secret" not in str(refused.value)
    assert "token" not in str(refused.value)
