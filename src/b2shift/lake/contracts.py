"""The shapes of the lake: what a table is, and which files make a version."""

from datetime import date, datetime
from enum import StrEnum

from pydantic import Field

from b2shift.kernel.contract import Contract

ROW_CONTENT = "_content"
"""A column a file may have that is none of its table's: by it the writer knows a row when it comes again."""


class Layer(StrEnum):
    """How far a table is from the files that were delivered."""

    RAW = "raw"
    TRUSTED = "trusted"
    REFINED = "refined"
    ANALYTICS = "analytics"


class PersonalData(StrEnum):
    """The category of personal data in a column (LGPD)."""

    NONE = "none"
    PERSONAL = "personal"
    SENSITIVE = "sensitive"


class ColumnSpec(Contract):
    """One documented column; `type` is a DuckDB type name."""

    name: str
    type: str
    description: str
    personal: PersonalData = PersonalData.NONE
    purposes: tuple[str, ...] = Field((), description="what personal data in it is for; each has its legal basis")


class PersonColumns(Contract):
    """The identifying columns of a table whose rows are natural persons."""

    id: str
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    document: str | None = None
    customer: str | None = Field(None, description="the company the person is at")


class TableSpec(Contract):
    """One documented table: what a row is, its key, its columns."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,62}$", description="also the name of its folder and of its view")
    layer: Layer
    grain: str = Field(description="what one row is")
    description: str
    key: tuple[str, ...] = ()
    published: bool = Field(True, description="may be exported by name")
    open_columns: bool = Field(
        False, description="further columns may follow the documented ones (features, propensities)"
    )
    person: PersonColumns | None = Field(None, description="the rows are natural persons, and these say who")
    columns: tuple[ColumnSpec, ...]


class TableFiles(Contract):
    """The Parquet files of a table and the lists of deleted rows (deletion vectors); paths are relative to the lake."""

    files: tuple[str, ...]
    without: dict[str, str] = Field(
        default_factory=dict,
        description="file → the file that lists, by `_content`, which of its rows are not of the table; those without "
        "a content are not either",
    )

    @property
    def every_file(self) -> tuple[str, ...]:
        """The data files and the deletion lists."""
        return (*self.files, *self.without.values())

    def only(self, file: str) -> "TableFiles":
        """The rows that are in one of its files."""
        return TableFiles(files=(file,), without={file: self.without[file]} if file in self.without else {})


class TableVersion(TableFiles):
    """A table in one version of the lake; its files are shared between versions when nothing changed."""

    spec: TableSpec
    rows: int
    bytes: int = Field(description="of all its files")
    since: int = Field(description="the version that described it so")
    fingerprint: str = Field(description="changes when the content may have changed")


class StageVersion(Contract):
    """The inputs and outputs of a stage, so that unchanged stages are skipped."""

    fingerprint: str
    inputs: tuple[str, ...] = Field((), description="tables it read; empty in versions of before it was kept")
    outputs: tuple[str, ...]
    seconds: float
    notes: dict[str, object] = Field(default_factory=dict, description="small facts the stage keeps for the summary")


class Manifest(Contract):
    """One version of the lake: immutable once written."""

    version: int
    as_of: date
    written_at: datetime
    tables: dict[str, TableVersion]
    stages: dict[str, StageVersion]
