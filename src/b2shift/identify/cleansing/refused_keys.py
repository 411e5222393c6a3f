"""Rows that cannot belong to anybody."""

from b2shift.identify.cleansing.company_told import company_told_sql
from b2shift.identify.cleansing.typed_values import delivered_column
from b2shift.identify.sources.codes import SUMS, code_of, is_account, is_nobodys
from b2shift.identify.sources.declaration import Source
from b2shift.identify.sources.declarations import of_prospects
from b2shift.lake.api import Session, literal, quote

_OF_NO_COMPANY = "nada diz de que empresa é a pessoa: nem um código, nem um nome, nem um e-mail de trabalho"


def refuse_keys(session: Session, source: Source) -> None:
    """Make `_refused` with the rows of `_clean` whose customer's key is missing, malformed or nobody's.

    A row of an account that is no customer stays where the table says whose prospect it is; one without a customer, as
    anonymous sources have them, while it has a key of its own: a total or an empty line has neither. One of a person
    stays where `company_by` tells the company."""
    session.connection.execute(
        'CREATE OR REPLACE TEMP TABLE _refused (_file VARCHAR, _row BIGINT, kind VARCHAR, "column" VARCHAR, '
        "value VARCHAR, reason VARCHAR)"
    )
    unidentified, told = _unidentified(source), company_told_sql(source)
    if source.customer is None:
        unknown = f"OR {told} IS NULL" if source.company_by else ""
        session.connection.execute(
            "INSERT INTO _refused SELECT _file, _row, 'invalid_key', NULL, NULL, "
            f"CASE WHEN {unidentified} THEN 'a linha não diz o que é' ELSE {literal(_OF_NO_COMPANY)} END "
            f"FROM _clean WHERE {unidentified} {unknown}"
        )
        return
    name, aside = quote(source.customer.name), quote(delivered_column(source.customer))
    codes = bool(source.customer.codes)
    account = is_account(aside) if codes else "FALSE"
    foreign = f"({is_nobodys(aside)} OR {account})" if codes else "FALSE"
    refused = [f"({name} IS NOT NULL OR {aside} IS NOT NULL OR {unidentified})"] if source.anonymous else []
    refused += [f"NOT {account}"] if source.anonymous or of_prospects(source) else []
    refused += [f"({told} IS NULL OR {unidentified})"] if source.company_by else []
    session.connection.execute(f"""
        INSERT INTO _refused
        SELECT _file, _row, CASE WHEN {name} IS NULL AND NOT {foreign} THEN 'invalid_key' ELSE 'orphan_key' END,
               {literal(source.customer.header)},
               CASE WHEN {foreign} THEN {code_of(aside)} ELSE coalesce({aside}, {name}) END,
               CASE WHEN {account} THEN 'a conta deste código não é de nenhum cliente'
                    WHEN {name} IS NOT NULL OR {foreign} THEN 'nenhum cliente tem este código'
                    WHEN {aside} IS NOT NULL THEN 'não tem a forma de um código de cliente'
                    ELSE {literal(_OF_NO_COMPANY if source.company_by else "a linha não diz de que cliente é")} END
        FROM _clean ANTI JOIN known_customers AS k ON k.customer_id = _clean.{name}
        WHERE {" AND ".join(refused) or "TRUE"}
    """)


def _unidentified(source: Source) -> str:
    """SQL: whether nothing was delivered in the columns that identify a row (without a key, in none at all), or the
    word of a sum."""
    columns = [column for column in source.columns if column.name in source.key or not source.key]
    delivered = [
        f"coalesce({quote(delivered_column(column))}, CAST({quote(column.name)} AS VARCHAR))" for column in columns
    ]
    sums = (f"coalesce(regexp_full_match(lower(strip_accents({one})), {literal(SUMS)}), FALSE)" for one in delivered)
    empty = " AND ".join(f"{one} IS NULL" for one in delivered)
    return f"({empty} OR {' OR '.join(sums)})" if source.key else f"({empty})"
