"""Build the source declaration of a mapping, as the loader accepts it."""

import re
from typing import Any

from b2shift.identify.cleansing.dates import Written, decide
from b2shift.identify.cleansing.numbers import decide_mark
from b2shift.identify.sources.codes import BY_COMPANY, account_id
from b2shift.identify.sources.declaration import DateOrder, Mark, Reader
from b2shift.identify.sources.declarations import tables
from b2shift.identify.wizard.cautions import warn_of_currencies, warn_of_groups, warn_of_short_years
from b2shift.identify.wizard.customer_links import SYSTEM, CustomerLink
from b2shift.identify.wizard.header_names import canonical_schema, concepts, name_similarity
from b2shift.identify.wizard.keys import composite_key, extended_to_key
from b2shift.identify.wizard.line_items import aggregate_sql, parent_key
from b2shift.identify.wizard.mapping import ColumnMatch, TableMapping
from b2shift.identify.wizard.sample import Sample, source_name
from b2shift.kernel.text import fold
from b2shift.lake.api import literal, quote

_KINDS = {"state": "category", "domain": "text"}
_PERSONAL = {"contacts": "personal"}
_WITHOUT_CUSTOMER = ("opportunities", "activities", "nps_answers")
# Derived columns of a table: column → the column it needs, and its SQL.
_DERIVED = {
    "nps_answers": {"survey": ("score", "'relacional'"), "class": ("score", "nps_class(score)")},
    "tickets": {"billing": ("group_name", "is_billing_queue(group_name)")},
}
# Without a company file, the account names of deals are the names of customers.
_COMPANIES_BY_NAME = "SELECT customer_id, {} FROM accepted WHERE customer_id IS NOT NULL GROUP BY customer_id".format(
    ", ".join(
        "any_value(account_name) AS name" if column.name == "name" else f"NULL AS {column.name}"
        for column in tables()["companies"].columns
        if column.name != "customer_id"
    )
)
_REGISTRY = (
    "SELECT DISTINCT customer_id, CAST(NULL AS DATE) AS customer_since FROM accepted WHERE customer_id IS NOT NULL"
)
Columns = dict[str, dict[str, Any]]


def build_declaration(
    sample: Sample, mapping: TableMapping, mapped: list[ColumnMatch], link: CustomerLink
) -> tuple[dict[str, Any], list[str], list[str]]:
    """The content of the YAML, the evidence for the notation of dates and numbers, warnings for a person."""
    table, schema = mapping.table, canonical_schema()["tables"][mapping.table]
    columns, derived, warnings = _columns(sample, mapping, mapped, link)
    key = _keys(sample, mapping, mapped, columns, derived, warnings) if not link.accounts else []
    order, mark, evidence = _notation(mapping, mapped, warnings)
    declared: dict[str, Any] = {
        "source": source_name(sample), "description": f"{sample.file}, proposta pelo assistente.", "files": sample.file,
        "reader": str(sample.reader), "grain": schema["grain"], "freshness": "a combinar", "owner": "a combinar",
        "target": table, "decimal": str(mark), "date_order": str(order),
    }  # fmt: skip
    if sample.reader is Reader.CSV:
        declared |= {"encoding": sample.encoding, "separator": sample.separator}
    if sample.sheet:
        declared["sheet"] = sample.sheet
    if table in _PERSONAL:
        declared["personal"] = _PERSONAL[table]
    if table == "companies" and link.accounts:
        _as_accounts(declared, columns, link, warnings)
    elif table == "companies" and link.position is not None:
        declared["customers"] = "registry"
        since = next((_day(one, mapping) for one in mapped if one.to == "customer_since"), "CAST(NULL AS DATE)")
        declared["also"] = {"customer_registry": f"SELECT customer_id, {since} AS customer_since FROM accepted"}
    elif link.by_evidence and any(one.to == "customer_id" for one in mapped):
        names = {"companies": _COMPANIES_BY_NAME} if any(one.to == "account_name" for one in mapped) else {}
        declared |= {"customers": "evidence", "also": {"customer_registry": _REGISTRY} | names}
    elif table == "contract_lines":
        declared["customers"] = "evidence"
    if table in _WITHOUT_CUSTOMER:
        declared["anonymous"] = True
    if table == "contacts":
        _of_companies_told(sample, declared, columns, link, warnings)
    declared |= {"key": key} if key else {}
    warn_of_currencies(sample, mapping, warnings)
    warn_of_groups(sample, warnings)
    if isinstance(schema["key"], str) and len(key) > 1:
        derived = _as_line_items(sample, mapping, mapped, declared, columns, derived, warnings)
    if "target" not in declared:
        declared["source"] = source_name(sample, own_table=True)
    return declared | {"columns": columns} | ({"derived": derived} if derived else {}), evidence, warnings


def _as_accounts(declared: dict[str, Any], columns: Columns, link: CustomerLink, warnings: list[str]) -> None:
    """Declare companies as accounts of another system, each an existing customer or a prospect."""
    declared |= {"grain": "uma conta de outro sistema"}
    del declared["target"]
    if _has_own_codes(link):
        columns[_code_as_text(columns)]["to"] = "account_id"
        also = {"companies": _companies(columns), "prospects": _prospects(link, columns)}
        declared |= {"accounts": True, "anonymous": True, "also": also}
    warnings.append(f"Contas de outro sistema, cada uma é o cliente que é a mesma empresa: {link.evidence}")


def _has_own_codes(link: CustomerLink) -> bool:
    """Whether a file names accounts by the codes of another system."""
    return link.system not in ("", SYSTEM, *BY_COMPANY)


def _code_as_text(columns: Columns) -> str:
    """Declare the customer column a second time as plain text, and return its name."""
    header = next(header for header, column in columns.items() if column.get("kind") == "customer")
    text = f"{header} (conta)"
    columns[text] = {"kind": "text", "aliases": columns[header].get("aliases", [header])}
    return text


def _account_id(link: CustomerLink, text: str) -> str:
    """SQL: the prospect id of an account."""
    return f"{literal(account_id(link.system))} || account_code({quote(text)})"


def _prospects(link: CustomerLink, columns: Columns) -> str:
    """SQL: the accounts as `prospects`, one row each; resolution matches them to customers."""
    selected = _first_values("prospects", columns)
    return f"SELECT {_account_id(link, 'account_id')} AS prospect_id, {selected} FROM accepted GROUP BY 1"


def _companies(columns: Columns) -> str:
    """SQL: the accounts matched to customers as `companies`, which fill gaps only."""
    selected = _first_values("companies", columns)
    return f"SELECT customer_id, {selected} FROM accepted WHERE customer_id IS NOT NULL GROUP BY 1"


def _first_values(table: str, columns: Columns) -> str:
    """SQL: the columns of a table but its first, each the first value of a group, or null."""
    present = {column.get("to") for column in columns.values()}
    names = (column.name for column in tables()[table].columns[1:])
    return ", ".join(f"first({name}) AS {name}" if name in present else f"NULL AS {name}" for name in names)


def _of_companies_told(
    sample: Sample, declared: dict[str, Any], columns: Columns, link: CustomerLink, warnings: list[str]
) -> None:
    """Declare what tells the company of a person whose row has no code of a customer, and those companies."""
    email = next((name for name, column in columns.items() if column.get("to") == "email"), None)
    name = _code_as_text(columns) if link.system in BY_COMPANY else _company_header(sample, columns)
    by = ({"name": name} if name else {}) | ({"email": "email"} if email else {})
    if not by:
        return
    values = {
        "name": f"any_value(company_name({quote(name)}))" if name else "NULL",
        "domain": f"mode(work_domain({quote('email')}))" if email else "NULL",
    }
    selected = ", ".join(f"{values.get(c.name, 'NULL')} AS {c.name}" for c in tables()["prospects"].columns[1:])
    told = f"SELECT company_told AS prospect_id, {selected} FROM accepted WHERE company_told IS NOT NULL GROUP BY 1"
    declared |= {"company_by": by, "also": {"prospects": told}}
    said = " ou ".join([*([_header(columns, name)] if name else []), *([f"o domínio de {email}"] if email else [])])
    warnings.append(f"Quem não tem código de cliente fica com a empresa que diz {said}; se nada a diz, é recusado")


def _company_header(sample: Sample, columns: Columns) -> str | None:
    """The header of a column not declared yet that names a company; it is declared as text."""
    known = canonical_schema()["tables"]["opportunities"]["columns"]["account_name"]["names"]
    used = {_position(sample, columns, name) for name in columns}
    free = [header for position, header in enumerate(sample.header) if position not in used]
    found = next((header for header in free if name_similarity(header, known, "contacts") == 1), None)
    if found is not None:
        columns[found] = {"kind": "text"}
    return found


def _header(columns: Columns, name: str) -> str:
    return str(columns[name].get("aliases", [name])[0])


def _as_line_items(
    sample: Sample,
    mapping: TableMapping,
    mapped: list[ColumnMatch],
    declared: dict[str, Any],
    columns: Columns,
    derived: dict[str, str],
    warnings: list[str],
) -> dict[str, str]:
    """Declare line items and the aggregation to their parent; without one warn that the key is of several columns.

    Returns the derived columns left.
    """
    places = {column.get("to", header): _position(sample, columns, header) for header, column in columns.items()}
    parent = parent_key(sample, mapping, mapped, tuple(places[name] for name in declared["key"]))
    if not parent:
        key = canonical_schema()["tables"][mapping.table]["key"]
        headers = ", ".join(sample.header[places[name]] for name in declared["key"])
        warnings.append(f"Nenhuma coluna sozinha identifica a linha; a chave ({key}) são {headers} juntas")
        return derived
    grain = declared["grain"]
    numbers = ", ".join(sample.header[position] for position in parent)
    warnings.append(f"Várias linhas têm o mesmo {numbers}, o mesmo cliente e os mesmos dias: somam-se em {grain}")
    declared["also"] = declared.get("also", {}) | {
        mapping.table: aggregate_sql(
            mapping.table, [name for name in declared["key"] if places[name] in parent], columns, derived
        )
    }
    declared["grain"] = f"uma linha de {grain.partition(' ')[2]}"
    del declared["target"]
    return {}


def _columns(
    sample: Sample, mapping: TableMapping, mapped: list[ColumnMatch], link: CustomerLink
) -> tuple[Columns, dict[str, str], list[str]]:
    schema = canonical_schema()["tables"][mapping.table]["columns"]
    columns: Columns = {}
    derived: dict[str, str] = {}
    warnings: list[str] = []
    others = {one.header for one in mapped if one.to != "customer_id"}
    for one in mapped:
        if one.to == "customer_id":
            system = link.system if one.position == link.position else SYSTEM
            column = {"to": "customer_id", "kind": "customer"} | ({"codes": system} if system else {})
            # A column that is also mapped as text is declared twice, the second time under a name of its own.
            if one.header in others:
                columns[f"{one.header} (código)"] = column | {"aliases": [one.header]}
            else:
                columns[one.header] = column
            continue
        kind = schema[one.to]["kinds"][0]
        if mapping.summaries[one.position].kind == "month" and {"month", "date"} & set(schema[one.to]["kinds"]):
            columns[one.header] = {"kind": "text"}
            derived |= {one.to: _day(one, mapping)} if one.to != "customer_since" else {}
            warn_of_short_years(one.header, sample.values(one.position), warnings)
            if "month" not in schema[one.to]["kinds"]:
                warnings.append(f"{one.header} só diz o mês; fica o dia 1º")
            continue
        columns[one.header] = {"to": one.to, "kind": _KINDS.get(kind, kind)}
        if one.to == "customer_since" and link.accounts:
            columns[one.header]["to"] = "created_on"
        elif one.to == "customer_since":
            columns[one.header].pop("to")
        elif one.to == "seller_probability" and _is_share(sample.values(one.position)):
            columns[one.header].pop("to")
            derived[one.to] = f"{quote(one.header)} * 100"
        elif "values" in schema[one.to]:
            columns[one.header] = {"kind": "text"}
            derived[one.to] = _translated_values(
                schema[one.to]["values"], quote(one.header), sample.values(one.position), warnings
            )
    if mapping.table == "opportunities" and "result" not in derived and any(o.to == "stage" for o in mapped):
        known = canonical_schema()["values"]["deal_result"]
        derived["result"] = _case({k: v for k, v in known.items() if k != "aberto"}, "stage", "'aberto'")
    present = {one.to for one in mapped}
    rules = _DERIVED.get(mapping.table, {}).items()
    derived |= {name: sql for name, (needed, sql) in rules if needed in present}
    if mapping.table == "contacts" and all(one.to != "name" for one in mapped):
        _full_name(sample, columns, derived)
    return columns, derived, warnings


def _day(one: ColumnMatch, mapping: TableMapping) -> str:
    """SQL: the day of a column, the first one where it tells months only."""
    column = quote(one.header)
    return f"first_of_month({column})" if mapping.summaries[one.position].kind == "month" else column


def _is_share(values: list[str]) -> bool:
    """Whether percentages are written as fractions, 0 to 1."""
    numbers = [value.replace(",", ".") for value in values if value.strip()]
    fractions = all(re.fullmatch(r"[01](\.\d+)?", value) for value in numbers)
    return bool(numbers) and fractions and any("." in value for value in numbers)


def _translated_values(vocabulary: str, column: str, values: list[str], warnings: list[str]) -> str:
    known = canonical_schema()["values"][vocabulary]
    known_words = {word for words in known.values() for word in words}
    unknown = sorted({value.strip() for value in values if value.strip() and fold(value) not in known_words})
    if unknown:
        warnings.append(f"{column}: valores sem tradução, ficam como vieram: {', '.join(unknown[:8])}")
    return _case(known, column, column)


def _case(known: dict[str, list[str]], column: str, rest: str) -> str:
    folded = f"lower(strip_accents(trim({column})))"
    whens = " ".join(
        f"WHEN {folded} IN ({', '.join(map(literal, words))}) THEN {literal(k)}" for k, words in known.items()
    )
    return f"CASE {whens} ELSE {rest} END"


def _full_name(sample: Sample, columns: Columns, derived: dict[str, str]) -> None:
    """Derive the name from first and last name."""
    ends = ({"first", "name"}, {"primeiro", "name"}), ({"last", "name"}, {"sobrenome"}, {"ultimo", "name"})
    parts = [next((h for h in sample.header if set(concepts(h)) in accepted), None) for accepted in ends]
    if all(parts):
        columns.update({str(header): {"kind": "text"} for header in parts})
        derived["name"] = f"nullif(concat_ws(' ', {', '.join(quote(str(header)) for header in parts)}), '')"


def _keys(
    sample: Sample,
    mapping: TableMapping,
    mapped: list[ColumnMatch],
    columns: Columns,
    derived: dict[str, str],
    warnings: list[str],
) -> list[str]:
    """The key of a row: one column, or a combination that the file has."""
    key_columns = canonical_schema()["tables"][mapping.table]["key"]
    if isinstance(key_columns, str):
        return _key(sample, mapping, key_columns, columns, derived, warnings)
    present = {one.to: one.position for one in mapped}
    if not {"customer_id"} < present.keys() & set(key_columns):
        return []
    key = tuple(present[name] for name in key_columns if name in present)
    extended = extended_to_key(sample, mapping.summaries, [key])
    if not extended:
        warnings.append(
            f"{', '.join(sample.header[position] for position in key)} se repetem; nenhuma linha é recusada por isso"
        )
        return []
    return _require_columns(sample, columns, list(extended))


def _key(
    sample: Sample, mapping: TableMapping, key: str, columns: Columns, derived: dict[str, str], warnings: list[str]
) -> list[str]:
    found = next((header for header, column in columns.items() if column.get("to") == key), None)
    if found is None and key != "customer_id":
        group = composite_key(sample, mapping.summaries, mapping.table, key)
        names = _require_columns(sample, columns, list(group))
        if names:
            derived[key] = f"concat_ws('/', {', '.join(map(quote, names))})"
            return names
        names = [column.get("to", header) for header, column in columns.items()]
        derived |= {key: f"md5(concat_ws('|', {', '.join(map(quote, names))}))"} if names else {}
    if found is None:
        warnings.append(f"Nenhuma coluna serve de chave ({key}); a linha inteira a identifica")
        return []
    columns[found]["required"] = True
    position = _position(sample, columns, found)
    values = sample.values(position)
    if position not in mapping.unique and len(set(values)) < len(values):
        repeated = len(values) - len(set(values))
        warnings.append(f"A chave {found} se repete em {repeated} de {len(values)} linhas; vale a última de cada")
    return [key]


def _position(sample: Sample, columns: Columns, name: str) -> int:
    """The position in the file of a declared column."""
    return sample.header.index(_header(columns, name))


def _require_columns(sample: Sample, columns: Columns, positions: list[int]) -> list[str]:
    """Declare columns of the file as required, adding those not declared yet; returns their names."""
    names = []
    for position in positions:
        header = next(
            (name for name in columns if _position(sample, columns, name) == position), sample.header[position]
        )
        column = columns.setdefault(header, {"kind": "text"})
        column["required"] = True
        names.append(column.get("to", header))
    return names


def _notation(
    mapping: TableMapping, mapped: list[ColumnMatch], warnings: list[str]
) -> tuple[DateOrder, Mark, list[str]]:
    summaries = [mapping.summaries[one.position] for one in mapped]
    dated = [c.days for c in summaries if c.kind in ("date", "timestamp")]
    days = Written(*map(sum, zip(*dated, strict=True)))
    decided = decide(days, DateOrder.DAY_FIRST)
    if days.either and days.day_over_12 == days.month_over_12:
        warnings.append("Os dias não dizem se o dia ou o mês vem primeiro; ficou o dia, confira")
    if days.named_short:
        warnings.append("Dias como 05-mar-25 têm dois números que podem ser o ano; ficou o último, de 20xx, confira")
    if decided.serial:
        warnings.append("Dias como 45231 são números de planilhas, contados desde 1900: 01/11/2023; confira")
    numbers = [c for c in summaries if c.kind == "decimal"]
    commas, points = sum(c.commas for c in numbers), sum(c.points for c in numbers)
    mark = decide_mark(commas, points, Mark.COMMA)
    if not commas and not points and any(c.thousands for c in numbers):
        warnings.append("Nada diz se o ponto de números como 1.234 é de milhares; ficou como de milhares, confira")
    written = [f"{n} com {mark}" for n, mark in ((commas, "vírgula"), (points, "ponto")) if n]
    return (
        decided.order,
        mark,
        [
            *([f"dias: {decided.evidence}"] if dated else []),
            *([f"números: {' e '.join(written)}"] if written else []),
        ],
    )
