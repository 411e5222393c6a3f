"""The command tree, lazily imported: the module of a command is loaded when it is called."""

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


class CommandRef(NamedTuple):
    """Location of a command: a module of `b2shift.cli.commands`, its function, and the constant with its examples."""

    module: str
    function: str
    examples: str


COMMANDS: Mapping[str, tuple[str, CommandRef | Mapping[str, CommandRef]]] = {
    "demo": (
        "Escreve uma entrega inventada, com defeitos plantados e a verdade sobre eles em _truth/.",
        CommandRef("demo", "demo", "EXAMPLES"),
    ),
    "run": (
        "Roda o ciclo inteiro: lê e limpa a entrega, segmenta, estima riscos e propõe contatos.",
        CommandRef("run", "run", "EXAMPLES"),
    ),
    "serve": (
        "Serve as páginas e a API até Ctrl-C.",
        CommandRef("web", "serve", "SERVE"),
    ),
    "publish": (
        "Leva clientes, segmentos, riscos e propostas do lake para as páginas; repetir não faz mal.",
        CommandRef("web", "publish", "PUBLISH"),
    ),
    "worker": (
        "Entrega o que está na fila e lê as respostas, até Ctrl-C; vários ao mesmo tempo não enviam nada duas vezes.",
        CommandRef("web", "worker", "WORKER"),
    ),
    "ask": (
        "Responde uma pergunta com os números do lake, ou diz a dúvida a esclarecer ou por que não responde.",
        CommandRef("ask", "ask", "EXAMPLES"),
    ),
    "export": (
        "Escreve uma tabela publicada em Parquet ou CSV; a chave dos clientes é customer_id.",
        CommandRef("export", "export", "EXAMPLES"),
    ),
    "tables": (
        "Mostra as tabelas publicadas e o que cada coluna quer dizer.",
        CommandRef("tables", "tables", "EXAMPLES"),
    ),
    "profile": (
        (
            "Mostra como são as colunas: distribuição, falta de valores, relações, extremos e mudança desde a versão "
            "anterior."
        ),
        CommandRef("profile", "profile", "EXAMPLES"),
    ),
    "catalogue": (
        "Mostra tabelas e colunas com dono, frequência e classe pessoal; `lineage` diz de onde vêm e aonde vão.",
        CommandRef("catalogue", "catalogue", "EXAMPLES"),
    ),
    "doctor": (
        "Diz o que está instalado, o que falta de opcional e como está a pasta de trabalho.",
        CommandRef("doctor", "doctor", "EXAMPLES"),
    ),
    "forecast": (
        "Prevê os próximos períodos de cada série, com intervalos e com o que teria acertado no passado.",
        CommandRef("forecast", "forecast", "EXAMPLES"),
    ),
    "effects": (
        "Diz o que cada campanha com grupo de controle mudou, com intervalos.",
        CommandRef("effects", "effects", "EXAMPLES"),
    ),
    "experiment": (
        "Experimento de uma tabela qualquer.",
        {
            "effects": CommandRef("experiment", "effects", "EFFECTS"),
            "uplift": CommandRef("experiment", "uplift", "UPLIFT"),
            "policy": CommandRef("experiment", "policy", "POLICY"),
            "evaluate": CommandRef("experiment", "evaluate", "EVALUATE"),
        },
    ),
    "quality": (
        "Qualidade dos dados.",
        {
            "report": CommandRef("quality", "report", "EXAMPLES"),
            "explain": CommandRef("quality_explain", "explain", "EXAMPLES"),
            "review": CommandRef("quality", "review", "REVIEW"),
            "decide": CommandRef("quality", "decide", "DECIDE"),
            "quarantine": CommandRef("quality_quarantine", "quarantine", "QUARANTINE"),
            "release": CommandRef("quality_quarantine", "release", "RELEASE"),
            "evaluate": CommandRef("quality_evaluate", "evaluate", "EXAMPLES"),
        },
    ),
    "resolution": (
        "Prospects que são a mesma empresa.",
        {
            "report": CommandRef("resolution", "report", "REPORT"),
            "explain": CommandRef("resolution", "explain", "EXPLAIN"),
            "decide": CommandRef("resolution", "decide", "DECIDE"),
        },
    ),
    "source": (
        "Fontes de qualquer empresa.",
        {
            "infer": CommandRef("source", "infer", "INFER"),
            "check": CommandRef("source", "check", "CHECK"),
            "edit": CommandRef("source", "edit", "EDIT"),
            "delete": CommandRef("source", "delete", "DELETE"),
            "undo": CommandRef("source", "undo", "UNDO"),
            "load": CommandRef("source_load", "load", "EXAMPLES"),
        },
    ),
    "segment": (
        "Segmentação de uma tabela qualquer.",
        {
            "fit": CommandRef("segment", "fit", "EXAMPLES"),
            "search": CommandRef("segment", "search", "SEARCH_EXAMPLES"),
            "evaluate": CommandRef("segment_evaluate", "evaluate", "EXAMPLES"),
            "rename": CommandRef("segment_feedback", "rename", "RENAME_EXAMPLES"),
            "prefer": CommandRef("segment_feedback", "prefer", "PREFER_EXAMPLES"),
        },
    ),
    "model": (
        "Modelos: de uma tabela qualquer, e as versões guardadas das notas.",
        {
            "train": CommandRef("model", "train", "TRAIN"),
            "evaluate": CommandRef("model", "evaluate", "EVALUATE"),
            "list": CommandRef("model_versions", "list_versions", "LIST"),
            "accuracy": CommandRef("model_accuracy", "accuracy", "EXAMPLES"),
            "promote": CommandRef("model_versions", "promote", "PROMOTE"),
            "rollback": CommandRef("model_versions", "rollback", "ROLLBACK"),
            "dossier": CommandRef("model_versions", "dossier", "DOSSIER"),
            "what-if": CommandRef("model_versions", "what_if", "WHAT_IF"),
        },
    ),
    "metric": (
        "Dicionário de métricas.",
        {
            "check": CommandRef("metric", "check", "CHECK"),
            "publish": CommandRef("metric", "publish", "PUBLISH"),
            "versions": CommandRef("metric", "versions", "VERSIONS"),
            "rollback": CommandRef("metric", "rollback", "ROLLBACK"),
            "export": CommandRef("metric", "export", "EXPORT"),
        },
    ),
    "units": (
        "Unidades de negócio desta casa.",
        {
            "show": CommandRef("units", "show", "SHOW"),
            "set": CommandRef("units", "set_units", "SET"),
            "versions": CommandRef("units", "versions", "VERSIONS"),
            "rollback": CommandRef("units", "rollback", "ROLLBACK"),
            "export": CommandRef("units", "export", "EXPORT"),
        },
    ),
    "policy": (
        "Régua de contatos.",
        {
            "check": CommandRef("policy", "check", "EXAMPLES"),
            "replay": CommandRef("policy", "replay", "REPLAY"),
            "preview": CommandRef("policy", "preview", "PREVIEW"),
            "versions": CommandRef("policy", "versions", "VERSIONS"),
            "adopt": CommandRef("policy", "adopt", "ADOPT"),
            "diff": CommandRef("policy", "diff", "DIFF"),
            "rollback": CommandRef("policy", "rollback", "ROLLBACK"),
            "next": CommandRef("policy", "next_best", "NEXT"),
        },
    ),
    "journey": (
        "Jornadas de clientes.",
        {
            "list": CommandRef("journey", "list_journeys", "LIST"),
            "check": CommandRef("journey", "check", "CHECK"),
            "simulate": CommandRef("journey", "simulate", "SIMULATE"),
            "publish": CommandRef("journey", "publish", "PUBLISH"),
            "pause": CommandRef("journey", "pause", "PAUSE"),
            "resume": CommandRef("journey", "resume", "RESUME"),
            "show": CommandRef("journey", "show", "SHOW"),
        },
    ),
    "person": (
        "Direitos de uma pessoa cujos dados estão aqui (LGPD).",
        {
            "find": CommandRef("person", "find", "FIND"),
            "report": CommandRef("person", "report", "REPORT"),
            "export": CommandRef("person", "export", "EXPORT"),
            "erase": CommandRef("person", "erase", "ERASE"),
            "resume": CommandRef("person", "resume", "RESUME"),
        },
    ),
    "privacy": (
        "Operações com dados pessoais e prazos de guarda (LGPD).",
        {
            "operations": CommandRef("privacy", "operations", "OPERATIONS"),
            "retain": CommandRef("privacy", "retain", "RETAIN"),
        },
    ),
    "alert": (
        "Avisos quando um número cruza um limite.",
        {
            "list": CommandRef("alert", "list_alerts", "LIST"),
            "check": CommandRef("alert", "check", "CHECK"),
        },
    ),
    "report": (
        "Relatórios que saem na sua data.",
        {
            "send": CommandRef("report", "send", "SEND"),
        },
    ),
    "schedule": (
        "O que roda sozinho, na sua hora.",
        {
            "run": CommandRef("schedule", "run", "RUN"),
            "status": CommandRef("schedule", "status", "STATUS"),
        },
    ),
    "lake": (
        "Versões do lake.",
        {
            "versions": CommandRef("lake", "versions", "VERSIONS"),
            "rollback": CommandRef("lake", "rollback", "ROLLBACK"),
            "retain": CommandRef("lake", "keep", "RETAIN"),
        },
    ),
}
"""Name → what the list of commands says of it (for a command, how its own help begins), and where it is."""


class _LazyCommand(Command):
    """A command known by name and summary only."""


class _Root(Group):
    """The command `b2shift`, whose help lists commands that were not imported."""

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """Find the command by its name and import it."""
        name, _command, rest = super().resolve_command(ctx, args)
        return name, self.read(name), rest

    def read(self, name: str | None) -> Any:
        """A command or group with all it holds."""
        if name is not None and isinstance(self.commands.get(name), _LazyCommand):
            self.commands[name] = _read(name)
        return self.commands.get(name or "")


def root() -> Any:
    """The command line, its commands unread."""
    app = _typer(_Root, help=TOUR, context_settings={"help_option_names": ["-h", "--help"]})
    app.callback(help=TOUR)(_start)
    app.info.epilog = examples("b2shift demo demo-drop/", "b2shift run demo-drop/", "b2shift serve --demo-people")
    made: Any = typer.main.get_group(app)
    made.commands = {name: _LazyCommand(name=name, short_help=about) for name, (about, _) in COMMANDS.items()}
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
    """Options before any command."""


def full_command_line() -> Any:
    """The command line with every command loaded, for documentation."""
    made = root()
    for name in COMMANDS:
        made.read(name)
    return made


def _read(name: str) -> Any:
    about, entry = COMMANDS[name]
    if isinstance(entry, CommandRef):
        alone = _typer(Command)
        _add(alone, name, entry)
        return typer.main.get_command(alone)
    group = _typer(Group, name=name, help=about)
    for each, where in entry.items():
        _add(group, each, where)
    return typer.main.get_group(group)


def _add(app: typer.Typer, name: str, command: CommandRef) -> None:
    module = import_module(f"b2shift.cli.commands.{command.module}")
    app.command(name, cls=Command, epilog=getattr(module, command.examples))(getattr(module, command.function))


def _typer(kind: Any, **options: Any) -> typer.Typer:
    return typer.Typer(
        cls=kind,
        rich_markup_mode="rich",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        **options,
    )
