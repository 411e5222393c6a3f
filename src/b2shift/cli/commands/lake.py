"""`b2shift lake`: the versions kept, and going back to one."""

import json
from typing import Annotated

import typer

from b2shift.cli import screen
from b2shift.cli.options import AsJson, Home
from b2shift.cli.words import examples
from b2shift.kernel.money import format_number
from b2shift.lake.api import current_version, kept_versions, roll_back

VERSIONS = examples("b2shift lake versions", "b2shift lake versions --json")
ROLLBACK = examples("b2shift lake rollback 3", "b2shift lake rollback 3 --home /dados/b2shift")


def versions(home: Home, as_json: AsJson = False) -> None:
    """Lista as versões guardadas do lake, a mais antiga primeiro."""
    kept, current = kept_versions(home), current_version(home)
    if as_json:
        told = [
            {
                "version": m.version,
                "current": m.version == current,
                "as_of": m.as_of.isoformat(),
                "written_at": m.written_at.isoformat(),
                "tables": {name: table.rows for name, table in m.tables.items()},
                "bytes": sum(table.bytes for table in m.tables.values()),
            }
            for m in kept
        ]
        typer.echo(json.dumps(told, indent=2))
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
    as_json: AsJson = False,
) -> None:
    """Volta a servir uma versão anterior; nada é apagado. Depois, `b2shift publish` leva as páginas junto."""
    roll_back(home, version)
    if as_json:
        typer.echo(json.dumps({"version": version}))
    else:
        screen.note(f"O lake serve a versão {version}. Para as páginas: b2shift publish")
