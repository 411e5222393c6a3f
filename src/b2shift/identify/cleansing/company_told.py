"""The company of a person who is no customer's: told by its name, else by the domain of a work e-mail."""

from b2shift.identify.cleansing.typed_values import delivered_column
from b2shift.identify.sources.codes import BY_COMPANY, account_id, is_nobodys, tidy
from b2shift.identify.sources.declaration import Source
from b2shift.lake.api import literal, quote

_NO_COMPANY = (
    "(n[/.]?[ad]\\.?|null|none|nenhum|nenhuma|outro|outra|teste|test|nao (informad|possui|tem|se aplica).*|sem empresa"
    "|autonom[oa]|particular|pessoa fisica|desempregad[oa]|aposentad[oa]|estudante|freelancer|self[ -]employed)"
)
_PUBLIC_MAIL = (
    "((gmail|googlemail|hotmail|outlook|live|msn|yahoo|ymail|rocketmail|icloud|aol|protonmail|gmx|yandex)\\.[a-z.]+"
    "|(uol|bol|terra|ig|superig|zipmail|r7|oi|globo|globomail|click21|brturbo|veloxmail)\\.com(\\.br)?"
    "|(me|mac|mail|zoho|qq|163|126)\\.com|proton\\.me|pm\\.me|mail\\.ru|sapo\\.pt|web\\.de|orange\\.fr|free\\.fr)"
)
"""domains of addresses that anybody may have"""


def company_name_sql(text: str) -> str:
    """SQL: the name of a company as written; NULL for a text without letters or one that says there is none."""
    plain = tidy(text)
    none = f"regexp_full_match({plain}, {literal(_NO_COMPANY)}) OR NOT regexp_matches({plain}, '\\pL')"
    return f"CASE WHEN NOT ({none}) THEN {text} END"


def work_domain_sql(email: str) -> str:
    """SQL: the domain of the first e-mail of a text; NULL for one of a public provider."""
    domain = f"regexp_extract(lower({email}), '@([a-z0-9.-]+\\.[a-z]{{2,}})', 1)"
    return f"CASE WHEN NOT regexp_full_match({domain}, {literal(_PUBLIC_MAIL)}) THEN nullif({domain}, '') END"


def company_told_sql(source: Source) -> str:
    """SQL over a row of `_clean`: the prospect whose person it is; NULL where a code says whose, or nothing does."""
    by = source.company_by
    if by is None:
        return "CAST(NULL AS VARCHAR)"
    told = [tidy(company_name_sql(quote(by.name)))] if by.name else []
    told += [work_domain_sql(quote(by.email))] if by.email else []
    company = f"{literal(account_id(source.source))} || coalesce({', '.join(told)})"
    if source.customer is None:
        return company
    key, aside = quote(source.customer.name), quote(delivered_column(source.customer))
    nobodys = is_nobodys(aside) if source.customer.codes in BY_COMPANY else "FALSE"
    return f"CASE WHEN {key} IS NULL AND {aside} IS NULL OR {nobodys} THEN {company} END"
