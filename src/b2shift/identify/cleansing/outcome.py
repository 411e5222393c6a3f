"""What cleansing a source tells: the rows it refused, every value it changed, and the facts of each file."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from b2shift.identify.cleansing import dates, numbers
from b2shift.identify.cleansing.file_forms import Form
from b2shift.identify.cleansing.typed_values import OddValues, delivered_column
from b2shift.identify.cleansing.vocabularies import vocabulary_of
from b2shift.identify.sources.declaration import Kind, Source, SourceColumn
from b2shift.lake.api import Session, literal, quote
from b2shift.lake.contracts import ROW_CONTENT

_EMPTY = {Kind.DATE: dates.KIND, Kind.TIMESTAMP: dates.KIND, Kind.DECIMAL: numbers.KIND}


class Lines(NamedTuple):
    """How many lines a file has that were told apart, and how many of them have not the fields of its header."""

    read: int
    broken: int


class Facts(NamedTuple):
    """How many lines of a file are rows, how many are not, how many rows were refused and values repaired."""

    rows: int
    broken: int
    refused: int
    repaired: int


def rejects_sql(source: Source, last: Mapping[str, int], counted: Collection[Facts]) -> str:
    """The refused rows as they were delivered, the lines whose fields do not fit, and the lines that were no rows.

    `last`: the last row of each file that ends in the middle of a line. Needs `_rows`, among them all that do not fit.
    """
    parts = ["SELECT * FROM _lines_cut"]
    if any(facts.refused for facts in counted):
        parts.append(_refused(source))
    if any(facts.broken for facts in counted):
        parts.append(_broken(source, last))
    return f"{' UNION ALL BY NAME '.join(parts)} ORDER BY file, row, line"


def _refused(source: Source) -> str:
    columns = ", ".join(f"coalesce(r.{quote(column.header)}, '')" for column in source.columns)
    key = f"c.{quote(source.customer.name)}" if source.customer else "NULL"
    return f"""
        SELECT {literal(source.source)} AS source, f._file AS file, f._row AS row, r._line AS line, f.kind, f."column",
               f.value, f.reason, {key} AS customer_id,
               left(concat_ws({literal(source.separator)}, {columns}), 2000) AS delivered
        FROM _refused AS f JOIN _rows AS r USING (_file, _row) JOIN _clean AS c USING (_file, _row)
    """


def _broken(source: Source, last: Mapping[str, int]) -> str:
    cut = " OR ".join(f"(_file = {literal(file)} AND _row = {row})" for file, row in sorted(last.items())) or "FALSE"
    return f"""
        SELECT {literal(source.source)} AS source, _file AS file, _row AS row, _line AS line,
               CASE WHEN cut THEN 'truncated_last_line' ELSE 'field_count' END AS kind,
               CASE WHEN cut THEN 'a última linha foi cortada'
                    ELSE 'o número de campos não é o do cabeçalho' END AS reason,
               left(_text, 2000) AS delivered
        FROM (SELECT _file, _row, _line, _text, {cut} AS cut FROM _rows WHERE _text IS NOT NULL)
    """


def repairs_sql(source: Source, seen: OddValues, content: str) -> str:
    """Every delivered value that was changed, left unknown or missed: one row each, with the rule and, as `_content`,
    what `content` says of its row `c` of `_clean`."""
    selects = [_changed(source, column, content) for column in source.columns if column.name in seen.aside]
    selects += [_missed(source, column, content) for column in source.columns if column.name in seen.missed]
    return " UNION ALL ".join(selects) or f"{_missed(source, source.columns[0], content)} AND FALSE"


def _row(source: Source, column: SourceColumn, cell: dict[str, str], content: str) -> str:
    key = f"c.{quote(source.customer.name)}" if source.customer else "NULL"
    return (
        f"SELECT {literal(source.source)} AS source, c._file AS file, c._row AS row, {cell['kind']} AS kind, "
        f'{literal(column.header)} AS "column", {cell["before"]} AS before, {cell["after"]} AS after, '
        f"{cell['rule']} AS rule, {cell['confidence']} AS confidence, {key} AS customer_id, {content} AS {ROW_CONTENT} "
        "FROM _clean AS c"
    )


def _changed(source: Source, column: SourceColumn, content: str) -> str:
    aside, after = f"c.{quote(delivered_column(column))}", f"c.{quote(column.name)}"
    cell = {"kind": "o.kind", "before": aside, "after": f"CAST({after} AS VARCHAR)", "rule": "o.rule",
            "confidence": "o.confidence"}  # fmt: skip
    if column.kind in (Kind.CATEGORY, Kind.NAME):
        words = (
            f"JOIN spellings AS o ON o.vocabulary = {literal(vocabulary_of(source, column))} AND o.delivered = {aside}"
        )
        return f"{_row(source, column, cell, content)} {words} WHERE {aside} IS NOT NULL"
    if column.kind is Kind.CITY:
        own = f"o.customer_id = c.{quote(source.customer.name)}" if source.customer else "FALSE"
        return (
            f"{_row(source, column, cell, content)} JOIN places AS o ON o.delivered = {aside} AND o.spelling = {after} "
            f"AND ({own} OR o.customer_id IS NULL) WHERE {aside} IS NOT NULL "
            "QUALIFY row_number() OVER (PARTITION BY c._file, c._row ORDER BY o.customer_id NULLS LAST) = 1"
        )
    cell["after"] = "o.after"
    odd = f"JOIN _odd AS o ON o.file = c._file AND o.column = {literal(column.name)} AND o.before = {aside}"
    return (
        f"{_row(source, column, cell, content)} {odd} WHERE {aside} IS NOT NULL AND o.kind NOT IN ('', 'invalid_key')"
    )


def _missed(source: Source, column: SourceColumn, content: str) -> str:
    """An empty value where there must be one."""
    cell = {"kind": literal(_EMPTY.get(column.kind, "missing_value")), "before": "''", "after": "NULL",
            "rule": "'valor que deveria vir e não veio'", "confidence": "1.0"}  # fmt: skip
    where = f"c.{quote(column.name)} IS NULL AND c.{quote(delivered_column(column))} IS NULL"
    if column.filled_when:
        conditions = [
            f"c.{quote(name)} IN ({', '.join(map(_literal, values))})" for name, values in column.filled_when.items()
        ]
        where += f" AND ({' OR '.join(conditions)})"
    return f"{_row(source, column, cell, content)} WHERE {where}"


def _literal(value: str | bool) -> str:
    return str(value).upper() if isinstance(value, bool) else literal(value)


def count_facts(session: Session, lines: Mapping[str, Lines]) -> dict[str, Facts]:
    """File → what became of its lines."""
    refused, repaired = (
        dict(session.connection.execute(f"SELECT {file}, count(*) FROM {table} GROUP BY 1").fetchall())
        for table, file in (("_refused", "_file"), ("_repairs", "file"))
    )
    return {
        file: Facts(rows - broken, broken, refused.get(file, 0), repaired.get(file, 0))
        for file, (rows, broken) in lines.items()
    }


def load_facts(form: Form, found: Facts) -> dict[str, object]:
    """What `loads` tells about one file."""
    return {
        "accepted": found.rows - found.refused, "refused": found.refused, "repaired": found.repaired,
        "date_order": form.dates.told if form.dates else None,
        "date_evidence": form.dates.evidence if form.dates else None,
        "decimal_mark": str(form.mark) if form.mark else None,
    }  # fmt: skip
