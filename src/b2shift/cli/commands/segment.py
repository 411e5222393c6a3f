"""`b2shift segment fit`: segment any table of numbers."""

import re
from pathlib import Path
from typing import Annotated

import typer

from b2shift.cli import screen
from b2shift.cli.options import AsJson, Seed
from b2shift.cli.words import examples
from b2shift.differentiate.contracts import FitResult, FrontPoint, SearchResult
from b2shift.kernel.errors import InputError
from b2shift.kernel.money import format_number, format_percent

EXAMPLES = examples(
    "b2shift segment fit --table clientes.parquet --id customer_id --k 8 --out grupos.parquet",
    "b2shift segment fit --table notas.csv --id codigo --view as-is --k 22 --floor 0.01 --json --out grupos.csv",
)

SEARCH_EXAMPLES = examples(
    "b2shift segment search --table clientes.parquet --id customer_id --out grupos.parquet",
    "b2shift segment search --table base.csv --id codigo --preset stable --seconds 60 --money mrr --json --out g.csv",
    "b2shift segment search --table base.csv --id codigo --k 28-40 --preset stable --out grupos.csv",
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
        screen.tell_json(result)
    else:
        _show(result)


def search(  # noqa: PLR0913 - each argument is an option
    table: Annotated[
        Path,
        typer.Option(metavar="ARQUIVO", help="CSV ou Parquet: uma coluna de chave, as outras números ou palavras."),
    ],
    id_column: Annotated[str, typer.Option("--id", metavar="COLUNA", help="Coluna que identifica a linha.")],
    out: Annotated[Path, typer.Option(metavar="ARQUIVO", help="Arquivo .csv ou .parquet com a chave e o segmento.")],
    k: Annotated[
        str | None,
        typer.Option(
            metavar="N|MIN-MAX", help="Quantos segmentos: 22, ou de 28 a 40 com 28-40; sem ela a busca escolhe."
        ),
    ] = None,
    floor: Annotated[float, typer.Option(min=0, max=0.5, help="Menor parte que um segmento pode ter.")] = 0.01,
    preset: Annotated[
        str, typer.Option(help="balanced, explainable, stable ou fine: o que pesa na escolha.")
    ] = "balanced",
    seconds: Annotated[float, typer.Option(help="Tempo da busca, aproximado.")] = 60.0,
    money: Annotated[
        str | None, typer.Option(metavar="COLUNA", help="Coluna de valor: mede os segmentos, não entra na busca.")
    ] = None,
    seed: Seed = 7,
    as_json: AsJson = False,
) -> None:
    """Procura as melhores segmentações de uma tabela e grava a escolhida. Ctrl-C fica com a melhor até ali."""
    from b2shift.differentiate.api import search_table

    with screen.bars() as progress:
        result = search_table(
            table, id_column, out, k=_span(k), floor=floor, preset=preset, seconds=seconds, money=money, seed=seed,
            progress=progress,
        )  # fmt: skip
    if as_json:
        screen.tell_json(result)
    else:
        _show_front(result)


def _span(result: str | None) -> tuple[int, int] | None:
    """Fewest and most segments of `22` or `28-40`."""
    if result is None:
        return None
    read = re.fullmatch(r"(\d{1,4})(?:-(\d{1,4}))?", result.strip())
    if read is None:
        raise InputError("Número de segmentos que não se lê", value=result, hint="Use --k 22 ou --k 28-40")
    return int(read[1]), int(read[2] or read[1])


def _show_front(result: SearchResult) -> None:
    screen.table(
        f"Fronteira · {result.measured} medidos de {result.tried} encontrados",
        ["", "algoritmo", "forma", "k", "silhueta", "acima do acaso", "estabilidade", "explicável", "menor"],
        [_row(point) for point in result.front],
        words=3,
    )
    screen.tell(result.chosen.reason)
    if result.beyond_chance is False:
        screen.warn("A tabela não mostra segmentos: a divisão não separa mais que o acaso")
    for note in result.notes:
        screen.warn(note)
    if result.ignored_columns:
        screen.warn(f"Colunas que ficaram de fora: {', '.join(result.ignored_columns)}")
    if result.interrupted:
        screen.warn("A busca foi interrompida: vale o melhor até ali")
    if result.carried_rows:
        screen.note(
            f"Procurou-se em {format_number(result.searched_rows)} linhas sorteadas; depois cada uma das "
            f"{format_number(result.carried_rows)} foi para o segmento mais próximo"
        )
    screen.note(f"{format_number(result.rows)} linhas em {result.out} ({format_number(result.seconds, 1)} s)")


def _row(point: FrontPoint) -> tuple[str, ...]:
    figures = (point.silhouette, point.null_excess, point.stability, point.explainability)
    return (
        "→" if point.chosen else "",
        point.algorithm,
        point.representation,
        str(point.k),
        *("—" if value is None else format_number(value, 3) for value in figures),
        format_percent(point.smallest_share),
    )


def _show(result: FitResult) -> None:
    percent = [format_percent(size / result.rows) for size in result.sizes]
    screen.table(
        f"{result.k_found} segmentos · {result.algorithm}",
        ["segmento", "linhas", "parte"],
        [
            (str(n), format_number(size), share)
            for n, (size, share) in enumerate(zip(result.sizes, percent, strict=True))
        ],
    )
    screen.table(
        "Medidas",
        ["medida", "valor"],
        [
            ("silhueta", format_number(result.silhouette, 3)),
            ("silhueta com as colunas embaralhadas", format_number(result.null_silhouette, 3)),
            ("Davies-Bouldin (menor é melhor)", format_number(result.davies_bouldin, 3)),
            ("Calinski-Harabasz (maior é melhor)", format_number(result.calinski_harabasz, 1)),
            (f"estabilidade em {result.refits} reajustes", format_number(result.stability, 3)),
        ],
    )
    if result.k_found < result.k:
        screen.warn(f"Pediu-se {result.k} segmentos; com parte mínima de {result.floor} couberam {result.k_found}")
    for note in result.notes:
        screen.warn(note)
    if result.constant_columns:
        screen.warn(f"Colunas que não variam e não pesaram: {', '.join(result.constant_columns)}")
    screen.note(f"{format_number(result.rows)} linhas em {result.out} ({format_number(result.seconds, 1)} s)")
