"""`b2shift quality`: what was wrong with the data and what was done about it."""

import typer

from b2shift.cli import screen
from b2shift.cli.options import AsJson, Home
from b2shift.cli.words import TREATMENTS, examples
from b2shift.kernel.money import format_number
from b2shift.lake.api import open_lake

EXAMPLES = examples("b2shift quality report", "b2shift quality report --json | head")
_COUNTS = """
    SELECT source, kind, coalesce("column", '') AS "column", treatment, sum(count)::BIGINT AS count
    FROM quality GROUP BY ALL ORDER BY source, count DESC, kind, "column", treatment
"""


def report(home: Home, as_json: AsJson = False) -> None:
    """Conta, por fonte e tipo de defeito, o que foi corrigido, deixado sem valor ou rejeitado."""
    from b2shift.identify.api import quality_report

    lake = open_lake(home)
    if as_json:
        typer.echo(quality_report(lake).model_dump_json(indent=2))
        return
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
