"""Contracts of a profile."""

from datetime import date
from enum import StrEnum

from pydantic import Field

from b2shift.kernel.contract import Contract


class Shape(StrEnum):
    """How the values of a column are profiled."""

    NUMBER = "number"
    DAY = "day"
    CATEGORY = "category"
    OTHER = "other"


class Bin(Contract):
    """One bar of a histogram; the upper end belongs to the last bin only."""

    low: float
    high: float
    rows: int


class Value(Contract):
    """One frequent value."""

    value: str
    rows: int


class Outliers(Contract):
    """Values beyond three interquartile ranges of the quartiles ("far out", Tukey 1977, Exploratory Data Analysis)."""

    below: int
    above: int
    low_fence: float
    high_fence: float


class Drift(Contract):
    """Drift of a column since the previous version; with both n, for small tables drift by chance."""

    psi: float = Field(description="population stability index, ten tenths of before or its twenty frequent words")
    psi_by_chance: float = Field(description="95 % of indices of two samples of one population stay below it")
    ks: float | None = Field(description="largest distance of the two distribution functions; numbers and days")
    n_before: int
    n_after: int
    verdict: str = Field(description="stable, moderate or strong")


class ColumnProfile(Contract):
    """One column; a personal column has counts only, no values."""

    name: str
    type: str = Field(description="DuckDB type")
    shape: Shape
    personal: bool
    description: str = ""
    rows: int
    missing: int
    distinct: int
    mean: float | None = Field(None, description="numbers; days since 1970 for days")
    deviation: float | None = None
    quantiles: tuple[float, ...] = Field((), description="0, 5, 25, 50, 75, 95 and 100 %")
    histogram: tuple[Bin, ...] = ()
    frequent: tuple[Value, ...] = ()
    outliers: Outliers | None = None
    drift: Drift | None = None


class Relation(Contract):
    """Association of two columns over the rows where both are known."""

    left: str
    right: str
    measure: str = Field(description="spearman, cramers_v or correlation_ratio")
    strength: float = Field(description="-1 to 1 for spearman, else 0 to 1")
    n: int


class Gap(Contract):
    """Association of a column being missing with another column."""

    missing: str
    goes_with: str
    measure: str = Field(description="cramers_v or correlation_ratio, of the absence itself")
    strength: float
    without: str = Field(description="what is usual where the value is absent")
    within: str = Field(description="what is usual where it is there")
    n_without: int
    n_within: int


class TableProfile(Contract):
    """One table of one version, or one file."""

    table: str
    description: str = ""
    version: int | None = Field(None, description="null for a file")
    before: int | None = Field(None, description="version compared with; null without one")
    unchanged: bool = Field(False, description="the same content in both versions")
    as_of: date | None = None
    rows: int
    rows_before: int | None = None
    looked_at: int = Field(description="rows used for relations and gaps: all, or a sample by hash")
    columns: tuple[ColumnProfile, ...]
    relations: tuple[Relation, ...] = Field((), description="strongest first")
    gaps: tuple[Gap, ...] = Field((), description="strongest first")


SOURCES = {
    "spearman": "Spearman 1904, The proof and measurement of association between two things",
    "cramers_v": "Cramér 1946; corrigido por Bergsma 2013, A bias-correction for Cramér's V and Tschuprow's T",
    "correlation_ratio": "Fisher 1925, Statistical Methods for Research Workers (η)",
    "outliers": "Tukey 1977, Exploratory Data Analysis: além de três distâncias interquartis",
    "psi": "Siddiqi 2006, Credit Risk Scorecards; limite do acaso: Yurdakul 2018, Statistical Properties of PSI",
    "ks": "Kolmogorov 1933; Smirnov 1948",
}
"""sources of the measures"""
