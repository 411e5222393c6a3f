"""What a source is: one YAML file says how its files look and where each column goes."""

import re
from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from fnmatch import fnmatch
from typing import Any, Self

from pydantic import Field, model_validator

from b2shift.identify.sources.rule import Rule, RuleKind
from b2shift.kernel.contract import Contract
from b2shift.kernel.text import fold, squeeze
from b2shift.lake.contracts import PersonalData


class Kind(StrEnum):
    """What the values of a column mean, hence how they are judged."""

    CUSTOMER = "customer"
    ID = "id"
    TEXT = "text"
    CATEGORY = "category"
    NAME = "name"
    CITY = "city"
    CNPJ = "cnpj"
    EMAIL = "email"
    PHONE = "phone"
    DATE = "date"
    TIMESTAMP = "timestamp"
    DECIMAL = "decimal"
    INTEGER = "integer"
    SCORE = "score"
    FLAG = "flag"


class Reader(StrEnum):
    """Who turns the bytes of a file into rows."""

    CSV = "csv"
    JSONL = "jsonl"
    EXCEL = "excel"
    PARQUET = "parquet"
    SQL = "sql"
    TELEMETRY = "telemetry"


class Repeats(StrEnum):
    """Whether equal rows are one row delivered twice."""

    KEEP = "keep"
    NEARBY = "nearby"


class Customers(StrEnum):
    """What a source says about who is a customer."""

    REGISTRY = "registry"
    EVIDENCE = "evidence"
    MENTION = "mention"


class Load(StrEnum):
    """What a newer delivery of a file does to what it said before: takes its place, or adds to it."""

    SNAPSHOT = "snapshot"
    LEDGER = "ledger"


class Identifies(StrEnum):
    """What a column of a source of persons says of who each one is."""

    ID = "id"
    NAME = "name"
    EMAIL = "email"
    PHONE = "phone"
    DOCUMENT = "document"


class Mark(StrEnum):
    """The decimal mark of a file."""

    COMMA = "comma"
    POINT = "point"


class DateOrder(StrEnum):
    """How a file writes a day whose year comes last."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


class SourceColumn(Contract):
    """One column of the files of a source."""

    header: str
    to: str | None = Field(None, description="column of the target table; None: read, judged, not published")
    into: str | None = Field(None, description="map column of the target that collects it under its label")
    label: str = Field("", description="key in that map; the header when empty")
    kind: Kind = Kind.TEXT
    vocabulary: str = Field("", description="categories with one vocabulary share their spellings across sources")
    required: bool = Field(False, description="a file without it is refused")
    filled: bool = Field(False, description="never empty: an empty value is a defect")
    filled_when: dict[str, tuple[str | bool, ...]] = Field(
        default_factory=dict, description="not empty when any of these columns has one of these values"
    )
    aliases: tuple[str, ...] = ()
    codes: str = Field("", description="a customer's key in another system, and the name of that system")
    description: str = ""
    personal: PersonalData = PersonalData.NONE
    purposes: tuple[str, ...] = Field((), description="what personal data in it is for (purposes.yaml)")
    identifies: Identifies | None = Field(None, description="what it says of who a natural person is")

    @property
    def name(self) -> str:
        """How the column is called while it is cleansed."""
        return self.to or self.header


class CompanyBy(Contract):
    """Columns that tell the company of a person whose row has no code of a customer."""

    name: str | None = Field(None, description="the name of the company")
    email: str | None = Field(None, description="an e-mail: its domain, unless anybody may have an address there")


class Source(Contract):
    """One logical source: its files, its columns, what a row is and where it goes."""

    source: str
    description: str
    files: str = Field(description="name or pattern of its files")
    expected: int = Field(1, ge=1, description="files in a whole delivery")
    reader: Reader = Reader.CSV
    sheet: str = Field("", description="of a workbook; empty: the one with most of the declared columns")
    query: str = Field("", description="of a database: the SELECT that gives the rows")
    database: str = Field(
        "", description="environment variable that holds its address; empty: the delivered file is a SQLite database"
    )
    encoding: str = "utf-8"
    separator: str = Field(";", min_length=1, max_length=1)
    decimal: Mark = Field(Mark.COMMA, description="used when a file shows neither")
    date_order: DateOrder = Field(DateOrder.DAY_FIRST, description="used when a file shows no evidence")
    nulls: tuple[str, ...] = ("", "NULL")
    grain: str
    freshness: str
    owner: str
    load: Load = Field(Load.SNAPSHOT, description="ledger: days delivered before stay when a file brings other days")
    personal: PersonalData = PersonalData.NONE
    customers: Customers = Customers.MENTION
    accounts: bool = Field(
        False, description="its rows are accounts of another system, each the customer that is surely the same company"
    )
    anonymous: bool = Field(False, description="a row without a customer, or of an account that is none, is kept")
    company_by: CompanyBy | None = Field(
        None, description="a row without a code is of the customer or prospect that these tell, else refused"
    )
    target: str | None = Field(None, description="table of identify; None: a table of its own, called like the source")
    key: tuple[str, ...] = Field((), description="columns that identify a row: the newest row wins")
    newest_by: str | None = Field(None, description="which of two rows with one key is newer; else the later one")
    evolves: tuple[str, ...] = Field(
        (), description="columns that move in the life of a row; another value elsewhere corrects the past"
    )
    known_by: tuple[str, ...] = Field((), description="without a key: columns by which a row is most likely the same")
    dated_by: str | None = Field(None, description="day of a row: one of a month delivered before came late")
    rules: tuple[Rule, ...] = Field((), description="what every load is held against")
    repeats: Repeats = Repeats.NEARBY
    repeat_kind: str = "duplicate_row"
    uses: tuple[str, ...] = Field((), description="tables its derived columns read")
    columns: tuple[SourceColumn, ...]
    derived: dict[str, str] = Field(
        default_factory=dict, description="column of the target → SQL over cleansed columns"
    )
    also: dict[str, str] = Field(default_factory=dict, description="further table → SELECT over `accepted`")

    @model_validator(mode="before")
    @classmethod
    def _headers(cls, declared: Any) -> Any:
        """`columns: {HEADER: {to: …}}` reads better than a list."""
        if isinstance(declared, dict) and isinstance(declared.get("columns"), dict):
            listed = [{"header": header, **(rest or {})} for header, rest in declared["columns"].items()]
            return {**declared, "columns": listed}
        return declared

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.reader is Reader.SQL) != bool(self.query) or (self.database and not self.query):
            raise ValueError("reader sql vai com query, e só ele")
        if self.query and not re.match(r"\s*(SELECT|WITH)\b", self.query, re.IGNORECASE):
            raise ValueError("query começa com SELECT ou WITH")
        if self.database and not re.fullmatch(r"[A-Z][A-Z0-9_]*", self.database):
            raise ValueError("database é o nome de uma variável de ambiente, em maiúsculas: o endereço fica lá")
        if self.database == "DATABASE_URL" or self.database.startswith("B2SHIFT_"):
            raise ValueError(f"{self.database} é do próprio produto: pessoas e chaves não são uma fonte")
        names = [column.name for column in self.columns]
        if len(set(names)) < len(names):
            raise ValueError("duas colunas têm o mesmo nome")
        by = self.company_by or CompanyBy()
        told = {*self.key, *self.evolves, *self.known_by}
        told |= set(filter(None, (self.newest_by, self.dated_by, by.name, by.email)))
        unknown = (told | {name for column in self.columns for name in column.filled_when}) - set(names)
        if unknown:
            raise ValueError(f"a fonte fala de colunas que não tem: {', '.join(sorted(unknown))}")
        if any(rule.rule is RuleKind.FRESH for rule in self.rules) and not self.dated_by:
            raise ValueError("uma regra fresh precisa de dated_by")
        if self.load is Load.LEDGER and self.reader is not Reader.TELEMETRY:
            raise ValueError("só a telemetria acumula: linhas têm chave, entregue-as inteiras")
        return self

    @model_validator(mode="after")
    def _of_customers(self) -> Self:
        if any(column.codes and column.kind is not Kind.CUSTOMER for column in self.columns):
            raise ValueError("codes diz de quem é a chave de uma coluna do tipo customer")
        if sum(column.kind is Kind.CUSTOMER for column in self.columns) > 1:
            raise ValueError("duas colunas são a chave do cliente")
        if self.customers is not Customers.MENTION and self.customer is None:
            raise ValueError(f"customers: {self.customers} precisa de uma coluna do tipo customer")
        if self.accounts and not (self.customers is Customers.MENTION and self.customer and self.customer.codes):
            raise ValueError("contas só mencionam clientes, pelos códigos de outro sistema")
        return self

    def matches(self, file: str) -> bool:
        """Whether a file of this name belongs to the source."""
        return fnmatch(file.casefold(), self.files.casefold())

    @property
    def table(self) -> str:
        """The table its rows go to."""
        return self.target or self.source

    @property
    def raw_table(self) -> str:
        """The table that keeps its rows as delivered."""
        return f"raw_{self.source}"

    @property
    def customer(self) -> SourceColumn | None:
        """The column that holds the customer's key."""
        return next((column for column in self.columns if column.kind is Kind.CUSTOMER), None)

    def of_kind(self, *kinds: Kind) -> tuple[SourceColumn, ...]:
        """Its columns of some kinds."""
        return tuple(column for column in self.columns if column.kind in kinds)


def told_apart(header: Iterable[str]) -> list[str]:
    """The names of a header in one line, a name that comes again with its number: `Nome`, `Nome (2)`."""
    seen: Counter[str] = Counter()
    names = []
    for name in map(squeeze, header):
        seen[same_header(name)] += 1
        again = seen[same_header(name)]
        names.append(f"{name} ({again})" if again > 1 and name else name)
    return names


def same_header(header: str) -> str:
    """The form two spellings of a header share: no marks, quotes, case, accents or extra spaces."""
    return fold(header.lstrip("\ufeff").strip().strip('"'))
