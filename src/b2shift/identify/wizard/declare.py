"""A mapping written as the declaration that the loader accepts."""

import re
from typing import Any

from b2shift.identify.cleansing.dates import Written, decide
from b2shift.identify.cleansing.numbers import decide_mark
from b2shift.identify.sources.codes import BY_COMPANY, account_id
from b2shift.identify.sources.declaration import DateOrder, Mark, Reader
from b2shift.identify.sources.declarations import tables
from b2shift.identify.wizard.customers import SYSTEM, Link
from b2shift.identify.wizard.grain import added_up, whole_of
from b2shift.identify.wizard.keys import beside, together
from b2shift.identify.wizard.mapping import Mapped, Mapping
from b2shift.identify.wizard.names import canonical, concepts
from b2shift.identify.wizard.sample import Sample, source_name
from b2shift.kernel.text import fold
from b2shift.lake.api import literal, quote

_KINDS = {"state": "category", "email": "text", "phone": "text", "domain": "text"}
_PERSONAL = {"contacts": "personal"}
_ANONYMOUS = ("opportunities", "activities", "nps_answers")
# What a table needs beside what is read: column → the column it follows from, and how.
_FOLLOWS = {
    "nps_answers": {"survey": ("score", "'relacional'"), "class": ("score", "nps_class(score)")},
    "tickets": {"billing": ("group_name", "is_billing_queue(group_name)")},
}
# Where no file is the company file, what deals call their customers is their names.
_NAMED = "SELECT customer_id, {} FROM accepted WHERE customer_id IS NOT NULL GROUP BY customer_id".format(
    ", ".join(
        "any_value(account_name) AS name" if column.name == "name" else f"NULL AS {column.name}"
        for column in tables()["companies"].columns
        if column.name != "customer_id"
    )
)
_NAMELESS = (
    "SELECT DISTINCT customer_id, CAST(NULL AS DATE) AS customer_since FROM accepted WHERE customer_id IS NOT NULL"
)
_TOGETHER = "Nenhuma coluna sozinha identifica a linha"
_MONTHS = "['%Y-%m', '%Y/%m', '%m/%Y', '%m-%Y', '%Y%m']"
Columns = dict[str, dict[str, Any]]


def declaration(
    sample: Sample, mapping: Mapping, mapped: list[Mapped], link: Link
) -> tuple[dict[str, Any], list[str], list[str]]:
    """What the YAML says; what decided the form of days and numbers; what a person should look at."""
    table, wanted = mapping.table, canonical()["tables"][mapping.table]
    columns, derived, warnings = _columns(sample, mapping, mapped, link)
    key = _keys(sample, mapping, mapped, columns, derived, warnings) if not link.accounts else []
    order, mark, evidence = _forms(mapping, mapped, warnings)
    told: dict[str, Any] = {
        "source": source_name(sample), "description": f"{sample.file}, proposta pelo assistente.", "files": sample.file,
        "reader": str(sample.reader), "grain": wanted["grain"], "freshness": "a combinar", "owner": "a combinar",
        "target": table, "decimal": str(mark), "date_order": str(order),
    }  # fmt: skip
    if sample.reader is Reader.CSV:
        told |= {"encoding": sample.encoding, "separator": sample.separator}
    if sample.sheet:
        told["sheet"] = sample.sheet
    if table in _PERSONAL:
        told["personal"] = _PERSONAL[table]
    if table == "companies" and link.accounts:
        _as_accounts(told, columns, link, warnings)
    elif table == "companies" and link.place is not None:
        told["customers"] = "registry"
        since = next((quote(one.header) for one in mapped if one.to == "customer_since"), "CAST(NULL AS DATE)")
        told["also"] = {"customer_registry": f"SELECT customer_id, {since} AS customer_since FROM accepted"}
    elif link.evident and any(one.to == "customer_id" for one in mapped):
        names = {"companies": _NAMED} if any(one.to == "account_name" for one in mapped) else {}
        told |= {"customers": "evidence", "also": {"customer_registry": _NAMELESS} | names}
    elif table == "contract_lines":
        told["customers"] = "evidence"
    if table in _ANONYMOUS:
        told["anonymous"] = True
    told |= {"key": key} if key else {}
    _warn_of_currencies(sample, mapping, warnings)
    if isinstance(wanted["key"], str) and len(key) > 1:
        derived = _as_lines(sample, mapping, mapped, told, columns, derived, warnings)
    if "target" not in told:
        told["source"] = source_name(sample, own_table=True)
    return told | {"columns": columns} | ({"derived": derived} if derived else {}), evidence, warnings


def _as_accounts(told: dict[str, Any], columns: Columns, link: Link, warnings: list[str]) -> None:
    """Declare companies as accounts of another system, each a customer that there is or a prospect."""
    told |= {"grain": "uma conta de outro sistema"}
    del told["target"]
    if _by_code(link):
        columns[_code_as_text(columns)]["to"] = "account_id"
        also = {"companies": _companies(columns), "prospects": _prospects(link, columns)}
        told |= {"accounts": True, "anonymous": True, "also": also}
    warnings.append(f"Contas de outro sistema, cada uma é o cliente que é a mesma empresa: {link.evidence}")


def _by_code(link: Link) -> bool:
    """Whether a file names accounts of another system by their codes there."""
    return link.system not in ("", SYSTEM, *BY_COMPANY)


def _code_as_text(columns: Columns) -> str:
    """The name of the customer's column where it is read as it was delivered, which is declared too."""
    header = next(header for header, told in columns.items() if told.get("kind") == "customer")
    text = f"{header} (conta)"
    columns[text] = {"kind": "text", "aliases": columns[header].get("aliases", [header])}
    return text


def _account_id(link: Link, text: str) -> str:
    """SQL: what an account is called among prospects."""
    return f"{literal(account_id(link.system))} || account_code({quote(text)})"


def _prospects(link: Link, columns: Columns) -> str:
    """SQL: the accounts as `prospects`, each once; resolution says which of them are customers."""
    told = _firsts("prospects", columns)
    return f"SELECT {_account_id(link, 'account_id')} AS prospect_id, {told} FROM accepted GROUP BY 1"


def _companies(columns: Columns) -> str:
    """SQL: what the accounts say of customers, which fills what nobody else says."""
    told = _firsts("companies", columns)
    return f"SELECT customer_id, {told} FROM accepted WHERE customer_id IS NOT NULL GROUP BY 1"


def _firsts(table: str, columns: Columns) -> str:
    """SQL: the columns of a table but its first, as the first rows of a group say them, or null."""
    there = {told.get("to") for told in columns.values()}
    names = (column.name for column in tables()[table].columns[1:])
    return ", ".join(f"first({name}) AS {name}" if name in there else f"NULL AS {name}" for name in names)


def _as_lines(
    sample: Sample,
    mapping: Mapping,
    mapped: list[Mapped],
    told: dict[str, Any],
    columns: Columns,
    derived: dict[str, str],
    warnings: list[str],
) -> dict[str, str]:
    """Declare rows that are lines of something as lines, which add up to it; what is left to derive."""
    places = {_place(sample, columns, header): told.get("to", header) for header, told in columns.items()}
    names = {name: place for place, name in places.items()}
    whole = whole_of(sample, mapping, mapped, tuple(names[name] for name in told["key"]))
    if not whole:
        return derived
    grain = told["grain"]
    numbers = ", ".join(sample.header[place] for place in whole)
    warnings[:] = [one for one in warnings if not one.startswith(_TOGETHER)]
    warnings.append(f"Várias linhas têm o mesmo {numbers}, o mesmo cliente e os mesmos dias: somam-se em {grain}")
    told["also"] = told.get("also", {}) | {
        mapping.table: added_up(mapping.table, [places[place] for place in whole], columns, derived)
    }
    told["grain"] = f"uma linha de {grain.partition(' ')[2]}"
    del told["target"]
    return {}


def _columns(
    sample: Sample, mapping: Mapping, mapped: list[Mapped], link: Link
) -> tuple[Columns, dict[str, str], list[str]]:
    wanted = canonical()["tables"][mapping.table]["columns"]
    columns: Columns = {}
    derived: dict[str, str] = {}
    warnings: list[str] = []
    others = {one.header for one in mapped if one.to != "customer_id"}
    for one in mapped:
        if one.to == "customer_id":
            system = link.system if one.place == link.place else SYSTEM
            told = {"to": "customer_id", "kind": "customer"} | ({"codes": system} if system else {})
            # A column that is also read as a text stands twice, the second time under another name of its own.
            if one.header in others:
                columns[f"{one.header} (código)"] = told | {"aliases": [one.header]}
            else:
                columns[one.header] = told
            continue
        kind = wanted[one.to]["kinds"][0]
        if "month" in wanted[one.to]["kinds"] and mapping.contents[one.place].kind == "month":
            columns[one.header] = {"kind": "text"}
            derived[one.to] = f"CAST(try_strptime({quote(one.header)}, {_MONTHS}) AS DATE)"
            continue
        columns[one.header] = {"to": one.to, "kind": _KINDS.get(kind, kind)}
        if one.to == "customer_since" and link.accounts:
            columns[one.header]["to"] = "created_on"
        elif one.to == "customer_since":
            columns[one.header].pop("to")
        elif one.to == "seller_probability" and _is_share(sample.values(one.place)):
            columns[one.header].pop("to")
            derived[one.to] = f"{quote(one.header)} * 100"
        elif "values" in wanted[one.to]:
            columns[one.header] = {"kind": "text"}
            derived[one.to] = _said(wanted[one.to]["values"], quote(one.header), sample.values(one.place), warnings)
    if mapping.table == "opportunities" and "result" not in derived and any(o.to == "stage" for o in mapped):
        known = canonical()["values"]["deal_result"]
        derived["result"] = _case({k: v for k, v in known.items() if k != "aberto"}, "stage", "'aberto'")
    there = {one.to for one in mapped}
    follows = _FOLLOWS.get(mapping.table, {}).items()
    derived |= {name: told for name, (needed, told) in follows if needed in there}
    if mapping.table == "contacts" and all(one.to != "name" for one in mapped):
        _full_name(sample, columns, derived)
    return columns, derived, warnings


def _is_share(values: list[str]) -> bool:
    """Whether percentages are told as shares, 0 to 1."""
    told = [value.replace(",", ".") for value in values if value.strip()]
    plain = all(re.fullmatch(r"[01](\.\d+)?", value) for value in told)
    return bool(told) and plain and any("." in value for value in told)


def _said(vocabulary: str, column: str, values: list[str], warnings: list[str]) -> str:
    known = canonical()["values"][vocabulary]
    spoken = {word for words in known.values() for word in words}
    strange = sorted({value.strip() for value in values if value.strip() and fold(value) not in spoken})
    if strange:
        warnings.append(f"{column}: valores sem tradução, ficam como vieram: {', '.join(strange[:8])}")
    return _case(known, column, column)


def _case(known: dict[str, list[str]], column: str, rest: str) -> str:
    told = f"lower(strip_accents(trim({column})))"
    whens = " ".join(
        f"WHEN {told} IN ({', '.join(map(literal, words))}) THEN {literal(k)}" for k, words in known.items()
    )
    return f"CASE {whens} ELSE {rest} END"


def _full_name(sample: Sample, columns: Columns, derived: dict[str, str]) -> None:
    """First and last name make the name."""
    ends = ({"first", "name"}, {"primeiro", "name"}), ({"last", "name"}, {"sobrenome"}, {"ultimo", "name"})
    parts = [next((h for h in sample.header if set(concepts(h)) in wanted), None) for wanted in ends]
    if all(parts):
        columns.update({str(header): {"kind": "text"} for header in parts})
        derived["name"] = f"nullif(concat_ws(' ', {', '.join(quote(str(header)) for header in parts)}), '')"


def _keys(
    sample: Sample,
    mapping: Mapping,
    mapped: list[Mapped],
    columns: Columns,
    derived: dict[str, str],
    warnings: list[str],
) -> list[str]:
    """The columns that identify a row: one code, or those of a combination that the file has."""
    wanted = canonical()["tables"][mapping.table]["key"]
    if isinstance(wanted, str):
        return _key(sample, mapping, wanted, columns, derived, warnings)
    there = {one.to: one.place for one in mapped}
    if not {"customer_id"} < there.keys() & set(wanted):
        return []
    group = tuple(there[name] for name in wanted if name in there)
    found = beside(sample, mapping.contents, [group])
    if not found:
        warnings.append(
            f"{', '.join(sample.header[place] for place in group)} se repetem; nenhuma linha é recusada por isso"
        )
        return []
    return _read(sample, columns, list(found))


def _key(
    sample: Sample, mapping: Mapping, key: str, columns: Columns, derived: dict[str, str], warnings: list[str]
) -> list[str]:
    found = next((header for header, told in columns.items() if told.get("to") == key), None)
    if found is None and key != "customer_id":
        group = together(sample, mapping.contents, mapping.table, key)
        names = _read(sample, columns, list(group))
        if names:
            told = ", ".join(sample.header[place] for place in group)
            warnings.append(f"{_TOGETHER}; a chave ({key}) são {told} juntas")
            derived[key] = f"concat_ws('/', {', '.join(map(quote, names))})"
            return names
        names = [told.get("to", header) for header, told in columns.items()]
        derived |= {key: f"md5(concat_ws('|', {', '.join(map(quote, names))}))"} if names else {}
    if found is None:
        warnings.append(f"Nenhuma coluna serve de chave ({key}); a linha inteira a identifica")
        return []
    columns[found]["required"] = True
    place = _place(sample, columns, found)
    values = sample.values(place)
    if place not in mapping.unique and len(set(values)) < len(values):
        repeated = len(values) - len(set(values))
        warnings.append(f"A chave {found} se repete em {repeated} de {len(values)} linhas; vale a última de cada")
    return [key]


def _place(sample: Sample, columns: Columns, name: str) -> int:
    """The place in the file of a declared column."""
    return sample.header.index(columns[name].get("aliases", [name])[0])


def _read(sample: Sample, columns: Columns, places: list[int]) -> list[str]:
    """The names by which columns of the file are read, each declared as required; those that were not read are now."""
    names = []
    for place in places:
        header = next((name for name in columns if _place(sample, columns, name) == place), sample.header[place])
        told = columns.setdefault(header, {"kind": "text"})
        told["required"] = True
        names.append(told.get("to", header))
    return names


def _forms(mapping: Mapping, mapped: list[Mapped], warnings: list[str]) -> tuple[DateOrder, Mark, list[str]]:
    kept = [mapping.contents[one.place] for one in mapped]
    dated = [c.days for c in kept if c.kind in ("date", "timestamp")]
    days = Written(*map(sum, zip(*dated, strict=True)))
    decided = decide(days, DateOrder.DAY_FIRST)
    if days.either and days.day_over_12 == days.month_over_12:
        warnings.append("Os dias não dizem se o dia ou o mês vem primeiro; ficou o dia, confira")
    numbers = [c for c in kept if c.kind == "decimal"]
    commas, points = sum(c.commas for c in numbers), sum(c.points for c in numbers)
    mark = decide_mark(commas, points, Mark.COMMA)
    return decided.order, mark, [f"dias: {decided.evidence}", f"números: {commas} com vírgula, {points} com ponto"]


def _warn_of_currencies(sample: Sample, mapping: Mapping, warnings: list[str]) -> None:
    for place, header in enumerate(sample.header):
        if concepts(header) & {"currency", "moeda"} and mapping.contents[place].distinct > 1:
            told = ", ".join(sorted(set(sample.values(place)) - {""})[:8])
            warnings.append(f"Os valores têm moedas diferentes ({header}: {told}); nenhuma é convertida")
