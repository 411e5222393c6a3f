"""`b2shift source`: sources of any company, proposed and checked before a run."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from b2shift.cli import screen
from b2shift.cli.options import AsJson, By, Home
from b2shift.cli.words import examples
from b2shift.kernel.errors import InputError, SchemaError
from b2shift.kernel.money import format_number

if TYPE_CHECKING:
    from b2shift.identify.api import SourceChange

INFER = examples(
    "b2shift source infer organizations.csv deals.csv people.csv",
    "b2shift source infer clientes.xlsx --write --home minha-empresa",
    "b2shift source infer entrega/ --write",
)
CHECK = examples("b2shift source check b2shift-home/sources/visitas.yaml")
EDIT = examples("b2shift source edit visitas visitas-nova.yaml --by ana@empresa.example")
DELETE = examples(
    "b2shift source delete visitas --by ana@empresa.example",
    "b2shift source delete visitas --by ana@empresa.example --yes",
)
UNDO = examples("b2shift source undo visitas --by ana@empresa.example")
Name = Annotated[str, typer.Argument(metavar="FONTE", help="O nome da fonte, como em `source:` na declaração.")]


def infer(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="ARQUIVO…", help="CSV, planilha, JSON ou Parquet de uma entrega; a pasta ou o zip dela."
        ),
    ],
    home: Home,
    write: Annotated[bool, typer.Option("--write", help="Grava as declarações em HOME/sources.")] = False,
    as_json: AsJson = False,
) -> None:
    """Propõe como ler os arquivos de outra empresa e a que colunas vão, com a confiança de cada uma."""
    from b2shift.identify.api import propose_sources, write_sources

    proposals = propose_sources(files, home=home, aside=lambda error: screen.warn(str(error)))
    if as_json:
        screen.tell_json(proposals)
    for proposal in () if as_json else proposals:
        columns = [(m.header, m.to, m.evidence.described(), f"{m.confidence:.0%}") for m in proposal.mapped]
        for doubt in proposal.doubts:
            why = f"em dúvida: {doubt.evidence.described()}"
            columns.append((doubt.header, f"{doubt.to}?", why, f"{doubt.confidence:.0%}"))
        title = f"{proposal.file} → {proposal.table} (fonte {proposal.source})"
        screen.table(title, ["coluna", "vai para", "por quê", "confiança"], columns, words=3)
        screen.tell("; ".join(proposal.evidence))
        if proposal.unmapped:
            screen.tell(f"Sem destino, guardadas como vieram: {', '.join(proposal.unmapped)}")
        for warning in proposal.warnings:
            screen.warn(warning)
    if write:
        for path in write_sources(proposals, home):
            screen.note(f"Declaração escrita em {path}")


def check(
    file: Annotated[Path, typer.Argument(metavar="ARQUIVO", help="Declaração de uma fonte, em YAML.")],
    as_json: AsJson = False,
) -> None:
    """Confere uma declaração: cada problema com a sua linha e os nomes próximos. Sai com 2 se houver algum."""
    from b2shift.identify.api import check_source

    problems = check_source(file)
    if as_json:
        screen.tell_json(problems)
    elif not problems:
        screen.tell(f"Declaração sem defeitos: {file}")
    for problem in () if as_json else problems:
        screen.warn(f"{file.name}:{problem.line} {problem.where}: {problem.message}")
    if problems:
        raise SchemaError("A declaração da fonte não está certa", value=file, hint=f"Problemas: {len(problems)}")


def edit(
    name: Name,
    file: Annotated[Path, typer.Argument(metavar="ARQUIVO", help="A declaração nova, em YAML.")],
    home: Home,
    by: By,
    as_json: AsJson = False,
) -> None:
    """Troca o texto de uma fonte desta casa; a próxima execução o segue e `source undo` volta ao de antes."""
    from b2shift.identify.api import edit_source

    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("O arquivo não pode ser lido", value=file, hint=error) from error
    _say(edit_source(home, name, text, by=by, at=datetime.now(UTC)), as_json)


def delete(
    name: Name,
    home: Home,
    by: By,
    yes: Annotated[bool, typer.Option("--yes", help="Apaga de fato; sem isto só diz o que depende dela.")] = False,
    as_json: AsJson = False,
) -> None:
    """Apaga a declaração de uma fonte desta casa: a próxima execução tira as suas linhas das tabelas."""
    from b2shift.identify.api import Lineages, delete_source, own_declaration, source_impact
    from b2shift.lake.api import current_version, open_lake

    if yes:
        _say(delete_source(home, name, by=by, at=datetime.now(UTC)), as_json)
        return
    use = source_impact(Lineages(open_lake(home), home) if current_version(home) is not None else None, home, name)
    if as_json:
        screen.tell_json(use)
        return
    rows = [
        ("tabela", use.table), ("linhas", format_number(use.rows)), ("arquivos", ", ".join(use.files)),
        ("outras fontes da tabela", ", ".join(use.others)), ("tabelas feitas dela", ", ".join(use.tables)),
        ("métricas feitas dela", ", ".join(use.metrics)),
    ]  # fmt: skip
    screen.table(f"Depende de {name} (nada foi apagado; repita com --yes)", ["o quê", "qual"], rows, words=2)
    if use.customers:
        screen.warn("Ela diz quem é cliente: quem só existe nela deixa de ser")
    if own_declaration(home, name) is None:
        screen.warn("Veio com o produto: não se apaga")


def undo(name: Name, home: Home, by: By, as_json: AsJson = False) -> None:
    """Desfaz a última mudança de uma fonte: volta o texto de antes."""
    from b2shift.identify.api import undo_source_change

    _say(undo_source_change(home, name, by=by, at=datetime.now(UTC)), as_json)


def _say(change: "SourceChange", as_json: bool) -> None:
    words = {"edited": "gravada", "deleted": "apagada", "restored": "de volta"}
    if as_json:
        screen.tell_json(change)
    else:
        screen.note(f"{change.source}: {words[change.kind]}. A próxima execução a segue.")
