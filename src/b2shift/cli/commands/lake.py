"""`b2shift lake`: the versions kept, how many, and going back to one."""

from typing import Annotated

import typer

from b2shift.cli import screen
from b2shift.cli.options import AsJson, Author, Home
from b2shift.cli.words import examples
from b2shift.kernel.money import format_number
from b2shift.lake.api import Retention, current_version, kept_versions, retain, retention, roll_back

VERSIONS = examples("b2shift lake versions", "b2shift lake versions --json")
ROLLBACK = examples("b2shift lake rollback 3", "b2shift lake rollback 3 --by ana@empresa.example")

RETAIN = examples("b2shift lake retain --versions 6 --month-ends 24", "b2shift lake retain")


def versions(home: Home, as_json: AsJson = False) -> None:
    """Lista as versões guardadas do lake, a mais antiga primeiro."""
    kept, current = kept_versions(home), current_version(home)
    if as_json:
        result = [
            {
                "version": m.version,
                "current": m.version == current,
                "as_of": m.as_of,
                "written_at": m.written_at,
                "tables": {name: table.rows for name, table in m.tables.items()},
                "bytes": sum(table.bytes for table in m.tables.values()),
            }
            for m in kept
        ]
        screen.tell_json(result)
        return
    screen.table(
        "Versões",
        ["versão", "dados até", "gravada em (UTC)", "tabelas", "MB"],
        [
            (
                f"{m.version}{' (atual)' if m.version == current else ''}",
                f"{m.as_of:%d/%m/%Y}",
                f"{m.written_at:%d/%m/%Y %H:%M}",
                str(len(m.tables)),
                format_number(sum(table.bytes for table in m.tables.values()) / 1e6, 1),
            )
            for m in kept
        ],
        words=3,
    )


def rollback(
    version: Annotated[int, typer.Argument(metavar="N", help="Versão que volta a valer.")],
    home: Home,
    by: Author = "",
    as_json: AsJson = False,
) -> None:
    """Volta a servir uma versão anterior; nada é apagado. Depois, `b2shift publish` leva as páginas junto."""
    from b2shift.cli.loop import write_down

    roll_back(home, version)
    write_down(home, by, "lake_restored", "lake", version)
    if as_json:
        screen.tell_json({"version": version})
    else:
        screen.note(f"O lake serve a versão {version}. Para as páginas: b2shift publish")


def keep(
    home: Home,
    versions: Annotated[int | None, typer.Option(min=1, help="Quantas versões mais novas ficam.")] = None,
    month_ends: Annotated[int | None, typer.Option(min=0, help="De quantos meses a última versão fica.")] = None,
    as_json: AsJson = False,
) -> None:
    """Escolhe quantas versões o lake guarda e apaga o que passa disso; sem opções, aplica a escolha que há.

    A versão que está valendo e as que alguém está lendo nunca são apagadas.
    """
    before = retention(home)
    chosen = Retention(
        versions=before.versions if versions is None else versions,
        month_ends=before.month_ends if month_ends is None else month_ends,
    )
    gone = retain(home, chosen)
    kept = [manifest.version for manifest in kept_versions(home)]
    if as_json:
        screen.tell_json({**dict(chosen), "dropped": gone, "kept": kept})
        return
    result = ", ".join(map(str, gone)) or "nenhuma"
    screen.note(
        f"Ficam as mais novas ({chosen.versions}) e a última de cada mês ({chosen.month_ends}). "
        f"Apagadas: {result}. Guardadas: {', '.join(map(str, kept))}"
    )
