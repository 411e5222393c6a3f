"""Full-text search over customers with what each database has built in: FTS5 on SQLite, GIN on PostgreSQL."""

from typing import Any, NamedTuple

from django.db.models import BooleanField, F, Func, Q, QuerySet

from b2shift.web.crm.fuzzy import candidates
from b2shift.web.crm.models import Customer
from b2shift.web.crm.paging import FEW, count_of
from b2shift.web.crm.words import spellings, words_typed

FTS_TABLE = "crm_customer_search"
_LONG_JOIN = 7


class _Matches(Func):
    """Whether every word starts some word of the customer's name, trade name, code, CNPJ or city: by the index."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, column: str, ways: list[list[list[str]]]) -> None:
        super().__init__(F(column))
        self.ways = ways

    def as_sqlite(self, compiler: Any, connection: Any, **_kwargs: Any) -> tuple[str, tuple[str, ...]]:
        """Words are [a-z0-9]+, so quoting them is all FTS5 needs."""
        key, _ = compiler.compile(self.source_expressions[0])
        query = _asked(self.ways, '"{}"*', " OR ", " AND ")
        return f"{key} IN (SELECT rowid FROM {FTS_TABLE} WHERE {FTS_TABLE} MATCH %s)", (query,)

    def as_postgresql(self, compiler: Any, connection: Any, **_kwargs: Any) -> tuple[str, tuple[str, ...]]:
        """The index's expression; found first, as an array, lest the planner walk a sort's index for rare words."""
        key, _ = compiler.compile(self.source_expressions[0])
        query = _asked(self.ways, "'{}':*", " | ", " & ")
        found = "SELECT id FROM crm_customer WHERE array_to_tsvector(string_to_array(search_text, ' ')) @@ %s::tsquery"
        return f"{key} = ANY(ARRAY({found}))", (query,)


class _RowMatches(_Matches):
    """The same, by looking at the row itself: cheap where most rows met agree."""

    def as_sql(self, compiler: Any, connection: Any, *_args: Any, **_kwargs: Any) -> tuple[str, tuple[str, ...]]:
        """A space before each word makes it the start of one."""
        text, _ = compiler.compile(self.source_expressions[0])
        position_function = "instr" if connection.vendor == "sqlite" else "strpos"
        test = f"{position_function}(' ' || {text}, %s) > 0"
        tests = [" AND ".join(f"({' OR '.join([test] * len(one))})" for one in way) for way in self.ways]
        return f"({' OR '.join(tests)})", tuple(f" {word}" for way in self.ways for one in way for word in one)

    as_sqlite = as_postgresql = as_sql


def interpretations(words: list[str]) -> list[list[list[str]]]:
    """Ways to join the words typed, each word with what it may be a slip of; short joins are no slips of anything."""
    return [
        [candidates(word) if word in words or len(word) >= _LONG_JOIN else [word] for word in way]
        for way in spellings(words)
    ]


def _asked(ways: list[list[list[str]]], form: str, either: str, both: str) -> str:
    """The ways as a database writes them: `form` is the beginning of a word."""
    words = [[f"({either.join(form.format(word) for word in one)})" for one in way] for way in ways]
    return either.join(f"({both.join(way)})" for way in words)


class Found(NamedTuple):
    """The customers found, and the same for a query that meets many of them in another order (`paging.page_of`)."""

    rows: QuerySet[Customer]
    walk: QuerySet[Customer]


def search(customers: QuerySet[Customer], text: str) -> Found:
    """Customers for whom every word typed is the start of one of their words; accents, case, order do not matter.

    A word nobody has is read as those it may be a slip of (see `slips`).

    Text without any letter or digit finds everybody, as an empty box does. Of few customers, as a portfolio has, each
    is looked at: the index would find a common word in everybody's.
    """
    words = words_typed(text)
    if not words:
        return Found(customers, customers)
    ways = interpretations(words)
    looked_at = customers.filter(Q(_RowMatches("search_text", ways)))
    by_index = count_of(customers) > FEW
    return Found(customers.filter(Q(_Matches("id", ways))) if by_index else looked_at, looked_at)
