"""`b2shift journey`: are journeys right, what would they have done, which are published, how are they doing?"""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from b2shift.cli import screen
from b2shift.cli.options import DAY, AsJson, Home
from b2shift.cli.words import examples
from b2shift.interact.contracts import JourneySimulation, PolicyCheck
from b2shift.kernel.money import format_number

CHECK = examples("b2shift journey check", "b2shift journey check minha-jornada.yaml --json")
SIMULATE = examples(
    "b2shift journey simulate detrator", "b2shift journey simulate minha.yaml --days 90 --answering 0.2"
)
LIST = examples("b2shift journey list", "b2shift journey list --json")
SHOW = examples("b2shift journey show detrator", "b2shift journey show detrator --json")
PUBLISH = examples(
    "b2shift journey publish detrator --by ana@empresa.example",
    "b2shift journey publish minha.yaml --by ana@empresa.example --note 'menos espera'",
)
PAUSE = examples("b2shift journey pause detrator --by bia@empresa.example")
RESUME = examples("b2shift journey resume detrator --by bia@empresa.example")
WRONG = 2
_MODES = {"active": "Em curso", "paused": "Pausada", "draining": "Sem novas entradas", "ready": "Pronta, não publicada"}
_COUNTED = ("inside", "held", "ended", "goal")
_Code = Annotated[str, typer.Argument(metavar="JORNADA", help="Código da jornada em curso.")]
_By = Annotated[str, typer.Option(metavar="E-MAIL", help="Quem muda; precisa poder.")]
Which = Annotated[str, typer.Argument(metavar="JORNADA", help="Código de uma jornada pronta, ou um arquivo YAML.")]


def check(
    home: Home,
    file: Annotated[
        Path | None, typer.Argument(metavar="[ARQUIVO]", help="Jornada em YAML; sem ela, as que vêm prontas.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Confere uma jornada: nomes, caminhos, prazos, partes, condições e entrada. Cada achado diz a linha; com algum, a
    saída é 2."""
    from b2shift.identify.api import units_of
    from b2shift.interact.api import check_journey, policy_in_force, ready_journeys

    texts = {file.name: _read(file)} if file else ready_journeys()
    policy, units = policy_in_force(home), units_of(home)
    found = [check_journey(text, name, policy, units) for name, text in texts.items()]
    if as_json:
        screen.tell_json(found)
    else:
        for one in found:
            _checked(one)
    if any(one.findings for one in found):
        raise typer.Exit(WRONG)


def simulate(
    home: Home,
    which: Which,
    days: Annotated[int, typer.Option(min=1, max=400, help="Quantos dias até a data dos dados.")] = 90,
    end: Annotated[
        datetime | None, typer.Option("--to", formats=DAY, metavar="DATA", help="Último dia; sem ele, o dos dados.")
    ] = None,
    answering: Annotated[
        float, typer.Option(min=0, max=1, help="Parte dos contatos que se supõe respondida; 0 é ninguém.")
    ] = 0.0,
    as_json: AsJson = False,
) -> None:
    """O que a jornada teria feito no passado: quem entraria, até que passo, com que carga para as pessoas. Nada é
    enviado nem gravado."""
    from b2shift.interact.api import parse_journey, policy_in_force, simulate_journey
    from b2shift.lake.api import reading

    policy = policy_in_force(home)
    name, text = _text(which)
    journey = parse_journey(text, name, policy)
    with screen.bars() as progress, reading(home) as session:
        assert session.base is not None
        last = end.date() if end else session.base.as_of
        first = last - timedelta(days=days - 1)
        result = simulate_journey(session, policy, journey, first, last, answering=answering, progress=progress)
    if as_json:
        screen.tell_json(result)
    else:
        _simulated(result)


def list_journeys(home: Home, as_json: AsJson = False) -> None:
    """Lista as jornadas em curso e as prontas: versão, como correm, quem está dentro e quem chegou ao objetivo."""
    from b2shift.cli.loop import web

    found = web("journeys")(home, "list", {})
    if as_json:
        screen.tell_json(found)
        return
    rows = [
        (one["journey"], _MODES[one["mode"]], str(one["version"] or ""), *(str(one[name]) for name in _COUNTED))
        for one in found
    ]
    heads = ["jornada", "como corre", "versão", "dentro", "controle", "encerradas", "objetivo"]
    screen.table("Jornadas", heads, rows, words=2)


def show(home: Home, which: _Code, as_json: AsJson = False) -> None:
    """Uma jornada em curso, passo a passo: quantos vieram, quantos estão, o que foi impedido, que desfechos houve."""
    from b2shift.cli.loop import web

    result = web("journeys")(home, "show", {"journey": which})
    if as_json:
        screen.tell_json(result)
        return
    rows = [
        (one["step"], one["kind"], str(one["came"]), str(one["here"]), str(one["stopped"])) for one in result["steps"]
    ]
    screen.table(
        f"{which}, versão {result['version']}", ["passo", "tipo", "vieram", "estão", "impedidos"], rows, words=2
    )
    ends = ", ".join(f"{name} {count}" for name, count in result["outcomes"].items()) or "nenhum"
    screen.tell(f"{_MODES[result['mode']]}. Desfechos: {ends}.")


def publish(
    home: Home,
    which: Which,
    by: Annotated[str, typer.Option(metavar="E-MAIL", help="Quem propõe a versão.")],
    note: Annotated[str, typer.Option(help="O que mudou.")] = "",
    as_json: AsJson = False,
) -> None:
    """Propõe uma jornada como nova versão; vale quando outra pessoa, que entrou com a sua senha, a aprova na página."""
    from b2shift.cli.loop import web

    text = _text(which)[1]
    result = web("journeys")(home, "publish", {"text": text, "by": by, "note": note})
    if as_json:
        screen.tell_json(result)
    else:
        screen.tell(
            f"{result['journey']}, versão {result['version']}: espera aprovação em /jornadas/versoes/{result['key']}/."
        )


def pause(home: Home, which: _Code, by: _By, as_json: AsJson = False) -> None:
    """Ninguém entra nem anda; o que já está na fila de envio segue. Os prazos correm."""
    _changed(home, "pause", which, by, as_json)


def resume(home: Home, which: _Code, by: _By, as_json: AsJson = False) -> None:
    """A jornada volta a correr."""
    _changed(home, "resume", which, by, as_json)


def _changed(home: Path, what: str, which: str, by: str, as_json: bool) -> None:
    from b2shift.cli.loop import web

    result = web("journeys")(home, what, {"journey": which, "by": by})
    if as_json:
        screen.tell_json(result)
    else:
        screen.tell(f"{which}: {_MODES[result['mode']].lower()}.")


def _text(which: str) -> tuple[str, str]:
    """Name and YAML of a file or of a ready journey."""
    from b2shift.interact.api import ready_journeys
    from b2shift.kernel.errors import UnknownNameError

    ready = ready_journeys()
    if which in ready:
        return which, ready[which]
    if Path(which).suffix in {".yaml", ".yml"}:
        return Path(which).name, _read(Path(which))
    raise UnknownNameError("jornada pronta", which, ready)


def _read(file: Path) -> str:
    from b2shift.kernel.errors import PolicyError

    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyError("A jornada não pode ser lida", value=file, hint=error) from error


def _checked(found: PolicyCheck) -> None:
    if not found.findings:
        screen.tell(f"Sem defeitos: {found.name}, {found.rules} passos.")
        return
    rows = [
        (str(one.line), f"{one.what}{'' if one.value is None else f': {one.value}'}", one.hint)
        for one in found.findings
    ]
    screen.table(f"{found.file}: {len(rows)} achados", ["linha", "o que há", "o que fazer"], rows, words=3)


def _simulated(result: JourneySimulation) -> None:
    steps = [(one.step, one.kind, format_number(one.entered), format_number(one.contacts)) for one in result.steps]
    screen.table("Passos", ["passo", "tipo", "chegaram", "contatos"], steps, words=2)
    weeks = [
        (
            one.week,
            one.role.value,
            format_number(one.tasks),
            "" if one.capacity is None else format_number(one.capacity),
        )
        for one in result.weeks
    ]
    if weeks:
        screen.table("Carga por semana", ["semana", "papel", "tarefas", "cabem"], weeks, words=2)
    ends = ", ".join(f"{name} {format_number(count)}" for name, count in result.outcomes.items()) or "nenhum"
    if result.unknown:
        screen.warn(f"Sem passado, nunca valeram: {', '.join(result.unknown)}")
    if result.unlearnt:
        screen.warn(f"Com as partes iniciais, pois só se aprende do que foi enviado: {', '.join(result.unlearnt)}")
    screen.tell(
        f"{result.name}: {format_number(result.entered)} de {format_number(result.customers)} clientes entrariam em "
        f"{result.days} dias úteis ({format_number(result.held)} no grupo de controle); "
        f"{format_number(result.messages)} mensagens e {format_number(result.tasks)} tarefas; "
        f"{format_number(result.inside)} ainda dentro; fins: {ends}."
    )
