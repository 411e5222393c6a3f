"""`b2shift export`: one published table to one file, or the star to a folder."""

from pathlib import Path
from typing import Annotated

import pyarrow as pa
import typer

from b2shift.cli import screen
from b2shift.cli.options import AsJson, Home, On, Version
from b2shift.cli.star import load_star
from b2shift.cli.time_travel import lake_at
from b2shift.cli.words import examples
from b2shift.differentiate.api import score_columns
from b2shift.kernel.errors import UnknownNameError
from b2shift.kernel.money import format_number
from b2shift.lake.api import Lake, atomic_output, check_output, literal, quote
from b2shift.metrics.api import export_star

EXAMPLES = examples(
    "b2shift export segments --out segmentos.csv",
    "b2shift export customers --out clientes.parquet --home /dados/b2shift",
    "b2shift export customers --on 2025-02-28 --out clientes-fevereiro.csv",
    "b2shift export star --out estrela/",
    "b2shift export star --out estrela/ --postgres postgres://bi@127.0.0.1/bi",
)
STAR, SCORES = "star", "scores"
_RUNS, _NUMBER = r"^\s*[=+\-@＝＋－＠]", r"[+-][\d\s().,-]*"
"""How a text begins that a spreadsheet takes for a formula, and those of them that are only numbers."""
_FORMATS = {".parquet": "FORMAT parquet, COMPRESSION zstd", ".csv": "FORMAT csv, HEADER"}


def export(
    name: Annotated[str, typer.Argument(metavar="NOME", help="Tabela; `b2shift tables` mostra os nomes.")],
    out: Annotated[
        Path, typer.Option(metavar="ARQUIVO", help="Arquivo .parquet ou .csv a escrever; para star, uma pasta.")
    ],
    home: Home,
    version: Version = None,
    on: On = None,
    postgres: Annotated[
        str | None,
        typer.Option(metavar="ENDEREÇO", help="Só para star: grava também tabelas e visões neste PostgreSQL."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Escreve uma tabela publicada em Parquet ou CSV; a chave dos clientes é customer_id.

    `star` escreve numa pasta a estrela para ferramentas de BI: clientes, meses, fatos e métricas em Parquet, o modelo
    semântico do Power BI (model.bim) e as instruções para PostgreSQL.
    """
    lake = lake_at(home, version, on)
    if name == STAR:
        _export_star(lake, out, postgres, as_json)
        return
    rows = export_table(lake, name, out)
    if as_json:
        screen.tell_json({"table": name, "file": str(out), "rows": rows, "version": lake.version})
    else:
        screen.note(f"{format_number(rows)} linhas em {out} (versão {lake.version})")


def _export_star(lake: Lake, out: Path, postgres: str | None, as_json: bool) -> None:
    rows = export_star(lake, out)
    if postgres:
        load_star(out, postgres)
    if as_json:
        screen.tell_json({"star": str(out), "rows": rows, "version": lake.version, "postgres": bool(postgres)})
        return
    where = " e no PostgreSQL" if postgres else ""
    screen.note(f"Estrela em {out}{where}: {format_number(rows['facts'])} fatos (versão {lake.version})")


def _plain(lake: Lake, rows: str) -> str:
    """The rows as a CSV can hold them: lists and structures in JSON, and an apostrophe before texts that a
    spreadsheet would run; signed numbers and telephones stay."""
    schema = lake.query(f"{rows} LIMIT 0").schema
    texts = [quote(one.name) for one in schema if pa.types.is_string(one.type) or pa.types.is_large_string(one.type)]
    runs = f"regexp_matches({{0}}, '{_RUNS}') AND NOT regexp_full_match({{0}}, '{_NUMBER}')"
    cells = [f"if({runs.format(text)}, chr(39) || {text}, {text}) AS {text}" for text in texts]
    nested = [quote(one.name) for one in schema if pa.types.is_nested(one.type)]
    cells += [f"to_json({name}) AS {name}" for name in nested]
    return f"SELECT * REPLACE ({', '.join(cells)}) FROM ({rows})" if cells else rows


def export_table(lake: Lake, name: str, out: Path) -> int:
    """Write a published table to `out`, whole or not at all; its rows."""
    published = [table for table, version in lake.manifest.tables.items() if version.spec.published]
    if name not in published:
        raise UnknownNameError("tabela publicada", name, published)
    check_output(out, *_FORMATS)
    with atomic_output(out) as partial:
        columns = ", ".join(map(quote, score_columns(lake))) if name == SCORES else "*"
        rows = f"SELECT {columns} FROM {quote(name)}"
        rows = _plain(lake, rows) if out.suffix.lower() == ".csv" else rows
        lake.query(f"COPY ({rows}) TO {literal(partial)} ({_FORMATS[out.suffix.lower()]})")
    return lake.info(name).rows
