"""A file that somebody asks for is refused before the work where it cannot be, and written whole or not at all."""

from contextlib import suppress
from pathlib import Path

import pytest

from b2shift.kernel.errors import InputError, StorageError
from b2shift.lake.api import atomic_output, check_output, write_output


@pytest.mark.parametrize("out", ["nada/saida.parquet", "saida.txt", "pasta.csv"])
def test_an_output_that_cannot_be_is_refused(tmp_path: Path, out: str) -> None:
    (tmp_path / "pasta.csv").mkdir()
    with pytest.raises(InputError):
        check_output(tmp_path / out, ".csv", ".parquet")


def test_a_folder_that_takes_no_file_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "touch", full)
    with pytest.raises(StorageError, match="O disco está cheio"):
        check_output(tmp_path / "new.csv", ".csv", ".parquet")


def test_no_output_is_written_over_what_is_read(tmp_path: Path) -> None:
    place = tmp_path / "t.csv"
    place.write_text("a\n1\n")
    (tmp_path / "link.csv").symlink_to(place)
    for out in (place, tmp_path / "link.csv", tmp_path / "." / "t.csv"):
        with pytest.raises(InputError, match="apagaria a tabela"):
            check_output(out, ".csv", ".parquet", read=(None, place))
    check_output(tmp_path / "new.csv", ".csv", ".parquet", read=(place,))
    assert {one.name for one in tmp_path.iterdir()} == {"t.csv", "link.csv"}, "nothing is left of the trial"


def test_a_text_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    out = tmp_path / "told.html"
    write_output(out, "olá")
    with suppress(KeyboardInterrupt), atomic_output(out) as partial:
        partial.write_text("meio")
        raise KeyboardInterrupt
    assert out.read_text("utf-8") == "olá"
    assert list(tmp_path.iterdir()) == [out]
