"""Declaration of external indicators: files or URL, layout, unit and dimensions, one YAML entry each."""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from fnmatch import fnmatch
from pathlib import Path
from typing import Annotated, Any, Self

import yaml
from pydantic import BeforeValidator, Field, ValidationError, model_validator

from b2shift.kernel.contract import Contract
from b2shift.kernel.errors import SchemaError
from b2shift.kernel.faults import faults, told
from b2shift.kernel.yaml import parse_yaml

_BUILT_IN = Path(__file__).with_name("indicators.yaml")


class Layout(StrEnum):
    """File layout of an institute."""

    SIDRA = "sidra"
    SGS = "sgs"
    ROWS = "rows"
    PLACES = "places"


class Of(StrEnum):
    """Dimensions of a figure besides its month."""

    MUNICIPALITY = "municipality"
    ACTIVITY = "activity"


def _as_tuple(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], BeforeValidator(_as_tuple)]
"""one name or several, the first present is used"""


class RowColumns(Contract):
    """The columns of a file of rows, each under the names it had over the years; without `value` rows are counted.

    `only`: column → the value its rows must have, where a file has the column. A file without `month` says the year in
    its name. `told_in`: the month in which what corrects was declared, in a file's rows or else in its name; of two
    files of one kind that were declared in one month the newer holds.
    """

    municipality: Names = ()
    activity: Names = ()
    month: Names
    value: Names = ()
    only: dict[str, str] = {}
    told_in: Names = ()


class Indicator(Contract):
    """One figure of a public institute."""

    indicator: str = Field(pattern=r"^[a-z][a-z0-9_]{1,40}$")
    label: str
    institute: str
    files: Names = Field((), description="names or patterns of its files")
    url: str = Field("", pattern=r"^(https?://[^\s@]+)?$", description="address asked at every run, without a password")
    layout: Layout
    unit: str = ""
    by: tuple[Of, ...] = ()
    adds: bool = Field(False, description="its files hold parts of a figure, which add up")
    corrects: Names = Field((), description="patterns of the files that only correct months which others bring")
    subtracts: Names = Field((), description="patterns of the files whose parts are taken off")
    columns: RowColumns | None = None

    @model_validator(mode="after")
    def _comes_from_somewhere(self) -> Self:
        if not self.files and not self.url:
            raise ValueError("um indicador diz os seus arquivos, o seu endereço ou ambos")
        return self

    def matches(self, file: str) -> bool:
        """Whether it is read from a file of this name."""
        return any_of(self.files, file)

    def complete(self, place: str, trade: str) -> bool:
        """Whether a figure says the place and the trade that this one is of."""
        return (bool(place) or Of.MUNICIPALITY not in self.by) and (bool(trade) or Of.ACTIVITY not in self.by)


def any_of(patterns: Iterable[str], file: str) -> bool:
    """Whether the name of a file is like one of the patterns; case does not matter."""
    return any(fnmatch(file.casefold(), pattern.casefold()) for pattern in patterns)


def indicators(home: Path) -> tuple[Indicator, ...]:
    """The built-in indicators, replaced or completed by those of the home; SchemaError names the file that is wrong."""
    found = {one.indicator: one for one in _read(_BUILT_IN)}
    for path in sorted((home / "external").glob("*.yaml")):
        found |= {one.indicator: one for one in _read(path)}
    return tuple(found.values())


def _read(path: Path) -> Iterator[Indicator]:
    try:
        for entry in parse_yaml(path.read_text(encoding="utf-8")) or ():
            yield Indicator.model_validate(entry)
    except (yaml.YAMLError, ValidationError, TypeError) as error:
        hint = told(faults(error, Indicator)) if isinstance(error, ValidationError) else str(error)
        raise SchemaError("A declaração de indicadores não está certa", value=path.name, hint=hint) from error
