"""Entry point of the command `b2shift`."""

import os
import sys
from typing import Any

import typer

from b2shift.cli import screen
from b2shift.cli.guard import stoppable, translated
from b2shift.cli.tree import root
from b2shift.cli.usage import in_portuguese
from b2shift.cli.words import speak_portuguese
from b2shift.kernel.errors import B2ShiftError

INTERRUPTED = 130
PATIENT = {"OMP_WAIT_POLICY": "passive", "OPENBLAS_THREAD_TIMEOUT": "4"}
"""How threads of the models wait for each other; the libraries read it when they are loaded."""
# The parser's own base class: typer carries it inside, and has moved it before.
PARSER_ERROR: Any = next(kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException")


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; ends the process with the documented exit code when it is not 0."""
    set_passive_waiting()
    speak_portuguese()
    try:
        with stoppable(), translated():
            code = root().main(arguments, prog_name="b2shift", standalone_mode=False)
    except B2ShiftError as error:
        screen.complain(str(error))
        code = error.exit_code
    except PARSER_ERROR as error:
        code = _explain(error)
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    if code == INTERRUPTED:
        screen.note("Interrompido; o que já estava gravado continua valendo.")
    if code:
        sys.exit(code)


def set_passive_waiting() -> None:
    """Make waiting threads sleep rather than spin, here and in child processes (ADR 0417)."""
    for name, value in PATIENT.items():
        os.environ.setdefault(name, value)


def _explain(error: Any) -> int:
    """Report what the option parser refused, and where its help is; exit code."""
    context = error.ctx if getattr(error, "ctx", None) else None
    if type(error).__name__ != "NoArgsIsHelpError":
        command = context.command_path if context else "b2shift"
        sentence = in_portuguese(error.format_message())
        screen.complain(f"{sentence}{'' if sentence.endswith('?') else '.'} Veja `{command} --help`")
    return int(error.exit_code)
