"""`b2shift policy`: are the contact rules right, what would they have done, which of them are in force?"""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from b2shift.cli import screen
from b2shift.cli.options import DAY, AsJson, Author, Home, Seed
from b2shift.cli.words import examples
from b2shift.interact.contracts import Category, Finding, NextActions, Policy, PolicyCheck, PolicyVersion, Replay
from b2shift.kernel.errors import B2ShiftError, InputError
from b2shift.kernel.money import format_brl, format_number
from b2shift.kernel.progress import Progress
from b2shift.lake.api import write_durably

EXAMPLES = examples("b2shift policy check", "b2shift policy check minha-regua.yaml --on 2026-01-31")
REPLAY = examples("b2shift policy replay --from 2025-01-01 --to 2025-03-31 --policy minha-regua.yaml")
PREVIEW = examples("b2shift policy preview", "b2shift policy preview --days 60 --json")
VERSIONS = examples("b2shift policy versions")
ADOPT = examples("b2shift policy adopt minha-regua.yaml")
DIFF = examples("b2shift policy diff 0 1")
ROLLBACK = examples("b2shift policy rollback 1")
NEXT = examples("b2shift policy next", "b2shift policy next --record decisoes.jsonl --json")
WRONG = 2
# What a kept replay leaves in its folder.
REPORT, ROWS, AT, WRONG_FILE = "told.json", "rows.parquet", "at.json", "wrong.txt"
RULES_SHOWN = 15
_CATEGORIES = {
    Category.ESCRITA: "escrita",
    Category.CONTRADICAO: "contradição",
    Category.INALCANCAVEL: "inalcançável",
    Category.SEM_REGRA: "sem regra",
    Category.ACIMA_DO_LIMITE: "acima do limite",
    Category.SEM_RESPONSAVEL: "sem responsável",
}
File = Annotated[Path | None, typer.Argument(metavar="[ARQUIVO]", help="Régua em YAML; sem ela, a do produto.")]


def check(
    home: Home,
    file: File = None,
    on: Annotated[
        datetime | None,
        typer.Option(formats=DAY, metavar="DATA", help="Dia em que se confere a validade; sem ele, hoje."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Confere uma régua: contradições, regras inalcançáveis, quem fica sem regra, cadências acima dos limites e regras
    sem responsável. Cada achado diz a linha; com algum, a saída é 2."""
    from b2shift.interact.api import check_policy

    found = check_policy(home, file, on=on.date() if on else date.today())  # noqa: DTZ011 - the day where the person is
    if as_json:
        screen.tell_json(found)
    else:
        _show(found)
    if found.findings:
        raise typer.Exit(WRONG)


def replay(
    home: Home,
    start: Annotated[datetime, typer.Option("--from", formats=DAY, metavar="DATA", help="Primeiro dia.")],
    end: Annotated[datetime, typer.Option("--to", formats=DAY, metavar="DATA", help="Último dia.")],
    policy: Annotated[
        Path | None, typer.Option(metavar="ARQUIVO", help="Régua em YAML; sem ela, a que está em vigor.")
    ] = None,
    number: Annotated[
        int | None,
        typer.Option("--version", min=0, help="Uma versão já adotada no lugar do arquivo; 0 é a do produto."),
    ] = None,
    keep: Annotated[
        Path | None, typer.Option(metavar="PASTA", help="Guarda o resultado e cada contato, como as páginas os leem.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Máquina do tempo: o que a régua teria enviado em cada dia, a quem mais de uma vez e com que carga para as
    pessoas. Nada é enviado; o lake não muda."""
    from b2shift.interact.api import load_policy, policy_in_force

    result = load_policy(policy) if policy else policy_in_force(home, number)
    _replayed(home, result, start.date(), end.date(), as_json, keep)


def preview(
    home: Home,
    days: Annotated[int, typer.Option(min=1, max=120, help="Quantos dias adiante.")] = 30,
    policy: Annotated[
        Path | None, typer.Option(metavar="ARQUIVO", help="Régua em YAML; sem ela, a que está em vigor.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """O que a régua enviaria nos próximos dias, com os atributos de hoje e as datas que vêm. Nada é enviado."""
    from b2shift.interact.api import load_policy, policy_in_force
    from b2shift.lake.api import open_lake

    today = open_lake(home).manifest.as_of
    result = load_policy(policy) if policy else policy_in_force(home)
    _replayed(home, result, today + timedelta(days=1), today + timedelta(days=days), as_json)


def adopt(
    home: Home,
    file: Annotated[Path, typer.Argument(metavar="ARQUIVO", help="Régua em YAML.")],
    by: Author = "",
    as_json: AsJson = False,
) -> None:
    """Guarda a régua como nova versão e a põe em vigor; com algum achado do `check`, recusa."""
    from b2shift.interact.api import adopt_policy

    _in_force(home, adopt_policy(home, file, datetime.now(UTC)), "adopted", by, as_json)


def versions(home: Home, as_json: AsJson = False) -> None:
    """As réguas que já estiveram em vigor nesta pasta."""
    from b2shift.interact.api import policy_versions

    found = policy_versions(home)
    if as_json:
        screen.tell_json(found)
        return
    rows = [
        (str(one.number), "→" if one.in_force else "", one.name, one.version, f"{one.adopted_at:%d/%m/%Y %H:%M}")
        for one in found
    ]
    screen.table("Réguas adotadas", ["versão", "", "nome", "rótulo", "desde"], rows, words=5)
    if not rows:
        screen.tell("Em vigor: a régua do produto (versão 0).")


def diff(
    home: Home,
    old: Annotated[int, typer.Argument(min=0, metavar="ANTES", help="Versão antiga; 0 é a do produto.")],
    new: Annotated[int, typer.Argument(min=0, metavar="DEPOIS", help="Versão nova; 0 é a do produto.")],
    as_json: AsJson = False,
) -> None:
    """O que mudou entre duas versões da régua."""
    from b2shift.interact.api import policy_diff

    lines = [one.line for one in policy_diff(home, old, new)]
    if as_json:
        screen.tell_json(lines)
        return
    for line in lines or ("Nada mudou.",):
        screen.tell(line)


def rollback(
    home: Home,
    number: Annotated[int, typer.Argument(min=1, metavar="N", help="Versão que volta a valer.")],
    by: Author = "",
    as_json: AsJson = False,
) -> None:
    """Põe em vigor outra vez uma régua adotada antes; nada se apaga."""
    from b2shift.interact.api import roll_back_policy

    _in_force(home, roll_back_policy(home, number), "restored", by, as_json)


def _in_force(home: Path, result: PolicyVersion, what: str, by: str, as_json: bool) -> None:
    from b2shift.cli.loop import write_down

    label = {"name": result.name, "label": result.version, "rules": result.rules}
    write_down(home, by, "policy_changed", "policy", result.number, what=what, **label)
    if as_json:
        screen.tell_json(result)
    else:
        screen.tell(f"Em vigor: versão {result.number} ({result.name}, {result.version}), {result.rules} regras.")


def next_best(
    home: Home,
    record: Annotated[
        Path | None, typer.Option(metavar="ARQUIVO", help="Arquivo ao qual se acrescentam as decisões tomadas.")
    ] = None,
    weeks: Annotated[int, typer.Option(min=1, max=12, help="Semanas planejadas.")] = 4,
    seed: Seed = 7,
    as_json: AsJson = False,
) -> None:
    """A próxima melhor ação de cada cliente, dentro do tempo das pessoas e do consentimento, com o preço de cada
    limite. Nada é enviado."""
    from b2shift.interact.api import next_actions, policy_in_force
    from b2shift.lake.api import open_lake, writing

    day = open_lake(home).manifest.as_of
    with writing(home) as session:
        result = next_actions(session, policy_in_force(home), day, seed=seed, record=record, weeks=weeks)
    if as_json:
        screen.tell_json(result)
    else:
        _allocated(result)


def _allocated(result: NextActions) -> None:
    counted = Counter(one.name for one in result.chosen)
    limits = [
        (one.limit, format_number(one.amount), format_number(one.used), format_brl(one.price))
        for one in result.limits
        if one.used
    ]
    actions = [(name, format_number(count)) for name, count in counted.most_common()]
    screen.table("Ações propostas", ["ação", "clientes"], actions)
    screen.table("Quanto vale mais um contato", ["limite", "cabem", "usados", "preço"], limits)
    beside = f"sem preços seriam {format_brl(result.greedy_value)} e o teto é {format_brl(result.bound)}"
    screen.tell(
        f"{format_number(len(result.chosen))} ações para {format_number(result.customers)} clientes valem "
        f"{format_brl(result.value)}; {beside}."
    )


def _replayed(home: Path, policy: Policy, start: date, end: date, as_json: bool, keep: Path | None = None) -> None:
    from b2shift.interact.api import replay_policy
    from b2shift.lake.api import reading

    rows = keep / ROWS if keep else None
    with _progress(keep) as progress, reading(home) as session:
        result = replay_policy(session, policy, start, end, rows=rows, progress=progress)
        if keep:
            write_durably(keep / REPORT, result.model_dump_json())
    if as_json:
        screen.tell_json(result)
    else:
        _show_replay(result)


@contextmanager
def _progress(keep: Path | None) -> Iterator[Progress]:
    """Bars on a terminal; beside what is kept a file that says how far the days are, or what went wrong."""
    if keep is None:
        with screen.bars() as progress:
            yield progress
        return
    try:
        keep.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError("A pasta não pode ser criada", value=keep, hint=error) from error

    def tell(stage: str, done: float, total: float, note: str = "") -> None:
        (keep / AT).write_text(json.dumps({"done": int(done), "of": int(total), "stage": stage, "note": note}))

    try:
        yield tell
    except B2ShiftError as error:
        write_durably(keep / WRONG_FILE, str(error))
        raise


def _show_replay(result: Replay) -> None:
    weeks = [
        (f"{one.week:%d/%m/%Y}", one.role.value, *map(format_number, (one.contacts, one.spoken)),
         "" if one.capacity is None else format_number(one.capacity))
        for one in result.by_week
    ]  # fmt: skip
    rules = [
        (one.rule, *map(format_number, (one.contacts, one.customers, one.blocked)))
        for one in result.by_rule[:RULES_SHOWN]
    ]
    screen.table("Carga por semana", ["semana", "papel", "contatos", "falados", "cabem"], weeks, words=2)
    screen.table("Regras que mais contatam", ["regra", "contatos", "clientes", "impedidos"], rules)
    if result.unknown:
        screen.warn(f"Sem passado, nunca valeram: {', '.join(result.unknown)}")
    if result.stand_ins:
        screen.warn(f"Lidos do uso mensal, não da telemetria: {', '.join(result.stand_ins)}")
    screen.tell(
        f"{result.policy}, versão {result.version}: {format_number(result.contacts)} contatos a "
        f"{format_number(result.contacted)} de {format_number(result.customers)} clientes em {result.days} dias úteis; "
        f"{format_number(result.repeated)} clientes mais de uma vez em sete dias."
    )


def _show(found: PolicyCheck) -> None:
    if not found.findings:
        size = f"{found.archetypes} arquétipos, {found.rules} regras"
        screen.tell(f"Régua sem defeitos: {found.name}, versão {found.version}, {size}.")
        return
    rows = [(str(one.line), _CATEGORIES[one.category], one.rule or "", _finding(one)) for one in found.findings]
    screen.table(f"{found.file}: {len(rows)} achados", ["linha", "achado", "regra", "o que há"], rows, words=4)


def _finding(one: Finding) -> str:
    value = "" if one.value is None else f": {one.value}"
    return f"{one.what}{value}" + (f". {one.hint}" if one.hint else "")
