"""`b2shift resolution`: which prospects are customers or repeated, why, and what people decide about it."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from b2shift.cli import screen
from b2shift.cli.options import AsJson, By, Home
from b2shift.cli.review_answer import Undo, answer_of
from b2shift.cli.words import examples
from b2shift.kernel.money import format_number, format_percent
from b2shift.lake.api import open_lake

REPORT = examples("b2shift resolution report", "b2shift resolution report --json")
EXPLAIN = examples("b2shift resolution explain P000012", "b2shift resolution explain P000012 --json")
DECIDE = examples(
    "b2shift resolution decide P000012 T67593 --accept --by ana@empresa.example",
    "b2shift resolution decide P000012 T67593 --undo --by ana@empresa.example",
)
KINDS = {"customer": "cliente", "prospect": "prospect"}
ZONES = {"same": "a mesma empresa", "doubt": "em dúvida", "other": "outra empresa"}
EVIDENCE = {
    "name": "nome", "legal_form": "forma jurídica", "city": "cidade", "segment": "segmento",
    "cnpj_root": "raiz do CNPJ", "domain": "domínio", "phone": "telefone",
}  # fmt: skip
LEVELS = {
    "same": "igual",
    "other": "diferente",
    "slip": "uma letra numa palavra comum",
    "letter_moved": "uma letra a mais, a menos ou trocada de lugar",
    "letter_changed": "uma letra diferente numa palavra rara",
    "alike": "palavras parecidas",
    "same_state": "outra, do mesmo estado",
}
Prospect = Annotated[str, typer.Argument(metavar="PROSPECT", help="Código do prospect.")]


def report(home: Home, as_json: AsJson = False) -> None:
    """Conta os prospects que já são clientes ou estão repetidos, e os pares à espera de uma pessoa."""
    from b2shift.identify.api import resolution_report

    result = resolution_report(open_lake(home))
    if as_json:
        screen.tell_json(result)
        return
    screen.table(
        f"Prospects e contatos · versão {result.version}",
        ["o quê", "quantos"],
        [
            ("prospects", format_number(result.prospects)),
            ("empresas por trás deles", format_number(result.companies)),
            ("já são clientes", format_number(result.already_customers)),
            ("repetidos", format_number(result.repeated)),
            ("contatos", format_number(result.contacts)),
            ("pessoas por trás deles", format_number(result.persons)),
            ("pares de contatos em dúvida", format_number(result.contact_doubts)),
        ],
    )
    screen.table(
        "Pares comparados",
        ["com", "são", "pares", "decididos por pessoas"],
        [(KINDS[z.kind], ZONES[z.zone], format_number(z.pairs), format_number(z.decided)) for z in result.zones],
        words=2,
    )


def explain(prospect: Prospect, home: Home, as_json: AsJson = False) -> None:
    """Mostra com quem um prospect foi comparado e quantos pontos cada indício deu (em bits: +1 dobra a chance)."""
    from b2shift.identify.api import prospect_links

    links = prospect_links(open_lake(home), prospect)
    if as_json:
        screen.tell_json(links)
        return
    for link in links:
        who = f", decidido por {link.decided_by} em {link.decided_at:%d/%m/%Y}" if link.decided_at else ""
        title = f"{KINDS[link.kind]} {link.id} · {link.name or 'sem nome'} · {ZONES[link.zone]}{who}"
        evidence = [(EVIDENCE[e.evidence], LEVELS[e.level], format_number(e.points, 1)) for e in link.evidence]
        start = link.points - sum(e.points for e in link.evidence)
        rows = [
            *evidence,
            ("ponto de partida", "um par qualquer", format_number(start, 1)),
            ("total", f"probabilidade {format_percent(link.probability)}", format_number(link.points, 1)),
        ]
        screen.table(title, ["indício", "diz", "pontos"], rows, words=2)
    if not links:
        screen.note(f"{prospect} não se parece com nenhum cliente nem com outro prospect")


def decide(
    prospect: Prospect,
    other: Annotated[str, typer.Argument(metavar="OUTRO", help="Código do cliente ou do outro prospect.")],
    home: Home,
    by: By,
    accept: Annotated[bool, typer.Option("--accept", help="São a mesma empresa.")] = False,
    reject: Annotated[bool, typer.Option("--reject", help="São empresas diferentes.")] = False,
    undo: Undo = False,
    as_json: AsJson = False,
) -> None:
    """Decide se dois registros são a mesma empresa; a próxima execução aplica. Nada é apagado."""
    from b2shift.identify.api import decide_link
    from b2shift.identify.contracts import LinkDecision

    answer = answer_of(f"{prospect} e {other}", accept=accept, reject=reject, undo=undo)
    decision = LinkDecision(prospect_id=prospect, same_as=other, answer=answer, by=by, at=datetime.now(UTC))
    decide_link(open_lake(home), home, decision)
    if as_json:
        screen.tell_json(decision)
        return
    screen.note(f"{prospect} e {other}: decisão guardada. A próxima execução aplica")
