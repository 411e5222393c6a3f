"""Retention: the newest versions, month ends, the current one, and those in use."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from pydantic import Field, ValidationError

from b2shift.kernel.contract import Contract
from b2shift.kernel.errors import StateError


class Retention(Contract):
    """How much of the past a lake keeps."""

    versions: int = Field(12, ge=1, description="the newest versions")
    month_ends: int = Field(24, ge=0, description="months of which the last version stays")


def retention_of(path: Path) -> Retention:
    """The retention stored in the lake, else the default; StateError when it cannot be read."""
    try:
        return Retention.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return Retention()
    except (ValidationError, OSError) as error:
        raise StateError(
            "A escolha do que guardar está danificada", value=path, hint="Escolha de novo com `b2shift lake retain`"
        ) from error


def expired(versions: Iterable[tuple[int, date]], keep: Retention, current: int | None) -> list[int]:
    """The versions (number, as-of) that no rule retains, oldest first."""
    known = sorted(versions)
    newest_of: dict[tuple[int, int], int] = {(day.year, day.month): number for number, day in known}
    months = sorted(newest_of)[len(newest_of) - min(keep.month_ends, len(newest_of)) :]
    stays = {number for number, _ in known[-keep.versions :]} | {newest_of[month] for month in months}
    return [number for number, _ in known if number not in stays and number != current]
