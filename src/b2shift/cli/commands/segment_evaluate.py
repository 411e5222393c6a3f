"""`b2shift segment evaluate`: the segments of a demo drop against what the product promises, never part of a run."""

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from b2shift.cli import screen
from b2shift.cli.options import AsJson, Memory, Seed
from b2shift.cli.words import aim_result, examples
from b2shift.differentiate.contracts import SegmentAim
from b2shift.kernel.money import format_number
from b2shift.kernel.progress import Progress
from b2shift.lake.api import open_lake, writing

EXAMPLES = examples(
    "b2shift segment evaluate entrega", "b2shift segment evaluate entrega --refits 20 --seconds 900 --json"
)
WORDS = {
    "churn_90d": "perdas dos 90 dias seguintes explicadas (contra o segmento de mercado)",
    "expansion_90d": "compras dos 90 dias seguintes explicadas (contra o segmento de mercado)",
    "outlook_30d": "segmento em 30 dias: perda logarítmica, menor é melhor (contra a matriz e ninguém mudar)",
    "outlook_90d": "segmento em 90 dias: perda logarítmica, menor é melhor (contra a matriz e ninguém mudar)",
    "k22_silhouette": "37 colunas, 22 segmentos: silhueta",
    "k22_stability": "37 colunas, 22 segmentos: estabilidade",
    "k22_null_excess": "37 colunas, 22 segmentos: silhueta acima do acaso",
    "k40_silhouette": "37 colunas, até 40 segmentos: silhueta",
    "k40_stability": "37 colunas, até 40 segmentos: estabilidade",
    "rules30_silhouette": "37 colunas, até 30 regras: silhueta",
    "rules30_stability": "37 colunas, até 30 regras: estabilidade",
}


def evaluate(
    drop: Annotated[Path, typer.Argument(metavar="ENTREGA", help="Entrega de demonstração, com a pasta _truth.")],
    refits: Annotated[int, typer.Option(min=2, help="Reajustes em 80% das linhas que medem a estabilidade.")] = 5,
    seconds: Annotated[float, typer.Option(min=1, help="Tempo da busca nas 37 colunas, aproximado.")] = 300.0,
    seed: Seed = 7,
    memory: Memory = 2048,
    as_json: AsJson = False,
) -> None:
    """Segmenta a entrega numa pasta que se joga fora e diz, meta a meta, o que se alcançou."""
    from b2shift.differentiate.api import evaluate_segments

    with tempfile.TemporaryDirectory() as scratch, screen.bars() as progress:
        _segmented(Path(scratch), drop, seed, memory, progress)
        lake = open_lake(Path(scratch), memory_limit_mb=memory)
        aims = evaluate_segments(lake, drop, refits=refits, seconds=seconds, seed=seed, progress=progress)
    if as_json:
        screen.tell_json(aims)
        return
    screen.table("Segmentos", ["medida", "alcançado", "meta", "linhas", ""], [_row(aim) for aim in aims], words=1)


def _segmented(home: Path, drop: Path, seed: int, memory: int, progress: Progress) -> None:
    from b2shift.cli.loop import to_features
    from b2shift.differentiate import api as differentiate

    with writing(home, memory_limit_mb=memory) as session:
        day = to_features(session, drop, progress)
        differentiate.segment_customers(session, day, seed=seed, progress=progress)
        differentiate.foresee_segments(session, day, seed=seed, progress=progress)
        session.commit(day)


def _row(aim: SegmentAim) -> tuple[str, ...]:
    value, wanted = ("—" if figure is None else format_number(figure, 3) for figure in (aim.value, aim.aim))
    if aim.ahead_low is not None and aim.ahead_high is not None:
        wanted += f" (à frente {format_number(aim.ahead_low, 3)} a {format_number(aim.ahead_high, 3)})"
    return (WORDS[aim.name], value, wanted, format_number(aim.rows), aim_result(aim.met))
