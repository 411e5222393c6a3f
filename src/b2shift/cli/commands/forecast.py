"""`b2shift forecast`: where the figures of a table are going."""

from pathlib import Path
from typing import Annotated

import typer

from b2shift.cli import screen
from b2shift.cli.options import AsJson
from b2shift.cli.words import examples
from b2shift.differentiate.contracts import ForecastResult, SeriesForecast
from b2shift.kernel.money import format_number, format_percent

EXAMPLES = examples(
    "b2shift forecast --table receita.csv --time mes --value receita --horizon 12",
    "b2shift forecast --table vendas.parquet --time dia --value total --series filial --every week --horizon 8 --json",
)


def forecast(
    table: Annotated[
        Path, typer.Option(metavar="ARQUIVO", help="CSV, Parquet, JSON, Excel: uma linha por data e série.")
    ],
    time: Annotated[str, typer.Option(metavar="COLUNA", help="Coluna das datas.")],
    value: Annotated[str, typer.Option(metavar="COLUNA", help="Coluna do valor.")],
    horizon: Annotated[int, typer.Option(metavar="N", help="Períodos à frente.")],
    series: Annotated[str | None, typer.Option(metavar="COLUNA", help="Coluna que separa as séries.")] = None,
    every: Annotated[
        str | None, typer.Option(help="day, week, month, quarter ou year; sem ela, a frequência das datas.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Prevê os próximos períodos de cada série, com intervalos e com o que teria acertado no passado.

    Séries com menos de 12 períodos não são previstas.
    """
    from b2shift.differentiate.api import forecast_table

    with screen.bars() as progress:
        result = forecast_table(table, time, value, horizon, series=series, every=every, progress=progress)
    if as_json:
        screen.tell_json(result)
    else:
        _show(result)


def _show(result: ForecastResult) -> None:
    for one in result.series:
        if one.refused:
            screen.warn(f"{one.series}: {one.refused}" if one.series else one.refused)
        else:
            _show_one(one)
    for note in result.notes:
        screen.warn(note)
    screen.note(
        f"Melhor que repetir a estação anterior em {format_percent(result.better_than_naive, 0)} das séries; "
        f"os intervalos de 80% contiveram {format_percent(result.coverage_80)} do que veio"
    )


def _show_one(one: SeriesForecast) -> None:
    screen.table(
        one.series or "Previsão",
        ["período", "valor", "80% de", "80% até", "95% de", "95% até"],
        [
            (
                f"{p.period:%d/%m/%Y}",
                *(format_number(v, 2) for v in (p.value, p.low_80, p.high_80, p.low_95, p.high_95)),
            )
            for p in one.points
        ],
    )
    if (test := one.backtest) is not None:
        against = "—" if test.relative_mae is None else format_number(test.relative_mae, 2)
        screen.tell(
            f"No passado ({test.forecasts} previsões de {test.origins} datas): "
            f"erro médio {format_number(test.mae, 2)}, "
            f"{against} vezes o de repetir a estação anterior; {format_percent(test.coverage_80, 0)} dentro de 80%."
        )
    for note in one.notes:
        screen.warn(note)
