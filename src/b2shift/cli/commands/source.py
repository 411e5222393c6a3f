"""`b2shift source`: sources of any company, proposed and checked before a run."""

import json
from pathlib import Path
from typing import Annotated

import typer

from b2shift.cli import screen
from b2shift.cli.options import AsJson, Home
from b2shift.cli.words import examples
from b2shift.kernel.errors import SchemaError

INFER = examples(
    "b2shift source infer organizations.csv deals.csv people.csv",
    "b2shift source infer clientes.xlsx --write --home minha-empresa",
)
CHECK = examples("b2shift source check b2shift-home/sources/visitas.yaml")


def infer(
    files: Annotated[list[Path], typer.Argument(metavar="ARQUIVO…", help="CSV, planilha ou Parquet de uma entrega.")],
    home: Home,
    write: Annotated[bool, typer.Option("--write", help="Grava as declarações em HOME/sources.")] = False,
    as_json: AsJson = False,
) -> None:
    """Propõe como ler os arquivos de outra empresa e a que colunas vão, com a confiança de cada uma."""
    from b2shift.identify.api import propose_sources, write_sources

    proposals = propose_sources(files)
    if as_json:
        typer.echo(json.dumps([p.model_dump(mode="json") for p in proposals], ensure_ascii=False, indent=2))
    for proposal in () if as_json else proposals:
        screen.table(
            f"{proposal.file} → {proposal.table} (fonte {proposal.source})",
            ["coluna", "vai para", "por quê", "confiança"],
            [(m.header, m.to, m.evidence, f"{m.confidence:.0%}") for m in proposal.mapped]
            + [(d.header, f"{d.to}?", f"em dúvida: {d.evidence}", f"{d.confidence:.0%}") for d in proposal.doubts],
            words=3,
        )  # fmt: skip
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
        typer.echo(json.dumps([p.model_dump(mode="json") for p in problems], ensure_ascii=False, indent=2))
    elif not problems:
        screen.tell(f"Declaração sem defeitos: {file}")
    for problem in () if as_json else problems:
        screen.warn(f"{file.name}:{problem.line} {problem.where}: {problem.told}")
    if problems:
        raise SchemaError("A declaração da fonte não está certa", value=file, hint=f"Problemas: {len(problems)}")
