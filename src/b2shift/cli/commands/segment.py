"""`b2shift segment fit`: segment any table of numbers."""

from pathlib import Path
from typing import Annotated

import typer

from b2shift.cli import screen
from b2shift.cli.options import AsJson, Seed
from b2shift.cli.words import examples

EXAMPLES = examples(
    "b2shift segment fit --table clientes.parquet --id customer_id --k 8 --out grupos.parquet",
    "b2shift segment fit --table notas.csv --id codigo --view as-is --k 22 --floor 0.01 --json --out grupos.csv",
)


def fit(  # noqa: PLR0913 - each argument is an option
    table: Annotated[
        Path, typer.Option(metavar="ARQUIVO", help="CSV ou Parquet: uma coluna de chave, as outras números.")
    ],
    id_column: Annotated[str, typer.Option("--id", metavar="COLUNA", help="Coluna que identifica a linha.")],
    k: Annotated[int, typer.Option(min=2, help="Quantos segmentos.")],
    out: Annotated[Path, typer.Option(metavar="ARQUIVO", help="Arquivo .csv ou .parquet com a chave e o segmento.")],
    view: Annotated[str, typer.Option(help="Preparo das colunas; as-is usa os números como estão.")] = "as-is",
    floor: Annotated[float, typer.Option(min=0, max=0.5, help="Menor parte que um segmento pode ter.")] = 0.01,
    algorithm: Annotated[str, typer.Option(help="kmeans, gaussian_mixture ou hdbscan.")] = "kmeans",
    seed: Seed = 7,
    as_json: AsJson = False,
) -> None:
    """Segmenta uma tabela de números e escreve a que segmento cada linha pertence."""
    from b2shift.differentiate.api import fit_table

    with screen.bars() as progress:
        result = fit_table(
            table, id_column, out, k=k, view=view, floor=floor, algorithm=algorithm, seed=seed, progress=progress
        )
    if as_json:
        typer.echo(result.model_dump_json(indent=2))
    else:
        screen.out().print(str(result))
