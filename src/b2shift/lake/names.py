"""SQL quoting of identifiers and literals."""


def quote(identifier: str) -> str:
    """An identifier as SQL writes it."""
    return '"' + identifier.replace('"', '""') + '"'


def literal(value: object) -> str:
    """A string as an SQL literal, for the few places where no parameter is allowed (COPY, read_parquet)."""
    return "'" + str(value).replace("'", "''") + "'"
