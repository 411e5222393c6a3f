"""`b2shift experiment`: what the experiment of any table tells."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from b2shift.cli import screen
from b2shift.cli.options import AsJson, Seed
from b2shift.cli.words import examples
from b2shift.kernel.errors import InputError
from b2shift.kernel.money import format_number

if TYPE_CHECKING:
    import pyarrow as pa

    from b2shift.learn.contracts import Interval, TrialColumns

EFFECTS = examples(
    "b2shift experiment effects --table teste.csv --arm mensagem --control nenhuma --value comprou --value gasto",
    "b2shift experiment effects --table teste.parquet --arm variante --value respondeu --json",
)
UPLIFT = examples(
    "b2shift experiment uplift --table teste.csv --arm mensagem --treated A --control nenhuma --value comprou",
    "b2shift experiment uplift --table t.csv --arm ligou --treated sim --control nao --value cancelou --less-is-better",
)
POLICY = examples(
    "b2shift experiment policy --table teste.csv --arm mensagem --value gasto --cost A=0,05 --cost B=0,05",
    "b2shift experiment policy --table teste.csv --arm mensagem --value comprou --out escolha.csv --id cliente",
)
EVALUATE = examples(
    "b2shift experiment evaluate --table escolhas.csv --arm oferta --value clicou --chance chance --rule uniforme",
    "b2shift experiment evaluate --table escolhas.csv --arm oferta --value clicou --chance chance --rule-column nova",
)
Table = Annotated[Path, typer.Option(metavar="ARQUIVO", help="CSV, Parquet, JSON ou Excel: uma linha por cliente.")]
Arm = Annotated[str, typer.Option(metavar="COLUNA", help="O que cada linha recebeu por sorteio.")]
Value = Annotated[str, typer.Option(metavar="COLUNA", help="O que veio depois: 0 e 1, ou um valor.")]
Lot = Annotated[
    str | None, typer.Option(metavar="COLUNA", help="Sorteio de cada linha, quando foram vários, com partes próprias.")
]
Identity = Annotated[str | None, typer.Option("--id", metavar="COLUNA", help="Chave que vai para a saída.")]
Unused = Annotated[
    list[str] | None, typer.Option(metavar="COLUNA", help="Coluna medida depois do sorteio, ou que não deve ensinar.")
]
Out = Annotated[
    Path | None, typer.Option(metavar="ARQUIVO", help="Arquivo .csv ou .parquet, uma linha por linha dada.")
]
Harmful = Annotated[bool, typer.Option("--less-is-better", help="Quanto menos do valor, melhor (cancelar, reclamar).")]
_FORMATS = (".csv", ".parquet")


def effects(
    table: Table,
    arm: Arm,
    value: Annotated[list[str], typer.Option(metavar="COLUNA", help="O que veio depois; pode repetir.")],
    control: Annotated[
        str | None, typer.Option(metavar="BRAÇO", help="Braço com que os outros se comparam; sem ele, todos os pares.")
    ] = None,
    lot: Lot = None,
    unused: Unused = None,
    as_json: AsJson = False,
) -> None:
    """Diz o que cada braço mudou, com intervalos de 95%: como veio, e descontado o que já se sabia de cada linha.

    As outras colunas são o que se sabia antes. As que diferem entre os braços mais do que um sorteio deixa foram
    medidas depois: ficam de fora, e isso é dito.
    """
    from b2shift.learn.api import trial_effects

    found, notes = trial_effects(_columns(table, arm, lot, None, unused), value, control)
    if as_json:
        screen.tell_json({"effects": found, "notes": notes})
        return
    _warn(notes)
    screen.table(
        "O que mudou, por linha",
        ["braço", "contra", "valor", "linhas", "média", "a do outro", "diferença", "ajustada"],
        [
            (
                one.arm.name,
                one.against.name,
                one.measure,
                format_number(one.arm.rows),
                _number(one.arm.mean),
                _number(one.against.mean),
                _said(one.difference),
                _said(one.adjusted),
            )
            for one in found
        ],
        words=3,
    )


def uplift(  # noqa: PLR0913 - each argument is an option
    table: Table,
    arm: Arm,
    treated: Annotated[str, typer.Option(metavar="BRAÇO", help="Braço de quem recebeu.")],
    control: Annotated[str, typer.Option(metavar="BRAÇO", help="Braço com que se compara.")],
    value: Value,
    lot: Lot = None,
    identity: Identity = None,
    unused: Unused = None,
    harmful: Harmful = False,
    out: Out = None,
    seed: Seed = 7,
    as_json: AsJson = False,
) -> None:
    """Diz quem se convence: de quem o braço muda mais, e se isso se distingue do acaso.

    Modelos que não viram cada linha dizem o que esperar dela; os grupos, de quem se espera mais a quem se espera menos,
    trazem o que de fato mudou em cada um. A saída tem a chave, expected (o que se espera) e place (0 é o primeiro).
    """
    from b2shift.learn.api import trial_uplift

    _check(out, table)
    columns = _columns(table, arm, lot, identity, unused)
    found, rows = trial_uplift(columns, value, treated=treated, control=control, harmful=harmful, seed=seed)
    _write(rows, out)
    if as_json:
        screen.tell_json(found)
        return
    _warn(found.notes)
    if found.tells_apart:
        screen.tell(f"{treated} convence uns mais do que outros: os grupos abaixo diferem além do acaso.")
    else:
        screen.tell(f"Não se vê quem {treated} convence mais: trate todos igual até haver mais dados.")
    screen.tell(f"Em todos, {_said(found.effect)} de {value} por linha; escolher a quem dar traz {_said(found.gain)}.")
    if found.qini is not None:
        screen.tell(f"Coeficiente de Qini {format_number(found.qini, 4)} (0 é escolher ao acaso, 1 o melhor possível).")
    screen.table(
        "De quem se espera mais a quem se espera menos",
        ["grupo", "linhas", "esperado", "mudou", "de", "a"],
        [(str(one.place), format_number(one.rows), _number(one.expected), *_cells(one.effect)) for one in found.groups],
    )
    if found.harmed:
        screen.warn(f"{format_number(found.harmed)} linhas estão em grupos que {treated} piora: não lhes dê.")
    _told_out(out)


def policy(  # noqa: PLR0913 - each argument is an option
    table: Table,
    arm: Arm,
    value: Value,
    cost: Annotated[
        list[str] | None, typer.Option(metavar="BRAÇO=CUSTO", help="Custo de um braço, na unidade do valor.")
    ] = None,
    lot: Lot = None,
    identity: Identity = None,
    unused: Unused = None,
    harmful: Harmful = False,
    out: Out = None,
    seed: Seed = 7,
    as_json: AsJson = False,
) -> None:
    """Diz se escolher o braço de cada linha traz mais do que dar a todas o melhor, e escolhe.

    Uma escolha que não se mostra melhor com 95% não se recomenda. A saída tem a chave e arm.
    """
    from b2shift.learn.api import trial_policy

    _check(out, table)
    columns, costs = _columns(table, arm, lot, identity, unused), dict(map(_cost, cost or ()))
    found, rows = trial_policy(columns, value, costs=costs, harmful=harmful, seed=seed)
    _write(rows, out)
    if as_json:
        screen.tell_json(found)
        return
    _warn(found.notes)
    if found.is_better:
        screen.tell(f"Escolher por linha traz {_said(found.gain)} a mais do que dar {found.best} a todas.")
    else:
        screen.tell(
            f"Sem evidência de que escolher por linha traga mais do que dar {found.best} a todas: {_said(found.gain)}."
        )
    screen.table(
        f"Valor de {value} por linha",
        ["dar a todas", "custo", "valor", "de", "a", "a escolha dá a"],
        [(one.name, _number(one.cost), *_cells(one.to_all), format_number(one.chosen)) for one in found.arms]
        + [("a escolha", "", *_cells(found.value), format_number(found.rows))],
    )
    _told_out(out)


def evaluate(
    table: Table,
    arm: Annotated[str, typer.Option(metavar="COLUNA", help="O que cada linha recebeu.")],
    value: Value,
    chance: Annotated[str, typer.Option(metavar="COLUNA", help="Chance que o braço da linha tinha de ser escolhido.")],
    rule: Annotated[
        str | None, typer.Option(metavar="REGRA", help="`uniforme`, ou um braço que a regra daria a todas.")
    ] = None,
    rule_column: Annotated[
        str | None, typer.Option(metavar="COLUNA", help="Braço que a regra daria a cada linha.")
    ] = None,
    seed: Seed = 7,
    as_json: AsJson = False,
) -> None:
    """Diz o que outra regra teria trazido, a partir do que se escolheu com chances conhecidas, antes de ela valer."""
    from b2shift.learn.api import evaluate_policy

    found = evaluate_policy(table, arm, value, chance, rule=rule, rule_column=rule_column, seed=seed)
    if as_json:
        screen.tell_json(found)
        return
    _warn(found.notes)
    if not found.estimates:
        screen.tell(f"O que se escolheu não diz quanto a regra {found.rule} traria.")
    else:
        told = found.estimates[-1].value
        verdict = (
            "é melhor, com 90% de confiança" if found.may_go_live else "não se mostra melhor, ou pesa em poucas linhas"
        )
        screen.tell(f"A regra {found.rule} traria {_said(told)} de {value} por linha: {verdict}.")
    screen.table(
        f"{format_number(found.rows)} linhas, que para a regra pesam como {format_number(found.effective_rows)}",
        ["estimador", "valor", "de", "a"],
        [("o que se escolheu", *_cells(found.logged))] + [(one.name, *_cells(one.value)) for one in found.estimates],
    )


def _columns(table: Path, arm: str, lot: str | None, identity: str | None, unused: list[str] | None) -> "TrialColumns":
    from b2shift.learn.contracts import TrialColumns

    return TrialColumns(table=table, arm=arm, lot=lot, identity=identity, unused=tuple(unused or ()))


def _cost(text: str) -> tuple[str, float]:
    name, mark, cost = text.rpartition("=")
    try:
        return name, float(cost.replace(",", ".")) if mark else float("nan")
    except ValueError as error:
        raise InputError("O custo não é um número", value=text, hint="Escreva BRAÇO=0,05") from error


def _check(out: Path | None, table: Path) -> None:
    from b2shift.lake.api import check_output

    if out is not None:
        check_output(out, *_FORMATS, read=(table,))


def _write(rows: "pa.Table", out: Path | None) -> None:
    import pyarrow.csv as csv
    import pyarrow.parquet as parquet

    from b2shift.lake.api import atomic_output

    if out is None:
        return
    with atomic_output(out) as partial:
        (csv.write_csv if out.suffix.lower() == ".csv" else parquet.write_table)(rows, partial)


def _told_out(out: Path | None) -> None:
    if out is not None:
        screen.note(f"Uma linha por linha dada em {out}")


def _warn(notes: tuple[str, ...]) -> None:
    for one in notes:
        screen.warn(one)


def _number(value: float) -> str:
    return format_number(value, 4 if abs(value) < 10 else 2)


def _cells(told: "Interval | None") -> tuple[str, str, str]:
    return (_number(told.value), _number(told.low), _number(told.high)) if told else ("poucos casos", "—", "—")


def _said(told: "Interval | None") -> str:
    if told is None:
        return "poucos casos"
    return f"{_number(told.value)} [{_number(told.low)}; {_number(told.high)}]"
