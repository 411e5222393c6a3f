"""Portuguese texts of the command line, where Typer has English ones."""

from collections.abc import Mapping
from typing import Any

from typer import rich_utils
from typer.core import TyperCommand, TyperGroup

PANELS: Mapping[str, str] = {
    "ARGUMENTS_PANEL_TITLE": "Argumentos",
    "OPTIONS_PANEL_TITLE": "Opções",
    "COMMANDS_PANEL_TITLE": "Comandos",
    "ERRORS_PANEL_TITLE": "Erro",
    "DEFAULT_STRING": "[padrão: {}]",
    "REQUIRED_LONG_STRING": "[obrigatório]",
    "ENVVAR_STRING": "[variável: {}]",
    "RICH_HELP": "Veja [blue]'{command_path} {help_option}'[/].",
    "ABORTED_TEXT": "Interrompido.",
}
USAGE: Mapping[str, str] = {
    "Usage: ": "Uso: ",
    "[OPTIONS]": "[OPÇÕES]",
    "COMMAND [ARGS]...": "COMANDO [ARGUMENTOS]...",
}

KINDS = {
    "retencao": "retenção",
    "recuperacao": "recuperação",
    "expansao": "expansão",
    "relacionamento": "relacionamento",
    "educacao": "educação",
    "onboarding": "onboarding",
    "encantamento": "encantamento",
}
TREATMENTS = {"repaired": "corrigido", "unknown": "sem valor", "rejected": "rejeitado"}


def speak_portuguese() -> None:
    """Give the help panels their Portuguese titles."""
    for name, text in PANELS.items():
        setattr(rich_utils, name, text)


class _Portuguese:
    """A command whose usage and help option speak Portuguese."""

    def get_usage(self, ctx: Any) -> str:
        """`Uso: b2shift run …`."""
        usage: str = super().get_usage(ctx)  # type: ignore[misc]
        for english, portuguese in USAGE.items():
            usage = usage.replace(english, portuguese, 1)
        return usage

    def get_help_option(self, ctx: Any) -> Any:
        """The option --help with its meaning in Portuguese."""
        option = super().get_help_option(ctx)  # type: ignore[misc]
        if option is not None:
            option.help = "Mostra esta ajuda e termina."
        return option


class Command(_Portuguese, TyperCommand):
    """A command."""


class Group(_Portuguese, TyperGroup):
    """A group of commands."""


def aim_result(met: bool | None) -> str:
    """Whether a target is met; None: not measurable."""
    return "sem medida" if met is None else "cumprida" if met else "NÃO CUMPRIDA"


def examples(*lines: str) -> str:
    """The end of a command's help: commands one can copy."""
    return "\n\n".join(["Exemplos:", *[f"$ {line}" for line in lines]])
