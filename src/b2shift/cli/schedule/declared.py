"""Jobs as a home declares them: which command, when, and what happens to the times that were missed."""

import re
from collections.abc import Mapping
from datetime import time
from enum import StrEnum
from importlib import resources
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import Field, ValidationError, field_validator, model_validator

from b2shift.kernel.contract import Contract
from b2shift.kernel.errors import InputError
from b2shift.kernel.yaml import parse_yaml

FILE = "schedule.yaml"
FILLED = frozenset({"home", "drop", "date"})
_GAP = re.compile(r"\{(\w+)\}")


class Days(StrEnum):
    """On which days a job has a logical date."""

    TODOS = "todos"
    UTEIS = "uteis"
    PRIMEIRO_DO_MES = "primeiro_do_mes"
    SEGUNDA = "segunda"
    SEXTA = "sexta"


class CatchUp(StrEnum):
    """Of the dates that passed while nobody looked: only the newest, or each in its order."""

    NEWEST = "newest"
    EACH = "each"


class Job(Contract):
    """A command of the product that runs by itself."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")
    about: str = ""
    run: tuple[str, ...] = Field(min_length=1, description="arguments of b2shift")
    at: time = Field(description="local time of day from which the date's run is due")
    days: Days = Days.TODOS
    state: str | None = Field(None, description="two letters: its holidays count too, for business days")
    catch_up: CatchUp = CatchUp.NEWEST
    after: str | None = Field(None, description="a job that must have ended well for the same date")
    attempts: int = Field(3, ge=1, le=20)
    wait_minutes: float = Field(10, ge=0, le=1440, description="between attempts")
    timeout_minutes: float = Field(240, gt=0, le=1440)

    @field_validator("run")
    @classmethod
    def _only_known_gaps(cls, told: tuple[str, ...]) -> tuple[str, ...]:
        for gap in (gap for one in told for gap in _GAP.findall(one)):
            if gap not in FILLED:
                raise ValueError(f"{{{gap}}} não se preenche; existem {', '.join(sorted(FILLED))}")
        return told

    def lacks(self, values: Mapping[str, str]) -> list[str]:
        """What has to be filled in and nobody said; the date is the scheduler's to say."""
        return sorted({gap for one in self.run for gap in _GAP.findall(one)} - values.keys() - {"date"})

    def arguments(self, values: Mapping[str, str]) -> list[str]:
        """The command with its gaps filled in."""
        return [_GAP.sub(lambda gap: values[gap.group(1)], one) for one in self.run]


class Schedule(Contract):
    """All jobs of a home, each after those it waits for."""

    time_zone: str = "America/Sao_Paulo"
    jobs: tuple[Job, ...] = Field(min_length=1)

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, told: str) -> str:
        try:
            ZoneInfo(told)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"não há fuso {told!r}; por exemplo, America/Sao_Paulo") from error
        return told

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        seen: set[str] = set()
        for job in self.jobs:
            if job.name in seen:
                raise ValueError(f"o nome {job.name} aparece duas vezes")
            if job.after is not None and job.after not in seen:
                raise ValueError(f"{job.name} vem depois de {job.after}, que não está declarado antes")
            seen.add(job.name)
        return self


def schedule_of(home: Path) -> Schedule:
    """The schedule a home declares, else the product's own. InputError tells what is wrong, by field."""
    own = home / FILE
    text = own.read_text(encoding="utf-8") if own.exists() else _shipped()
    try:
        return Schedule.model_validate(_told(text, own))
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()[:5])
        raise InputError("A agenda não serve", value=own, hint=wrong) from error


def _shipped() -> str:
    return resources.files(__package__).joinpath(FILE).read_text(encoding="utf-8")


def _told(text: str, path: Path) -> Any:
    try:
        return parse_yaml(text)
    except yaml.YAMLError as error:
        raise InputError("A agenda não é YAML", value=path, hint=str(error).splitlines()[0]) from error
