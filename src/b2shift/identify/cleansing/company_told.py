"""The company of a person without a customer's code: told by its name, else by the domain of a work e-mail."""

from b2shift.identify.cleansing.typed_values import delivered_column
from b2shift.identify.sources.codes import BY_COMPANY, account_id, is_nobodys
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
_SITE = r"^\s*(?:https?://)?(?:www\.)?([^/\s]+)"

_ONLY = "SELECT told, min(customer_id) AS one FROM ({}) GROUP BY 1 HAVING count(DISTINCT customer_id) = 1"
"""SQL: what is told of one customer only, and which one"""


def company_name_sql(text: str) -> str:
    """SQL: the name of a company as written; NULL for a text without letters or one that says there is none."""
    plain = _same(text)
    none = f"regexp_full_match({plain}, {literal(_NO_COMPANY)}) OR NOT regexp_matches({plain}, '\\pL')"
    return f"CASE WHEN NOT ({none}) THEN {text} END"


def _same(name: str) -> str:
    """SQL: the form two spellings of a name share."""
    return f"lower(strip_accents(trim(regexp_replace({name}, '[\\s\\x{{A0}}]+', ' ', 'g'))))"


def work_domain_sql(email: str) -> str:
    """SQL: the domain of the first e-mail of a text; NULL for one of a public provider."""
    domain = f"regexp_extract(lower({email}), '@([a-z0-9.-]+\\.[a-z]{{2,}})', 1)"
    return f"CASE WHEN NOT regexp_full_match({domain}, {literal(_PUBLIC_MAIL)}) THEN nullif({domain}, '') END"


def accepted_sql(source: Source, *, companies: bool) -> str:
    """SQL: the rows of `_clean` that are not refused. With `company_by` they have the customer of a person without a
    code, told by the only one of `companies` of this name or domain (`customer_told`), else the prospect."""
    rows = "SELECT * FROM _clean ANTI JOIN _refused USING (_file, _row)"
    by = source.company_by
    if by is None:
        return rows
    known = []
    if companies and by.name:
        names = (f"SELECT customer_id, {_same(name)} AS told FROM companies" for name in ("name", "trade_name"))
        known.append((" UNION ALL ".join(names), _same(company_name_sql(quote(by.name)))))
    if companies and by.email:
        sites = f"SELECT customer_id, regexp_extract(lower(domain), {literal(_SITE)}, 1) AS told FROM companies"
        known.append((sites, work_domain_sql(quote(by.email))))
    values = "".join(f", {value} AS _value{nth}" for nth, (_, value) in enumerate(known))
    joins = " ".join(
        f"LEFT JOIN ({_ONLY.format(told)}) AS k{n} ON k{n}.told = a._value{n}" for n, (told, _) in enumerate(known)
    )
    one = f"coalesce({', '.join([*(f'k{nth}.one' for nth in range(len(known))), 'NULL'])})"
    hidden = "".join(f", _value{nth}" for nth in range(len(known)))
    return f"""
        SELECT * EXCLUDE (_told{hidden}), CASE WHEN _told IS NOT NULL THEN {one} END AS customer_told,
               CASE WHEN {one} IS NULL THEN _told END AS company_told
        FROM (SELECT *, {company_told_sql(source)} AS _told{values} FROM ({rows})) AS a {joins}
    """


def company_told_sql(source: Source) -> str:
    """SQL over a row of `_clean`: the prospect whose person it is; NULL where a code says whose, or nothing does."""
    by = source.company_by
    if by is None:
        return "CAST(NULL AS VARCHAR)"
    told = [_same(company_name_sql(quote(by.name)))] if by.name else []
    told += [work_domain_sql(quote(by.email))] if by.email else []
    company = f"{literal(account_id(source.source))} || coalesce({', '.join(told)})"
    if source.customer is None:
        return company
    key, aside = quote(source.customer.name), quote(delivered_column(source.customer))
    nobodys = is_nobodys(aside) if source.customer.codes in BY_COMPANY else "FALSE"
    return f"CASE WHEN {key} IS NULL AND {aside} IS NULL OR {nobodys} THEN {company} END"
