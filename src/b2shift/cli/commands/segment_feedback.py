"""`b2shift segment rename` and `prefer`: what a person says about the segments; the next run follows."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from b2shift.cli import screen
from b2shift.cli.options import AsJson, By, Home
from b2shift.cli.words import examples
from b2shift.lake.api import open_lake

RENAME_EXAMPLES = examples(
    'b2shift segment rename s03 "Hotéis independentes" --by ana@empresa.example',
    'b2shift segment rename s03 "" --by ana@empresa.example',
)
PREFER_EXAMPLES = examples(
    'b2shift segment prefer kmeans 12 --reason "cabe na carteira do time" --by ana@empresa.example',
    "b2shift segment prefer kmeans 0 --by ana@empresa.example",
)


def rename(
    segment_id: Annotated[str, typer.Argument(metavar="SEGMENTO", help="Código do segmento, como s03.")],
    name: Annotated[str, typer.Argument(metavar="NOME", help="Nome novo; vazio devolve o do produto.")],
    home: Home,
    by: By,
    as_json: AsJson = False,
) -> None:
    """Dá nome a um segmento; a próxima execução o usa e as seguintes o guardam."""
    from b2shift.differentiate.api import rename_segment

    kept = rename_segment(open_lake(home), home, segment_id, name, by=by, at=datetime.now(UTC))
    if as_json:
        screen.tell_json({"segment_id": segment_id, "name": kept})
        return
    screen.note(f"{segment_id}: {kept or 'o nome volta a ser o do produto'}. A próxima execução aplica")


def prefer(
    algorithm: Annotated[str, typer.Argument(metavar="ALGORITMO", help="Como em segment_models: kmeans, …")],
    k: Annotated[int, typer.Argument(min=0, metavar="SEGMENTOS", help="Quantos segmentos; 0 devolve a escolha.")],
    home: Home,
    by: By,
    reason: Annotated[str, typer.Option(help="Por que esta serve melhor.")] = "",
    as_json: AsJson = False,
) -> None:
    """Pede outra das segmentações comparadas; a próxima execução a usa se a achar de novo acima do piso."""
    from b2shift.differentiate.api import prefer_segmentation

    result = prefer_segmentation(open_lake(home), home, algorithm, k, reason=reason, by=by, at=datetime.now(UTC))
    if as_json:
        screen.tell_json(result)
        return
    screen.note(
        f"{result.algorithm}, {result.k} segmentos: pedido guardado. A próxima execução aplica"
        if result.k
        else "A escolha volta a ser do produto na próxima execução"
    )
