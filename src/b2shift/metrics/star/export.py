"""The star as a folder: a Parquet file a table, the model for Power BI, PostgreSQL statements, its words."""

from pathlib import Path

from b2shift.kernel.errors import InputError, StorageError
from b2shift.lake.api import Lake, literal, write_durably
from b2shift.metrics.contracts import Scope
from b2shift.metrics.star.postgres import script
from b2shift.metrics.star.powerbi import semantic_model
from b2shift.metrics.star.tables import star_rows, star_tables

EVERYBODY = Scope()


def export_star(lake: Lake, folder: Path) -> dict[str, int]:
    """Write the star of the whole base into a folder; rows by table. InputError when it is no folder."""
    if folder.exists() and not folder.is_dir():
        raise InputError("Já existe um arquivo com este nome", value=folder, hint="Diga uma pasta")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        rows = {name: _written(lake, name, folder / f"{name}.parquet") for name in star_tables()}
        write_durably(folder / "model.bim", semantic_model())
        write_durably(folder / "postgres.sql", script())
        write_durably(folder / "LEIA-ME.md", star_page())
    except OSError as error:
        raise StorageError("A pasta não aceita arquivos", value=folder, hint=error) from error
    return rows


def star_page() -> str:
    """What each table and column means, and how they join, as Markdown."""
    lines = [
        "# A estrela para ferramentas de BI\n",
        "Escrita por `b2shift export star --out PASTA`, lida também por OData.\n",
    ]
    for table in star_tables().values():
        lines += [f"## {table.name} ({table.label})\n", f"{table.about} Chave: {', '.join(table.key)}.\n"]
        lines += ["| coluna | tipo | significado |", "|---|---|---|"]
        lines += [f"| `{column.name}` | {column.kind} | {column.description} |" for column in table.columns]
        lines.append("")
    return "\n".join(lines)


def _written(lake: Lake, name: str, file: Path) -> int:
    statement = star_rows(lake, name, EVERYBODY)
    order = ", ".join(star_tables()[name].key)
    partial = file.with_name(f".{file.name}.partial")
    try:
        done = lake.query(
            f"COPY ({statement.sql} ORDER BY {order}) TO {literal(partial)} (FORMAT parquet, COMPRESSION zstd)"
        ).to_pylist()
        partial.replace(file)
    finally:
        partial.unlink(missing_ok=True)
    return int(done[0]["Count"])
