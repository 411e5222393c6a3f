"""Full-text search over customers with what each database has built in: FTS5 on SQLite, GIN on PostgreSQL."""

from typing import Any

from django.db.models import BooleanField, F, Func, Q, QuerySet

from b2shift.web.crm.models import Customer
from b2shift.web.crm.words import spellings, words_typed

FTS_TABLE = "crm_customer_search"


class _Matches(Func):
    """Whether every word starts some word of the customer's name, trade name, code, CNPJ or city: by the index."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, column: str, words: list[str]) -> None:
        super().__init__(F(column))
        self.words = words

    def as_sqlite(self, compiler: Any, connection: Any, **_more: Any) -> tuple[str, tuple[str, ...]]:
        """Words are [a-z0-9]+, so quoting them is all FTS5 needs."""
        key, _ = compiler.compile(self.source_expressions[0])
        query = " OR ".join("(" + " AND ".join(f'"{word}"*' for word in way) + ")" for way in spellings(self.words))
        return f"{key} IN (SELECT rowid FROM {FTS_TABLE} WHERE {FTS_TABLE} MATCH %s)", (query,)

    def as_postgresql(self, compiler: Any, connection: Any, **_more: Any) -> tuple[str, tuple[str, ...]]:
        """The index's expression; found first, as an array, lest the planner walk a sort's index for rare words."""
        key, _ = compiler.compile(self.source_expressions[0])
        query = " | ".join("(" + " & ".join(f"'{word}':*" for word in way) + ")" for way in spellings(self.words))
        found = "SELECT id FROM crm_customer WHERE array_to_tsvector(string_to_array(search_text, ' ')) @@ %s::tsquery"
        return f"{key} = ANY(ARRAY({found}))", (query,)


class _Holds(_Matches):
    """The same, by looking at the row itself: cheap where most rows met agree."""

    def as_sql(self, compiler: Any, connection: Any, *_told: Any, **_more: Any) -> tuple[str, tuple[str, ...]]:
        """A space before each word makes it the start of one."""
        text, _ = compiler.compile(self.source_expressions[0])
        place = "instr" if connection.vendor == "sqlite" else "strpos"
        ways = spellings(self.words)
        tests = [" AND ".join([f"{place}(' ' || {text}, %s) > 0"] * len(way)) for way in ways]
        return f"({' OR '.join(tests)})", tuple(f" {word}" for way in ways for word in way)

    as_sqlite = as_postgresql = as_sql


def search(customers: QuerySet[Customer], text: str, *, walk: bool = False) -> QuerySet[Customer]:
    """Customers for whom every word typed is the start of one of their words; accents, case, order do not matter.

    Text without any letter or digit finds everybody, as an empty box does. `walk` gives the same customers for a
    query that meets many of them in another order (see `paging.page_of`).
    """
    words = words_typed(text)
    if not words:
        return customers
    return customers.filter(Q(_Holds("search_text", words) if walk else _Matches("id", words)))
