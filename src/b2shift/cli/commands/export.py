"""`b2shift export`: one published table to one file."""

import json
import os
from pathlib import Path
from typing import Annotated

import typer

from b2shift.cli import screen
from b2shift.cli.options import AsJson, Home
from b2shift.cli.words import examples
from b2shift.kernel.errors import InputError, UnknownNameError
from b2shift.kernel.money import format_number
from b2shift.lake.api import Lake, literal, open_lake, quote

EXAMPLES = examples(
    "b2shift export segments --out segmentos.csv",
    "b2shift export customers --out clientes.parquet --home /dados/b2shift",
)
_FORMATS = {".parquet": "FORMAT parquet, COMPRESSION zstd", ".csv": "FORMAT csv, HEADER"}


def export(
    name: Annotated[str, typer.Argument(metavar="NOME", help="Tabela; `b2shift tables` mostra os nomes.")],
    out: Annotated[Path, typer.Option(metavar="ARQUIVO", help="Arquivo .parquet ou .csv a escrever.")],
    home: Home,
    version: Annotated[int | None, typer.Option(min=1, help="Versão do lake; sem ela, a atual.")] = None,
    as_json: AsJson = False,
) -> None:
    """Escreve uma tabela publicada em Parquet ou CSV; a chave dos clientes é customer_id."""
    lake = open_lake(home, version)
    rows = export_table(lake, name, out)
    if as_json:
        typer.echo(json.dumps({"table": name, "file": str(out), "rows": rows, "version": lake.version}))
    else:
        screen.note(f"{format_number(rows)} linhas em {out} (versão {lake.version})")


def export_table(lake: Lake, name: str, out: Path) -> int:
    """Write a published table to `out`, whole or not at all; its rows."""
    published = [table for table, held in lake.manifest.tables.items() if held.spec.published]
    if name not in published:
        raise UnknownNameError("tabela publicada", name, published)
    if out.suffix.lower() not in _FORMATS:
        raise InputError("Formato de arquivo desconhecido", value=out.name, hint="Use um nome em .parquet ou .csv")
    if not out.parent.is_dir():
        raise InputError("A pasta do arquivo não existe", value=out.parent, hint="Crie-a antes")
    if out.is_dir():
        raise InputError("Já existe uma pasta com este nome", value=out, hint="Use outro nome")
    partial = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        lake.query(f"COPY (SELECT * FROM {quote(name)}) TO {literal(partial)} ({_FORMATS[out.suffix.lower()]})")
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)
    return lake.info(name).rows
