"""A disk that fills up stops the run with a clear error, gives its space back and leaves the version before."""

import resource
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from tests.unit.lake.numbers_table import files, read, write

ROOT = Path(__file__).parents[3]


def limited(home: Path, work: str, largest: int) -> subprocess.CompletedProcess[str]:
    """Run `work` with a session in a process that may not write a file larger than `largest` bytes."""
    program = textwrap.dedent(
        f"""
        from pathlib import Path
        from b2shift.kernel.errors import StorageError
        from b2shift.lake.api import writing
        from tests.unit.lake.numbers_table import DAY, spec
        try:
            with writing(Path({str(home)!r})) as session:
                {work}
                session.commit(DAY)
        except StorageError as error:
            print(error)
            raise SystemExit(error.exit_code)
        """
    )
    return subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest)),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("work", "largest", "told"),
    [
        ("session.write(spec(), 'SELECT hash(i) % 1000000000 AS n FROM range(400000) t(i)')", 200_000, "numbers"),
        ("session.write(spec(), 'SELECT 2 AS n')", 500, "O lake não pode ser gravado"),
    ],
    ids=["while a table is written", "while the version is published"],
)
def test_a_full_disk_is_reported_and_loses_nothing(tmp_path: Path, work: str, largest: int, told: str) -> None:
    write(tmp_path, 1)
    kept = files(tmp_path)
    done = limited(tmp_path, work, largest)
    assert done.returncode == 3, done.stderr
    assert told in done.stdout
    assert "a versão anterior continua valendo" in done.stdout.lower()
    assert read(tmp_path) == [1]
    assert files(tmp_path) == kept, "the space is given back"
    assert not list((tmp_path / "lake").rglob("*.tmp"))
    write(tmp_path, 2)
    assert read(tmp_path) == [2]
