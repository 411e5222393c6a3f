"""Replays of the rules asked for on a page: a folder each in the home, filled by a process of its own."""

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.conf import settings

from b2shift.interact.contracts import Replay
from b2shift.web.crm.background_command import start

MOST_KEPT, MOST_AT_WORK = 20, 2
SILENT_AFTER = timedelta(minutes=15)
"""A process that told nothing for so long is taken for dead."""
KEY = re.compile(r"v(\d+)-(\d{4}-\d{2}-\d{2})-(\d{4}-\d{2}-\d{2})-(\d+)")


@dataclass(frozen=True)
class ReplayRequest:
    """A version of the rules on the days of a period, as the data of a lake's version tell them."""

    number: int
    start: date
    end: date
    lake: int

    @property
    def key(self) -> str:
        """What its folder is called, and its address."""
        return f"v{self.number}-{self.start}-{self.end}-{self.lake}"


@dataclass(frozen=True)
class Kept:
    """What a replay came to so far."""

    asked: ReplayRequest
    at: datetime
    result: Replay | None
    problem: str
    done: int
    of: int
    day: str

    @property
    def at_work(self) -> bool:
        """Whether a process is likely at it."""
        return self.result is None and not self.problem and datetime.now(UTC) - self.at < SILENT_AFTER


def of_key(key: str) -> ReplayRequest | None:
    """What a folder or an address stands for."""
    found = KEY.fullmatch(key)
    if found is None:
        return None
    number, start, end, lake = found.groups()
    try:
        return ReplayRequest(int(number), date.fromisoformat(start), date.fromisoformat(end), int(lake))
    except ValueError:
        return None


def kept(asked: ReplayRequest) -> Kept | None:
    """What was asked for; None for what never was."""
    folder = _folder(asked)
    if not folder.is_dir():
        return None
    result_file, wrong = folder / "told.json", folder / "wrong.txt"
    way = json.loads(_read(folder / "at.json") or "{}")
    moved = max(path.stat().st_mtime for path in [folder, *folder.iterdir()])
    return Kept(
        asked,
        datetime.fromtimestamp(moved, UTC),
        Replay.model_validate_json(result_file.read_text(encoding="utf-8")) if result_file.exists() else None,
        _read(wrong),
        way.get("done", 0) if way.get("stage") == "Dias" else 0,
        way.get("of", 0) if way.get("stage") == "Dias" else 0,
        way.get("note", ""),
    )


def every() -> list[Kept]:
    """Those kept, the newest first."""
    found = [replay for asked in _folders() if (replay := kept(asked)) is not None]
    return sorted(found, key=lambda one: one.at, reverse=True)


def ask(asked: ReplayRequest) -> bool:
    """Have it computed unless it is or was; False where too many processes are at work already."""
    there = kept(asked)
    if there is not None and (there.result is not None or there.at_work):
        return True
    others = every()
    if sum(one.at_work for one in others) >= MOST_AT_WORK:
        return False
    for old in others[MOST_KEPT:]:
        shutil.rmtree(_folder(old.asked), ignore_errors=True)
    folder = _folder(asked)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    start(
        "policy", "replay", "--from", str(asked.start), "--to", str(asked.end), "--version", str(asked.number),
        "--keep", str(folder),
    )  # fmt: skip
    return True


def contacts(asked: ReplayRequest, rule: str) -> list[dict[str, object]]:
    """Each contact of a replay that is done, of one rule where one is named: day, customer_id, rule, channel."""
    path = _folder(asked) / "rows.parquet"
    if not path.exists():
        return []
    rows = pq.read_table(path)
    found: list[dict[str, object]] = (rows.filter(pc.field("rule") == rule) if rule else rows).to_pylist()
    return found


def _folder(asked: ReplayRequest) -> Path:
    return Path(settings.HOME) / "replays" / asked.key


def _folders() -> Iterator[ReplayRequest]:
    for path in (Path(settings.HOME) / "replays").glob("v*"):
        asked = of_key(path.name)
        if asked is not None:
            yield asked


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
