"""`b2shift model`: learn a label from any table; hold the product's own scores against a planted truth."""

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from b2shift.cli import screen
from b2shift.cli.loop import run_to_scores
from b2shift.cli.options import AsJson, Seed
from b2shift.cli.words import aim_result, examples
from b2shift.differentiate.contracts import ScoreAim, TrainResult
from b2shift.kernel.money import format_number
from b2shift.lake.api import open_lake

TRAIN = examples(
    "b2shift model train --table clientes.csv --label saiu --out previsoes.parquet",
    "b2shift model train --table treino.csv --label ganhou --time criado_em --test novos.csv --id negocio --out p.csv",
    "b2shift model train --table contratos.csv --label saiu --time meses --task survival --json --out p.parquet",
)
EVALUATE = examples("b2shift model evaluate entrega", "b2shift model evaluate entrega1 entrega2 entrega3 --json")
_MOST_IMPORTANT = 10
_FIGURES = {
    "log_loss": "perda logarítmica",
    "log_loss_base": "perda da taxa base",
    "auc": "AUC",
    "auc_shuffled": "AUC com o rótulo embaralhado",
    "brier": "Brier",
    "ece": "erro de calibração",
    "ece_floor": "o de uma previsão perfeita",
    "rmse": "erro quadrático médio",
    "rmse_base": "o da média",
    "r2": "R²",
    "interval_90": "cobertura do intervalo de 90%",
    "c_index": "índice C",
    "ibs": "Brier integrado",
    "ibs_base": "o da curva única",
    "gain_z": "ganho em erros padrão",
}

_SCORES = {"churn_90d": "Perda em 90 dias", "propensity": "Compra de uma família em 90 dias"}
_AIMS = {
    "scored": "nota utilizável",
    "auc": "AUC",
    "auc_of_truth": "AUC da probabilidade verdadeira",
    "ece": "erro de calibração",
    "predicted_rate": "taxa prevista",
    "observed_rate": "taxa observada",
    "ece_worst_segment_over_floor": "erro de calibração do pior segmento, em vezes o de uma previsão perfeita",
    "lift_over_oracle": "ganho no primeiro décimo, sobre o da probabilidade verdadeira",
    "interval_90": "cobertura do intervalo de 90%",
    "interval_90_worst_segment": "a do pior segmento de 200 ou mais",
    "interval_90_worst_segment_of_exact": "a que um intervalo exato teria ali",
    "interval_90_worst_segment_of_exact_meets": "quantas vezes um intervalo exato cumpriria a meta",
    "interval_90_worst_large_segment": "a do pior segmento de 2.000 ou mais",
    "interval_90_worst_large_segment_of_exact": "a que um intervalo exato teria ali",
    "interval_90_worst_large_segment_of_exact_meets": "quantas vezes um intervalo exato cumpriria a meta",
}


def train(  # noqa: PLR0913 - each argument is an option
    table: Annotated[Path, typer.Option(metavar="ARQUIVO", help="CSV, Parquet, JSON ou Excel com exemplos rotulados.")],
    label: Annotated[str, typer.Option(metavar="COLUNA", help="Coluna do que se quer prever.")],
    out: Annotated[Path, typer.Option(metavar="ARQUIVO", help="Arquivo .csv ou .parquet das previsões.")],
    time: Annotated[
        str | None, typer.Option(metavar="COLUNA", help="Quando cada linha era sabida; na sobrevivência, a duração.")
    ] = None,
    identity: Annotated[str | None, typer.Option("--id", metavar="COLUNA", help="Chave que vai para a saída.")] = None,
    test: Annotated[
        Path | None, typer.Option(metavar="ARQUIVO", help="Linhas a prever; sem ele, as da tabela, fora da amostra.")
    ] = None,
    task: Annotated[
        str | None, typer.Option(help="classification, regression ou survival; sem ela, pelo rótulo.")
    ] = None,
    positive: Annotated[str | None, typer.Option(metavar="VALOR", help="Valor do rótulo que é o sim.")] = None,
    keep: Annotated[
        list[str] | None, typer.Option(metavar="COLUNA", help="Coluna a usar mesmo que pareça vazamento.")
    ] = None,
    seed: Seed = 7,
    as_json: AsJson = False,
) -> None:
    """Aprende um rótulo de qualquer tabela e escreve uma previsão calibrada e suas razões para cada linha.

    Colunas que conhecem o resultado ficam de fora, cada uma com o motivo. Sem sinal, a previsão é a taxa base.
    As previsões têm uma linha por linha dada, na mesma ordem: a chave de --id (ou row, a contar de 0), probability (do
    sim), reasons e usable. Com mais classes, prediction e uma probability_CLASSE para cada; de um número, prediction,
    low e high (90 %); na sobrevivência, risk (até o fim do último período), median_time e survival_1, survival_2…, a
    parte que segue até o fim de cada período, com esses fins em times do JSON. Coluna que falta em --test não ensina.
    """
    from b2shift.differentiate.api import train_table

    try:
        with screen.bars() as progress:
            result = train_table(
                table, label, out, time=time, identity=identity, test=test, task=task, positive=positive,
                keep=keep or (), seed=seed, progress=progress,
            )  # fmt: skip
    except KeyboardInterrupt:
        screen.note(f"O que se aprendia se perde; nada foi gravado em {out}.")
        raise
    if as_json:
        screen.tell_json(result)
    else:
        _show(result)


def _show(result: TrainResult) -> None:
    screen.tell(result.verdict)
    if result.drawn is not None:
        screen.note(f"Tabela grande: {result.drawn}.")
    for note in result.notes:
        screen.warn(note)
    known = result.measures.model_dump()
    screen.table(
        f"Medidas · {format_number(result.measures.rows)} linhas · {result.validation}",
        ["medida", "valor"],
        [(words, format_number(known[name], 3)) for name, words in _FIGURES.items() if known[name] is not None],
    )
    if result.usable:
        screen.table(
            "O que mais pesa",
            ["coluna", "contribuição média"],
            [(name, format_number(value, 3)) for name, value in list(result.importance.items())[:_MOST_IMPORTANT]],
        )
    for one in result.findings:
        fate = "fora" if one.left_out else "fica"
        screen.warn(f"{one.column or 'linhas'} ({fate}): {one.evidence}")
    screen.note(f"Previsões em {result.out} ({format_number(result.seconds, 1)} s)")


def evaluate(
    drops: Annotated[list[Path], typer.Argument(metavar="ENTREGA...", help="Entregas de demonstração, com _truth.")],
    seed: Seed = 7,
    as_json: AsJson = False,
) -> None:
    """Lê cada entrega e dá as notas numa pasta que se joga fora, e as confere com a verdade plantada."""
    from b2shift.differentiate.api import evaluate_scores

    result: dict[str, tuple[ScoreAim, ...]] = {}
    for drop in drops:
        with tempfile.TemporaryDirectory() as home, screen.bars() as progress:
            run_to_scores(drop, Path(home), seed=seed, progress=progress)
            result[str(drop)] = evaluate_scores(open_lake(Path(home)), drop)
    if as_json:
        screen.tell_json(result)
        return
    for name, aims in result.items():
        for score in dict.fromkeys(one.score for one in aims):
            rows = [_aim(one) for one in aims if one.score == score]
            screen.table(f"{_SCORES[score]} · {name}", ["medida", "medido", "95%", "meta", "", "n"], rows, words=1)


def _aim(one: ScoreAim) -> tuple[str, ...]:
    figure, low, high, minimum, maximum = (
        "" if value is None else format_number(value, 3 if value > 0.02 else 4)
        for value in (one.figure, one.low, one.high, one.minimum, one.maximum)
    )
    target = f"{minimum} a {maximum}" if minimum and maximum else f"≥ {minimum}" if minimum else f"≤ {maximum}"
    asked = one.minimum is not None or one.maximum is not None
    return (
        _AIMS[one.aim], figure or "—", f"{low} a {high}" if low else "", target if asked else "",
        aim_result(one.met) if asked or one.met is not None else "", format_number(one.n),
    )  # fmt: skip
