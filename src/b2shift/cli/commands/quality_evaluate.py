"""`b2shift quality evaluate`: cleansing, loads and resolution against the truth of demo drops, never part of a run."""

import tempfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from b2shift.cli import screen
from b2shift.cli.options import AsJson, Memory
from b2shift.cli.words import aim_result, examples
from b2shift.kernel.money import format_number
from b2shift.lake.api import open_lake, writing

if TYPE_CHECKING:
    from b2shift.identify.api import ChangeEvaluation
    from b2shift.identify.contracts import CleansingEvaluation, ResolutionEvaluation

EXAMPLES = examples("b2shift quality evaluate entrega", "b2shift quality evaluate entrega2 --before entrega1 --json")
# What the product promises: found, put right, clean values altered.
FOUND, RIGHT, ALTERED = 0.99, 0.97, 0.001


def evaluate(
    drop: Annotated[Path, typer.Argument(metavar="ENTREGA", help="Entrega de demonstração, com a pasta _truth.")],
    before: Annotated[
        list[Path] | None, typer.Option("--before", help="Entrega que veio antes; repita, da mais velha à mais nova.")
    ] = None,
    memory: Memory = 1024,
    as_json: AsJson = False,
) -> None:
    """Carrega a entrega numa pasta que se joga fora e confere limpeza, cargas e prospects com a verdade plantada."""
    from b2shift.identify import api as identify

    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch)
        for folder in [*(before or []), drop]:
            _load(home, folder, memory)
        lake = open_lake(home, memory_limit_mb=memory)
        cleansing, moves = identify.evaluate_cleansing(lake, drop), identify.evaluate_changes(lake, drop)
        resolution = identify.evaluate_resolution(lake, drop)
    if as_json:
        screen.tell_json({"cleansing": cleansing, "moves": moves if before else None, "resolution": resolution})
        return
    _cleansing(cleansing)
    if moves is not None and before:
        _moves(moves)
    _resolution(resolution)


def _load(home: Path, drop: Path, memory: int) -> None:
    from b2shift.identify import api as identify

    with writing(home, memory_limit_mb=memory) as session:
        identify.ingest(session, drop)
        day: date = identify.newest_date(session)
        identify.build_customers(session, day)
        identify.resolve(session)
        session.commit(day)


def _cleansing(result: "CleansingEvaluation") -> None:
    rows = [
        (
            one.kind, format_number(one.planted), format_number(one.detected), format_number(one.right),
            format_number(one.detected - one.right), format_number(one.planted - one.detected),
            aim_result(one.detected >= FOUND * one.planted and one.right >= RIGHT * one.planted),
        )
        for one in result.kinds
    ]  # fmt: skip
    planted, found, right = (sum(getattr(one, f) for one in result.kinds) for f in ("planted", "detected", "right"))
    if planted:
        met = aim_result(found >= FOUND * planted and right >= RIGHT * planted)
        rows.append(("todos", format_number(planted), _share(found, planted), _share(right, planted), "", "", met))
    heads = ["defeito", "plantados", "achados", "certos", "errados", "perdidos", "meta"]
    screen.table("Limpeza", heads, rows, words=1)
    altered = result.clean_values_altered
    screen.table(
        "O que não se deve estragar",
        ["o quê", "quantos", "de", "meta"],
        [
            ("valores limpos alterados", format_number(altered), format_number(result.values),
             aim_result(altered <= ALTERED * result.values)),
            ("linhas limpas recusadas", format_number(result.clean_rows_refused), "", ""),
            ("clientes perdidos", format_number(result.customers_lost), "", aim_result(not result.customers_lost)),
        ],
        words=1,
    )  # fmt: skip


def _moves(result: "ChangeEvaluation") -> None:
    months = f"{result.bridge_months} meses"
    screen.table(
        "Cargas ao longo do tempo",
        ["o quê", "quanto", "de"],
        [
            ("mudanças verdadeiras contadas", format_number(result.told_right), format_number(result.true_moves)),
            ("mudanças contadas que são verdadeiras", format_number(result.told_right), format_number(result.told)),
            ("ponte de receita: maior erro do fim de um mês", _percent(result.bridge_end_error), months),
            ("ponte de receita: erro do que se perdeu", _percent(result.bridge_churn_error), months),
        ],
        words=1,
    )  # fmt: skip


def _resolution(result: "tuple[ResolutionEvaluation, ...]") -> None:
    screen.table(
        "Prospects",
        ["pergunta", "precisão", "cobertura", "pares verdadeiros", "à espera de uma pessoa"],
        [
            (one.question, _share(one.right_pairs, one.told_pairs), _share(one.right_pairs, one.true_pairs),
             format_number(one.true_pairs), format_number(one.doubts))
            for one in result
        ],
        words=1,
    )  # fmt: skip


def _share(part: int, whole: int) -> str:
    return f"{format_number(100 * part / whole, 2)} %" if whole else "–"


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{format_number(100 * value, 2)} %"
