"""Job declarations of a home: command, schedule, catch-up policy."""

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
from b2shift.kernel.faults import faults, told
from b2shift.kernel.yaml import parse_yaml

FILE = "schedule.yaml"
PLACEHOLDERS = frozenset({"home", "drop", "date"})
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


class Days(StrEnum):
    """The days on which a job has a logical date."""

    TODOS = "todos"
    UTEIS = "uteis"
    PRIMEIRO_DO_MES = "primeiro_do_mes"
    SEGUNDA = "segunda"
    SEXTA = "sexta"


class CatchUp(StrEnum):
    """Catch-up of missed dates: only the newest, or each in order."""

    NEWEST = "newest"
    EACH = "each"


class Job(Contract):
    """A scheduled command of the product."""

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
    def _only_known_gaps(cls, arguments: tuple[str, ...]) -> tuple[str, ...]:
        for gap in (gap for one in arguments for gap in _PLACEHOLDER.findall(one)):
            if gap not in PLACEHOLDERS:
                raise ValueError(f"{{{gap}}} não se preenche; existem {', '.join(sorted(PLACEHOLDERS))}")
        return arguments

    def missing_values(self, values: Mapping[str, str]) -> list[str]:
        """Placeholders without a value; the scheduler fills in the date."""
        return sorted({gap for one in self.run for gap in _PLACEHOLDER.findall(one)} - values.keys() - {"date"})

    def arguments(self, values: Mapping[str, str]) -> list[str]:
        """The command with its placeholders filled in."""
        return [_PLACEHOLDER.sub(lambda gap: values[gap.group(1)], one) for one in self.run]


class Schedule(Contract):
    """All jobs of a home, in dependency order."""

    time_zone: str = "America/Sao_Paulo"
    jobs: tuple[Job, ...] = Field(min_length=1)

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"não há fuso {name!r}; por exemplo, America/Sao_Paulo") from error
        return name

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
    """The schedule of a home, else the default one. InputError names the field at fault."""
    own = home / FILE
    text = own.read_text(encoding="utf-8") if own.exists() else _shipped()
    try:
        return Schedule.model_validate(_parsed(text, own))
    except ValidationError as error:
        raise InputError("A agenda não serve", value=own, hint=told(faults(error, Schedule, {"jobs": Job}))) from error


def _shipped() -> str:
    return resources.files(__package__).joinpath(FILE).read_text(encoding="utf-8")


def _parsed(text: str, path: Path) -> Any:
    try:
        return parse_yaml(text)
    except yaml.YAMLError as error:
        raise InputError("A agenda não é YAML", value=path, hint=str(error).splitlines()[0]) from error
