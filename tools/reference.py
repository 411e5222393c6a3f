"""Write the reference pages that come from the code: the command line, the tables, the exit codes."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from b2shift.cli.guard import EXIT_CODES
from b2shift.cli.table_declarations import declared_tables
from b2shift.cli.tree import full_command_line
from b2shift.lake.contracts import PersonalData

REFERENCE = Path(__file__).parent.parent / "docs" / "reference"
NOTICE = "<!-- Written by `make docs` from the code; edit the code instead. -->\n"


def pages() -> dict[str, str]:
    """File name → text of every generated page."""
    return {"cli.md": cli_page(), "tables.md": tables_page()}


def commands(group: Any = None, path: tuple[str, ...] = ("b2shift",)) -> Iterator[tuple[str, Any]]:
    """Every command one can run, with its full name."""
    group = group or full_command_line()
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        else:
            yield " ".join((*path, name)), command


def cli_page() -> str:
    """The command line as its help tells it."""
    told = [NOTICE, "# The command line\n", "The help is in Portuguese, as `b2shift --help` prints it.\n"]
    for name, command in commands():
        usage = " ".join(_usage(parameter) for parameter in command.params if _shown(parameter))
        told += [f"## {name}\n", f"{_plain(command.help)}\n", f"```console\n$ {name} {usage}".rstrip() + "\n```\n"]
        told += ["| opção | significado | padrão |", "|---|---|---|"]
        told += [_row(parameter) for parameter in command.params if _shown(parameter)]
        told += ["\nExemplos:\n", "```console", *_examples(command), "```\n"]
    told += ["## Códigos de saída\n", "| código | quer dizer |", "|---|---|"]
    told += [f"| {code} | {meaning} |" for code, meaning in EXIT_CODES.items()]
    return "\n".join(told) + "\n"


def _shown(parameter: Any) -> bool:
    return bool(parameter.name != "help")


def _usage(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return _argument(parameter)
    flag = max(parameter.opts, key=len)
    return f"{flag} …" if parameter.required else f"[{flag}]"


def _argument(parameter: Any) -> str:
    return str(parameter.metavar or parameter.name.upper())


def _row(parameter: Any) -> str:
    named = _argument(parameter) if parameter.param_type_name == "argument" else _flags(parameter)
    return f"| `{named}` | {_plain(parameter.help or '')} | {_default(parameter)} |"


def _flags(parameter: Any) -> str:
    return ", ".join([*parameter.opts, *parameter.secondary_opts])


def _default(parameter: Any) -> str:
    if parameter.required:
        return "obrigatório"
    if isinstance(getattr(parameter, "show_default", None), str):
        return str(parameter.show_default)
    default = parameter.default
    if default is None or callable(default):
        return "—"
    return {True: "sim", False: "não"}.get(default, f"{default}") if isinstance(default, bool) else f"{default}"


def _examples(command: Any) -> list[str]:
    return [line for line in (command.epilog or "").split("\n\n") if line.startswith("$ ")]


def _plain(text: str) -> str:
    """Help without the terminal's markup, one paragraph per line."""
    paragraphs = re.sub(r"\[/?[a-z ]*\]", "", text).strip().split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def tables_page() -> str:
    """Every table and column, as their declarations say."""
    told = [NOTICE, "# The tables\n"]
    told.append("What `b2shift export NAME` writes, and what each column means. Types are DuckDB's.\n")
    for package, table in declared_tables():
        exported = "" if table.published else " Internal: not exported."
        told += [f"## {table.name}\n", f"{table.description}{exported}\n"]
        key = f", key {', '.join(f'`{name}`' for name in table.key)}" if table.key else ""
        told.append(f"One row is {table.grain}. Layer {table.layer}, written by `{package}`{key}.\n")
        told += ["| column | type | meaning |", "|---|---|---|"]
        for column in table.columns:
            mark = "" if column.personal is PersonalData.NONE else f" ({column.personal} data)"
            told.append(f"| `{column.name}` | `{column.type}` | {column.description.replace('|', '/')}{mark} |")
        told.append("\nFurther columns follow the documented ones.\n" if table.open_columns else "")
    return "\n".join(told).rstrip() + "\n"


def main() -> None:
    """Write the pages."""
    REFERENCE.mkdir(parents=True, exist_ok=True)
    for file, text in pages().items():
        (REFERENCE / file).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
