"""`b2shift quality`: what was wrong with the data and what was done about it."""

from pathlib import Path
from typing import Annotated

import typer

from b2shift.cli import screen
from b2shift.cli.options import AsJson, Home
from b2shift.cli.words import TREATMENTS, examples
from b2shift.kernel.money import format_number
from b2shift.lake.api import open_lake

EXAMPLES = examples(
    "b2shift quality report", "b2shift quality report --json | head", "b2shift quality report --html qualidade.html"
)
_COUNTS = """
    SELECT source, kind, coalesce("column", '') AS "column", treatment, sum(count)::BIGINT AS count
    FROM quality GROUP BY ALL ORDER BY source, count DESC, kind, "column", treatment
"""


def report(
    home: Home,
    html: Annotated[Path | None, typer.Option(help="Escreve o relatório inteiro neste arquivo HTML.")] = None,
    as_json: AsJson = False,
) -> None:
    """Conta o que foi corrigido, deixado sem valor ou rejeitado, por fonte e tipo de defeito, e confere as regras."""
    from b2shift.identify.api import quality_page, quality_report

    lake = open_lake(home)
    told = quality_report(lake)
    if html is not None:
        html.write_text(quality_page(told), encoding="utf-8")
        screen.note(f"Relatório escrito em {html}")
    if as_json:
        typer.echo(told.model_dump_json(indent=2))
    if as_json or html is not None:
        return
    screen.table(
        f"Regras · versão {lake.version}",
        ["fonte", "nota", "regras", "descumpridas"],
        [
            (
                s.source,
                f"{s.scores[-1].score:.0f}",
                str(len(s.rules)),
                "; ".join(r.told for r in s.rules if not r.passed),
            )
            for s in told.sources
            if s.rules and s.scores
        ],
        words=1,
    )
    screen.table(
        f"Qualidade · versão {lake.version}",
        ["fonte", "defeito", "coluna", "tratamento", "casos"],
        [
            (
                r["source"],
                r["kind"],
                r["column"],
                TREATMENTS.get(r["treatment"], r["treatment"]),
                format_number(r["count"]),
            )
            for r in lake.query(_COUNTS).to_pylist()
        ],
        words=4,
    )
