"""`b2shift profile`: what tables are like, and what moved since the version before."""

from pathlib import Path
from typing import Annotated

import typer

from b2shift.cli import screen
from b2shift.cli.options import AsJson, Home, On, Version
from b2shift.cli.time_travel import lake_at
from b2shift.cli.words import examples
from b2shift.identify.api import TableProfile, profile_drift_label, profile_file, profile_page, profile_table
from b2shift.kernel.errors import InputError
from b2shift.kernel.money import format_number
from b2shift.lake.api import Lake, kept_versions, open_lake, write_output

EXAMPLES = examples(
    "b2shift profile customers",
    "b2shift profile customers features --html perfil.html",
    "b2shift profile customers --version 3",
    "b2shift profile --file base.csv",
)
_STRONGEST = 10


def profile(
    home: Home,
    names: Annotated[list[str] | None, typer.Argument(metavar="[TABELA…]", help="Sem elas, as publicadas.")] = None,
    file: Annotated[Path | None, typer.Option(help="Perfil deste arquivo CSV ou Parquet, em vez do lake.")] = None,
    html: Annotated[Path | None, typer.Option(help="Escreve o perfil inteiro neste arquivo HTML.")] = None,
    version: Version = None,
    on: On = None,
    as_json: AsJson = False,
) -> None:
    """Mostra como são as colunas: distribuição, falta de valores, relações, extremos e mudança desde a versão anterior.

    Valores de colunas pessoais nunca são mostrados.
    """
    if file is not None and names:
        raise InputError("Peça tabelas ou um arquivo, não os dois", value=file, hint="Tire --file ou os nomes")
    if file is not None and (version or on):
        raise InputError("Um arquivo não tem versões", value=file, hint="Tire --file, ou --version e --on")
    result = (profile_file(file),) if file is not None else _of_lake(lake_at(home, version, on), home, names or [])
    if html is not None:
        write_output(html, profile_page(result))
        screen.note(f"Perfil escrito em {html}")
    if as_json:
        screen.tell_json(result)
    if not as_json and html is None:
        for one in result:
            _show(one)


def _of_lake(lake: Lake, home: Path, names: list[str]) -> tuple[TableProfile, ...]:
    chosen = names or [name for name, table in lake.manifest.tables.items() if table.spec.published and table.rows]
    for name in chosen:
        lake.info(name)
    older = [m.version for m in kept_versions(home) if m.version < lake.version]
    before = open_lake(home, older[-1]) if older else None
    return tuple(profile_table(lake, name, before) for name in sorted(chosen))


def _show(result: TableProfile) -> None:
    screen.table(
        f"{result.table} · {format_number(result.rows)} linhas",
        ["coluna", "tipo", "mudança", "sem valor %", "distintos", "extremos"],
        [
            (
                c.name + (" (pessoal)" if c.personal else ""),
                c.type[:24],
                profile_drift_label(c.drift, short=True),
                format_number(100 * c.missing / c.rows if c.rows else 0, 1),
                format_number(c.distinct),
                format_number(c.outliers.below + c.outliers.above) if c.outliers else "",
            )
            for c in result.columns
        ],
        words=3,
    )
    screen.table(
        "A falta de um valor anda junto com",
        ["falta", "anda junto com", "onde falta", "onde não falta", "força"],
        [(g.missing, g.goes_with, g.without, g.within, format_number(g.strength, 2)) for g in result.gaps[:_STRONGEST]],
        words=4,
    )
    screen.table(
        "Colunas que andam juntas",
        ["uma", "outra", "força", "n"],
        [(r.left, r.right, format_number(r.strength, 2), format_number(r.n)) for r in result.relations[:_STRONGEST]],
        words=2,
    )
