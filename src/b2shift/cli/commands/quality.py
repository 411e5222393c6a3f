"""`b2shift quality`: what was wrong with the data and what was done about it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from b2shift.cli import screen
from b2shift.cli.options import AsJson, By, Home, On, Version
from b2shift.cli.review_answer import Undo, answer_of
from b2shift.cli.time_travel import lake_at
from b2shift.cli.words import TREATMENTS, examples
from b2shift.kernel.money import format_number
from b2shift.lake.api import open_lake, write_output

EXAMPLES = examples(
    "b2shift quality report", "b2shift quality report --json | head", "b2shift quality report --html qualidade.html"
)


ANSWERS = {"accepted": "aceita", "rejected": "rejeitada", "open": "reaberta"}
REVIEW = examples("b2shift quality review", "b2shift quality review --json")
DECIDE = examples(
    'b2shift quality decide sub_segment "PROVEDOR DE SERVICOS" "PROVEDOR SERVICOS" --accept --by ana@empresa.example',
    'b2shift quality decide sub_segment "PROVEDOR DE SERVICOS" "PROVEDOR SERVICOS" --undo --by ana@empresa.example',
)
_COUNTS = """
    SELECT source, kind, coalesce("column", '') AS "column", treatment, sum(count)::BIGINT AS count
    FROM quality GROUP BY ALL ORDER BY source, count DESC, kind, "column", treatment
"""


def report(
    home: Home,
    html: Annotated[Path | None, typer.Option(help="Escreve o relatório inteiro neste arquivo HTML.")] = None,
    version: Version = None,
    on: On = None,
    as_json: AsJson = False,
) -> None:
    """Conta o que foi corrigido, deixado sem valor ou rejeitado, por fonte e tipo de defeito, e confere as regras."""
    from b2shift.identify.api import DEFECTS, quality_page, quality_report

    lake = lake_at(home, version, on)
    result = quality_report(lake)
    if html is not None:
        write_output(html, quality_page(result))
        screen.note(f"Relatório escrito em {html}")
    if as_json:
        screen.tell_json(result)
    if as_json or html is not None:
        return
    unread = [(s.source, one) for s in result.sources for one in s.files if one.status != "loaded"]
    if unread:
        screen.table(
            f"Arquivos que não foram lidos · versão {lake.version}",
            ["fonte", "arquivo", "o que houve", "linhas que valem"],
            [(source, one.file, one.message or "", format_number(one.rows_accepted)) for source, one in unread],
            words=3,
        )
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
            for s in result.sources
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
                DEFECTS.get(r["kind"], r["kind"]),
                r["column"],
                TREATMENTS.get(r["treatment"], r["treatment"]),
                format_number(r["count"]),
            )
            for r in lake.query(_COUNTS).to_pylist()
        ],
        words=4,
    )


def review(home: Home, as_json: AsJson = False) -> None:
    """Lista as categorias e cidades raras que podem ser outra, à espera de uma pessoa; e o que já foi decidido."""
    from b2shift.identify.api import category_decisions, category_doubts

    doubts, decided = category_doubts(open_lake(home), home), category_decisions(home)
    if as_json:
        screen.tell_json({"doubts": doubts, "decisions": decided})
        return
    screen.table(
        "À espera de decisão",
        ["vocabulário", "está escrito", "pode ser", "linhas", "linhas do outro", "semelhança"],
        [
            (d.vocabulary, d.delivered, d.spelling, format_number(d.rows), format_number(d.rows_of_spelling),
             format_number(d.confidence, 2))
            for d in doubts
        ],
        words=3,
    )  # fmt: skip
    screen.table(
        "Decidido",
        ["vocabulário", "está escrito", "pode ser", "resposta", "por", "em"],
        [(d.vocabulary, d.delivered, d.spelling, ANSWERS[d.answer], d.by, f"{d.at:%d/%m/%Y}") for d in decided],
        words=6,
    )


def decide(  # noqa: PLR0913 - each argument is an option
    vocabulary: Annotated[str, typer.Argument(metavar="VOCABULÁRIO", help="Como na lista de `quality review`.")],
    delivered: Annotated[str, typer.Argument(metavar="ESCRITO", help="A forma rara.")],
    spelling: Annotated[str, typer.Argument(metavar="OUTRO", help="A forma frequente.")],
    home: Home,
    by: By,
    accept: Annotated[bool, typer.Option("--accept", help="É a frequente.")] = False,
    reject: Annotated[bool, typer.Option("--reject", help="É mesmo outra.")] = False,
    undo: Undo = False,
    as_json: AsJson = False,
) -> None:
    """Decide se uma categoria rara é a frequente; a próxima execução aplica a decisão."""
    from b2shift.identify.api import decide_category
    from b2shift.identify.contracts import Decision

    answer = answer_of(f"{delivered} e {spelling}", accept=accept, reject=reject, undo=undo)
    decision = Decision(
        vocabulary=vocabulary, delivered=delivered, spelling=spelling, answer=answer, by=by, at=datetime.now(UTC)
    )
    decide_category(open_lake(home), home, decision)
    if as_json:
        screen.tell_json(decision)
    else:
        screen.note(f"{delivered} → {spelling}: {ANSWERS[answer]}. A próxima execução aplica")
