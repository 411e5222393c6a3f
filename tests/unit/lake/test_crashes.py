"""Whatever the moment a run is killed, readers find a whole version and the next run goes on from it."""

import os
import shutil
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tests.unit.lake.numbers_table import DAY, files, read, spec, write

from b2shift.lake.api import current_version, open_lake, writing


class Camera:
    """Copies the home at every step that changes what the disk holds: what a kill at that moment would leave."""

    def __init__(self, home: Path, album: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.home, self.album, self.busy = home, album, False
        for name in ("fsync", "replace", "unlink"):
            monkeypatch.setattr(os, name, self._watched(getattr(os, name)))

    def _watched(self, step: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*arguments: Any, **options: Any) -> Any:
            self.shoot()
            done = step(*arguments, **options)
            self.shoot()
            return done

        return watched

    def shoot(self) -> None:
        if not self.busy:
            self.busy = True
            shutil.copytree(self.home, self.album / f"{len(list(self.album.iterdir())):03d}")
            self.busy = False


@pytest.mark.parametrize("base", [(), (1,), (1, 2)], ids=["first version", "second", "third, which drops the first"])
def test_every_moment_of_a_commit_leaves_a_whole_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, base: tuple[int, ...]
) -> None:
    home, album = tmp_path / "home", tmp_path / "album"
    home.mkdir()
    album.mkdir()
    for number in base:
        write(home, number)
    before = current_version(home)
    with monkeypatch.context() as patched, writing(home) as session:
        session.write(spec(), pa.table({"n": [9]}))
        session.write(spec("others"), pa.table({"n": [9]}))
        camera = Camera(home, album, patched)
        session.commit(DAY, keep=2)
        camera.shoot()
    moments = sorted(album.iterdir())
    assert len(moments) > 10
    served = [current_version(moment) for moment in moments]
    assert served == [before] * served.count(before) + [session.version - 1] * (len(served) - served.count(before))
    assert set(served) == {before, session.version - 1}, "both sides of the swap were seen"
    for moment, version in zip(moments, served, strict=True):
        if version is not None:
            assert read(moment) == [base[-1] if version == before else 9]
            assert open_lake(moment).has("others") is (version != before)
        write(moment, 10)
        assert read(moment) == [10]
        named = {file for n in open_lake(moment).store.kept() for file in named_by(moment, n)}
        assert {str(path.relative_to(moment / "lake")) for path in files(moment)} == named
        assert not [*(moment / "lake").rglob("*.tmp"), *(moment / "lake").glob("scratch-*")]


def named_by(home: Path, version: int) -> set[str]:
    tables = open_lake(home).store.manifest(version).tables.values()
    return {file for table in tables for file in table.files}


def test_a_version_written_and_never_served_is_whole(tmp_path: Path) -> None:
    """Killed between the manifest and the pointer: nobody saw it, and going to it is still possible."""
    write(tmp_path, 1)
    pointer = (tmp_path / "lake" / "CURRENT").read_text()
    write(tmp_path, 2)
    (tmp_path / "lake" / "CURRENT").write_text(pointer)
    assert (read(tmp_path), read(tmp_path, 2)) == ([1], [2])
    assert write(tmp_path, 3) == 3
    assert (read(tmp_path), read(tmp_path, 2)) == ([3], [2])


def test_a_writer_killed_before_the_swap_leaves_the_previous_version(tmp_path: Path) -> None:
    write(tmp_path, 1)
    program = textwrap.dedent(
        f"""
        import os, signal
        from pathlib import Path
        import pyarrow as pa
        from tests.unit.lake.numbers_table import DAY, spec
        from b2shift.lake.api import writing
        with writing(Path({str(tmp_path)!r})) as session:
            session.write(spec(), pa.table({{"n": [2]}}))
            session.commit(DAY, before_swap=lambda: os.kill(os.getpid(), signal.SIGKILL))
        """
    )
    ended = subprocess.run([sys.executable, "-c", program], cwd=Path(__file__).parents[3], check=False)
    assert ended.returncode == -signal.SIGKILL
    assert read(tmp_path) == [1]
    with writing(tmp_path):
        assert len(files(tmp_path)) == 1, "the next run clears what the killed one left, before it needs the space"
    write(tmp_path, 3)
    assert read(tmp_path) == [3]
    assert not list((tmp_path / "lake").glob("scratch-*"))
