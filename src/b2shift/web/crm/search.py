"""Full-text search over customers with what each database has built in: FTS5 on SQLite, GIN on PostgreSQL."""

from typing import Any

from django.db.models import BooleanField, F, Func, Q, QuerySet

from b2shift.web.crm.models import Customer
from b2shift.web.crm.words import spellings, words_typed

FTS_TABLE = "crm_customer_search"


class _Matches(Func):
    """Whether every word starts some word of the customer's name, trade name, code, CNPJ or city."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, words: list[str]) -> None:
        super().__init__(F("id"))
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


def search(customers: QuerySet[Customer], text: str) -> QuerySet[Customer]:
    """Customers for whom every word typed is the start of one of their words; accents, case, order do not matter.

    Text without any letter or digit finds everybody, as an empty box does.
    """
    words = words_typed(text)
    return customers.filter(Q(_Matches(words))) if words else customers
