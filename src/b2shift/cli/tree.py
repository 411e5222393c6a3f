"""What commands there are. The module of a command is imported when somebody asks for that command, not before."""

from collections.abc import Mapping
from importlib import import_module
from typing import Annotated, Any, NamedTuple

import typer

from b2shift import __version__
from b2shift.cli import screen
from b2shift.cli.words import Command, Group, examples

TOUR = """B2Shift transforma dados espalhados de clientes em decisões: identificar, diferenciar, interagir.

Um passeio: [bold]demo[/] inventa uma entrega, [bold]run[/] roda o ciclo inteiro nela, [bold]serve[/] abre as páginas.

Depois: [bold]quality report[/] diz o que estava errado nos dados, [bold]export[/] leva qualquer tabela,
[bold]segment fit[/] segmenta uma tabela sua, [bold]lake rollback[/] volta atrás e [bold]doctor[/] diz o que falta.

Saída: 0 tudo certo · 2 entrada inválida · 3 estado que não deixa continuar · 4 acesso negado · 130 interrompido.
"""


class Of(NamedTuple):
    """Where a command is: a module of `b2shift.cli.commands`, its function, and the constant with its examples."""

    module: str
    function: str
    examples: str


COMMANDS: Mapping[str, tuple[str, Of | Mapping[str, Of]]] = {
    "demo": (
        "Escreve uma entrega inventada, com defeitos plantados e a verdade sobre eles em _truth/.",
        Of("demo", "demo", "EXAMPLES"),
    ),
    "run": (
        "Roda o ciclo inteiro: lê e limpa a entrega, segmenta, estima riscos e propõe contatos.",
        Of("run", "run", "EXAMPLES"),
    ),
    "serve": (
        "Serve as páginas e a API até Ctrl-C.",
        Of("web", "serve", "SERVE"),
    ),
    "publish": (
        "Leva clientes, segmentos, riscos e propostas do lake para as páginas; repetir não faz mal.",
        Of("web", "publish", "PUBLISH"),
    ),
    "worker": (
        "Entrega o que está na fila e lê as respostas, até Ctrl-C; vários ao mesmo tempo não enviam nada duas vezes.",
        Of("web", "worker", "WORKER"),
    ),
    "ask": (
        "Responde uma pergunta com os números do lake, ou diz a dúvida a esclarecer ou por que não responde.",
        Of("ask", "ask", "EXAMPLES"),
    ),
    "export": (
        "Escreve uma tabela publicada em Parquet ou CSV; a chave dos clientes é customer_id.",
        Of("export", "export", "EXAMPLES"),
    ),
    "tables": (
        "Mostra as tabelas publicadas e o que cada coluna quer dizer.",
        Of("tables", "tables", "EXAMPLES"),
    ),
    "profile": (
        (
            "Mostra como são as colunas: distribuição, falta de valores, relações, extremos e mudança desde a versão "
            "anterior."
        ),
        Of("profile", "profile", "EXAMPLES"),
    ),
    "catalogue": (
        "Mostra tabelas e colunas com dono, frequência e classe pessoal; `lineage` diz de onde vêm e aonde vão.",
        Of("catalogue", "catalogue", "EXAMPLES"),
    ),
    "doctor": (
        "Diz o que está instalado, o que falta de opcional e como está a pasta de trabalho.",
        Of("doctor", "doctor", "EXAMPLES"),
    ),
    "forecast": (
        "Prevê os próximos períodos de cada série, com intervalos e com o que teria acertado no passado.",
        Of("forecast", "forecast", "EXAMPLES"),
    ),
    "quality": (
        "Qualidade dos dados.",
        {
            "report": Of("quality", "report", "EXAMPLES"),
            "explain": Of("quality_explain", "explain", "EXAMPLES"),
            "review": Of("quality", "review", "REVIEW"),
            "decide": Of("quality", "decide", "DECIDE"),
            "quarantine": Of("quality_quarantine", "quarantine", "QUARANTINE"),
            "release": Of("quality_quarantine", "release", "RELEASE"),
            "evaluate": Of("quality_evaluate", "evaluate", "EXAMPLES"),
        },
    ),
    "resolution": (
        "Prospects que são a mesma empresa.",
        {
            "report": Of("resolution", "report", "REPORT"),
            "explain": Of("resolution", "explain", "EXPLAIN"),
            "decide": Of("resolution", "decide", "DECIDE"),
        },
    ),
    "source": (
        "Fontes de qualquer empresa.",
        {
            "infer": Of("source", "infer", "INFER"),
            "check": Of("source", "check", "CHECK"),
            "edit": Of("source", "edit", "EDIT"),
            "delete": Of("source", "delete", "DELETE"),
            "undo": Of("source", "undo", "UNDO"),
        },
    ),
    "segment": (
        "Segmentação de uma tabela qualquer.",
        {
            "fit": Of("segment", "fit", "EXAMPLES"),
            "search": Of("segment", "search", "SEARCH_EXAMPLES"),
            "evaluate": Of("segment_evaluate", "evaluate", "EXAMPLES"),
            "rename": Of("segment_say", "rename", "RENAME_EXAMPLES"),
            "prefer": Of("segment_say", "prefer", "PREFER_EXAMPLES"),
        },
    ),
    "model": (
        "Modelos: de uma tabela qualquer, e as versões guardadas das notas.",
        {
            "train": Of("model", "train", "TRAIN"),
            "evaluate": Of("model", "evaluate", "EVALUATE"),
            "list": Of("model_kept", "kept", "LIST"),
            "promote": Of("model_kept", "promote", "PROMOTE"),
            "rollback": Of("model_kept", "rollback", "ROLLBACK"),
            "dossier": Of("model_kept", "dossier", "DOSSIER"),
            "what-if": Of("model_kept", "what_if", "WHAT_IF"),
        },
    ),
    "metric": (
        "Dicionário de métricas.",
        {
            "check": Of("metric", "check", "CHECK"),
            "publish": Of("metric", "publish", "PUBLISH"),
            "versions": Of("metric", "versions", "VERSIONS"),
            "rollback": Of("metric", "rollback", "ROLLBACK"),
            "export": Of("metric", "export", "EXPORT"),
        },
    ),
    "policy": (
        "Régua de contatos.",
        {
            "check": Of("policy", "check", "EXAMPLES"),
            "replay": Of("policy", "replay", "REPLAY"),
            "preview": Of("policy", "preview", "PREVIEW"),
            "versions": Of("policy", "versions", "VERSIONS"),
            "adopt": Of("policy", "adopt", "ADOPT"),
            "diff": Of("policy", "diff", "DIFF"),
            "rollback": Of("policy", "rollback", "ROLLBACK"),
            "next": Of("policy", "next_best", "NEXT"),
        },
    ),
    "journey": (
        "Jornadas de clientes.",
        {
            "list": Of("journey", "list_journeys", "LIST"),
            "check": Of("journey", "check", "CHECK"),
            "simulate": Of("journey", "simulate", "SIMULATE"),
            "publish": Of("journey", "publish", "PUBLISH"),
            "pause": Of("journey", "pause", "PAUSE"),
            "resume": Of("journey", "resume", "RESUME"),
            "show": Of("journey", "show", "SHOW"),
        },
    ),
    "person": (
        "Direitos de uma pessoa cujos dados estão aqui (LGPD).",
        {
            "find": Of("person", "find", "FIND"),
            "report": Of("person", "report", "REPORT"),
            "export": Of("person", "export", "EXPORT"),
            "erase": Of("person", "erase", "ERASE"),
            "resume": Of("person", "resume", "RESUME"),
        },
    ),
    "privacy": (
        "Operações com dados pessoais e prazos de guarda (LGPD).",
        {
            "operations": Of("privacy", "operations", "OPERATIONS"),
            "retain": Of("privacy", "retain", "RETAIN"),
        },
    ),
    "alert": (
        "Avisos quando um número cruza um limite.",
        {
            "list": Of("alert", "list_alerts", "LIST"),
            "check": Of("alert", "check", "CHECK"),
        },
    ),
    "report": (
        "Relatórios que saem na sua data.",
        {
            "send": Of("report", "send", "SEND"),
        },
    ),
    "schedule": (
        "O que roda sozinho, na sua hora.",
        {
            "run": Of("schedule", "run", "RUN"),
            "status": Of("schedule", "status", "STATUS"),
        },
    ),
    "lake": (
        "Versões do lake.",
        {
            "versions": Of("lake", "versions", "VERSIONS"),
            "rollback": Of("lake", "rollback", "ROLLBACK"),
            "retain": Of("lake", "keep", "RETAIN"),
        },
    ),
}
"""Name → what the list of commands says of it (for a command, how its own help begins), and where it is."""


class _Unread(Command):
    """A command of which only the name and one sentence are known yet."""


class _Root(Group):
    """The command `b2shift`, whose help lists commands that were not imported."""

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """Find the command by its name and import it."""
        name, _command, rest = super().resolve_command(ctx, args)
        return name, self.read(name), rest

    def read(self, name: str | None) -> Any:
        """A command or group with all it holds."""
        if name is not None and isinstance(self.commands.get(name), _Unread):
            self.commands[name] = _read(name)
        return self.commands.get(name or "")


def root() -> Any:
    """The command line, its commands unread."""
    app = _typer(_Root, help=TOUR, context_settings={"help_option_names": ["-h", "--help"]})
    app.callback(help=TOUR)(_start)
    app.info.epilog = examples("b2shift demo demo-drop/", "b2shift run demo-drop/", "b2shift serve --demo-people")
    made: Any = typer.main.get_group(app)
    made.commands = {name: _Unread(name=name, short_help=about) for name, (about, _) in COMMANDS.items()}
    return made


def _tell_version(asked: bool) -> None:
    if asked:
        screen.tell(f"b2shift {__version__}")
        raise typer.Exit


def _start(
    _version: Annotated[
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Diz a versão e termina.")
    ] = False,
) -> None:
    """What can be asked before any command."""


def whole() -> Any:
    """The command line with every command read, for those who tell of all of them."""
    made = root()
    for name in COMMANDS:
        made.read(name)
    return made


def _read(name: str) -> Any:
    about, place = COMMANDS[name]
    if isinstance(place, Of):
        alone = _typer(Command)
        _add(alone, name, place)
        return typer.main.get_command(alone)
    group = _typer(Group, name=name, help=about)
    for each, where in place.items():
        _add(group, each, where)
    return typer.main.get_group(group)


def _add(app: typer.Typer, name: str, place: Of) -> None:
    module = import_module(f"b2shift.cli.commands.{place.module}")
    app.command(name, cls=Command, epilog=getattr(module, place.examples))(getattr(module, place.function))


def _typer(kind: Any, **told: Any) -> typer.Typer:
    return typer.Typer(
        cls=kind,
        rich_markup_mode="rich",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        **told,
    )
