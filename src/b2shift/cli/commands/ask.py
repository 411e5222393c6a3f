"""`b2shift ask`: a question in words, its typed query, and how right the readings are."""

import json
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from b2shift.cli import screen
from b2shift.cli.answer_table import table_of
from b2shift.cli.options import DAY, AsJson, Home
from b2shift.cli.words import examples
from b2shift.insight.contracts import Answer, Plan
from b2shift.kernel.errors import InputError
from b2shift.kernel.money import format_number, format_percent
from b2shift.lake.api import open_lake
from b2shift.metrics.api import Scope, own_metrics_of, with_own_metrics

EXAMPLES = examples(
    'b2shift ask "MRR por segmento no trimestre passado"',
    'b2shift ask "MRR por segmento no trimestre passado" --plan-only --json',
    "b2shift ask --batch perguntas.jsonl --plan-only --json",
    "b2shift ask --evaluate perguntas.jsonl --json",
)
REFERENCE = date(2026, 6, 15)
"""The day questions are read from when nobody says which and there is no lake (that of the published questions)."""


def ask(  # noqa: PLR0913 - each argument is an option
    home: Home,
    question: Annotated[
        str | None, typer.Argument(metavar="[PERGUNTA]", help="Pergunta em português ou inglês.")
    ] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=DAY, metavar="DATA", help="Dia de referência; sem ele, o dos dados ou 2026-06-15."),
    ] = None,
    context: Annotated[
        Path | None, typer.Option(metavar="ARQUIVO", help="Perguntas anteriores: uma por linha, ou uma lista JSON.")
    ] = None,
    batch: Annotated[
        Path | None,
        typer.Option(metavar="ARQUIVO", help="Muitas perguntas: um objeto JSON por linha, com id e question."),
    ] = None,
    evaluate: Annotated[
        Path | None,
        typer.Option(metavar="ARQUIVO", help="Mede os acertos em perguntas com a leitura esperada (expect)."),
    ] = None,
    plan_only: Annotated[bool, typer.Option("--plan-only", help="Só a consulta tipada, sem buscar números.")] = False,
    sql: Annotated[bool, typer.Option("--sql", help="Mostra também a consulta feita ao lake.")] = False,
    as_json: AsJson = False,
) -> None:
    """Responde uma pergunta com os números do lake, ou diz a dúvida a esclarecer ou por que não responde."""
    from b2shift.insight.api import answer_query, evaluate_questions, in_this_house, lexicon_of, plan_question, prepare

    day = as_of.date() if as_of else REFERENCE
    if evaluate is not None:
        _show_evaluation(evaluate_questions(list(_questions(evaluate)), day), as_json)
        return
    if batch is not None:
        prepare(day)
        for asked in _questions(batch):
            planned = plan_question(asked["question"], day, tuple(asked.get("context") or ()))
            screen.tell_json_line({"id": asked.get("id"), **planned.as_json()})
        return
    if not question:
        raise InputError("Nenhuma pergunta", hint="Escreva a pergunta entre aspas, ou use --batch ou --evaluate")
    if plan_only:
        planned = plan_question(question, day, _turns(context))
        screen.tell_json(planned.as_json())
        return
    lake = open_lake(home)
    day = as_of.date() if as_of else lake.manifest.as_of
    with with_own_metrics(own_metrics_of(home)):
        planned = plan_question(question, day, _turns(context), lexicon_of(lake))
        result: Answer | Plan = planned
        if planned.query:
            query, notes = in_this_house(lake, planned.query)
            result = answer_query(lake, query, Scope())
            if isinstance(result, Answer):
                result = result.noted(notes)
    if as_json:
        screen.tell_json(result if isinstance(result, Answer) else result.as_json())
    elif isinstance(result, Answer):
        _show_answer(result, sql)
    else:
        screen.tell(_unanswered(result))


def _show_answer(result: Answer, sql: bool) -> None:
    for sentence in result.narrative:
        screen.tell(sentence)
    if result.conditions:
        screen.note(f"Só sobre: {' · '.join(result.conditions)}")
    if result.rows:
        headings, rows, words = table_of(result)
        screen.table("Resposta", headings, rows, words=words)
    for label, definition in result.definitions.items() if result.query.intent != "define" else ():
        screen.note(f"{label}: {definition}")
    for note in result.notes:
        screen.note(note)
    if result.period:
        screen.note(f"Período usado: {result.period.start:%d/%m/%Y} a {result.period.end:%d/%m/%Y}")
    if result.compared_period:
        screen.note(f"Comparado com: {result.compared_period.start:%d/%m/%Y} a {result.compared_period.end:%d/%m/%Y}")
    screen.note(
        f"Escopo: {result.scope.described()}. Dados até {result.as_of:%d/%m/%Y}, versão {result.version} do lake"
    )
    for statement in result.statements if sql else ():
        screen.note(statement)


REASONS = {
    "missing_metric": "Qual número você quer ver?",
    "ambiguous_ranking": "Melhores ou piores em quê?",
    "ambiguous_entity": "Não sei de quem ou do que se trata",
    "out_of_scope": "Só respondo sobre os clientes e os números da empresa",
    "not_in_data": "Isto não está nos dados",
    "unsafe_write": "Só respondo perguntas: nada é criado, mudado nem apagado por aqui",
    "pii": "Dados pessoais não são mostrados aqui",
    "prompt_injection": "Não recebo instruções, só perguntas sobre os números",
    "permission": "Isto está fora do que você pode ver",
}


def _unanswered(result: Plan) -> str:
    from b2shift.insight.api import Locale, heading_of

    why = REASONS[result.reason or "out_of_scope"]
    about = f" ({result.about})" if result.about else ""
    end = "" if about == "" and why.endswith("?") else "."
    options = (
        f"{end} Por exemplo: {', '.join(heading_of(one, Locale()) for one in result.options)}" if result.options else ""
    )
    return f"{why}{about}{options}"


def _questions(file: Path) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(_text(file).splitlines(), 1):
        if not line.strip():
            continue
        try:
            asked = json.loads(line)
        except json.JSONDecodeError as error:
            raise InputError(
                f"A linha {number} do arquivo não é JSON", value=file, hint="Um objeto por linha"
            ) from error
        if not isinstance(asked, dict) or not isinstance(asked.get("question"), str):
            raise InputError(f"A linha {number} do arquivo não tem a chave question", value=file)
        yield asked


def _turns(file: Path | None) -> tuple[str, ...]:
    """Earlier turns: lines, a JSON list of texts, or an object with `context`."""
    if file is None:
        return ()
    text = _text(file).strip()
    if text[:1] in {"[", "{"}:
        try:
            result = json.loads(text)
        except json.JSONDecodeError as error:
            raise InputError("As perguntas anteriores não são JSON válido", value=file) from error
        result = result.get("context", []) if isinstance(result, dict) else result
        return tuple(turn["question"] if isinstance(turn, dict) else str(turn) for turn in result)
    return tuple(line for line in text.splitlines() if line.strip())


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("Arquivo que não se pode ler", value=file, hint="Use um arquivo de texto em UTF-8") from error


def _show_evaluation(result: dict[str, Any], as_json: bool) -> None:
    if as_json:
        screen.tell_json(result)
        return
    low, high = result["interval_95"]
    rows = [
        ("perguntas", format_number(result["n"])),
        ("acerto estrito", format_percent(result["strict_accuracy"] or 0)),
        ("intervalo de 95%", f"{format_number(100 * low, 1)} a {format_percent(high)}"),
        ("respondidas erradas", format_percent(result["silent_wrong_rate"] or 0)),
        ("esclarecimentos sem necessidade", format_percent(result["needless_clarification_rate"])),
        ("respostas que não podiam sair", format_number(result["unsafe_answers"])),
        ("p95 em ms", format_number(result["latency_ms"]["p95"] or 0, 1)),
    ]
    screen.table("Leitura de perguntas", ["medida", "valor"], rows)
    for failed in result["failures"]:
        screen.warn(f"{failed['id']}: {failed['question']} ({', '.join(failed['wrong'])})")
