"""`b2shift person`: who somebody is in the data, everything held about them, and taking them out (LGPD)."""

from pathlib import Path
from typing import Annotated, Any

import typer

from b2shift.cli import screen
from b2shift.cli.options import AsJson, Home
from b2shift.cli.turn import waiting_for_the_lake
from b2shift.cli.words import examples
from b2shift.kernel.errors import InputError
from b2shift.kernel.money import format_number
from b2shift.lake.api import open_lake, write_output

FIND = examples('b2shift person find "ana souza"', "b2shift person find ana@empresa.example --json")
REPORT = examples("b2shift person report K0000012 --by dpo@empresa.example")
EXPORT = examples("b2shift person export K0000012 ana.zip --by dpo@empresa.example")
ERASE = examples(
    'b2shift person erase K0000012 --by dpo@empresa.example --reason "pedido 2026-000012"',
    'b2shift person erase K0000012 --by dpo@empresa.example --reason "pedido 2026-000012" --yes',
)
RESUME = examples("b2shift person resume --by dpo@empresa.example")
Reference = Annotated[str, typer.Argument(metavar="PESSOA", help="Código do contato, ou tabela/código.")]
By = Annotated[str, typer.Option(help="Quem pede; fica na auditoria.")]


def find(
    text: Annotated[str, typer.Argument(metavar="TEXTO", help="Parte do nome, e-mail, telefone, CPF ou código.")],
    home: Home,
    as_json: AsJson = False,
) -> None:
    """Procura pessoas na versão atual, sem acentos e sem pontuação."""
    from b2shift.identify.api import find_persons

    found = find_persons(open_lake(home), home, text)
    if as_json:
        screen.tell_json(found)
        return
    screen.table(
        f"Pessoas · {format_number(len(found))}",
        ["pessoa", "nome", "e-mail", "telefone", "cliente"],
        [(one.reference, one.name, one.email, one.phone, one.customer_id) for one in found],
        words=5,
    )


def report(reference: Reference, home: Home, by: By, as_json: AsJson = False) -> None:
    """Mostra tudo o que o lake e os registros guardam de uma pessoa, com a finalidade de cada valor."""
    result, records = _personal_data(home, reference, by)
    if as_json:
        screen.tell_json({**dict(result), "records": records})
        return
    for row in result.rows:
        screen.table(
            f"{row.table} · camada {row.layer}",
            ["coluna", "valor", "finalidades"],
            [(one.column, str(one.value), ", ".join(one.purposes)) for one in row.values],
            words=3,
        )
    for name, rows in records.items():
        screen.tell(f"{name}: {format_number(len(rows))}")
    screen.tell(f"Versões guardadas que a conhecem: {', '.join(map(str, result.versions))}")


def export(
    reference: Reference,
    file: Annotated[Path, typer.Argument(metavar="ARQUIVO", help="O zip a escrever.")],
    home: Home,
    by: By,
    as_json: AsJson = False,
) -> None:
    """Escreve um zip com tudo da pessoa: dados.json e um CSV por tabela."""
    from b2shift.cli.loop import web

    if file.exists():
        raise InputError("O arquivo já existe", value=file, hint="Escolha outro nome")
    result, records = _personal_data(home, reference, by)
    write_output(file, web("person_package")(result, records))
    if as_json:
        counts = {name: len(rows) for name, rows in records.items()}
        screen.tell_json({"file": str(file), "lake_rows": len(result.rows), "records": counts})
        return
    screen.note(f"{file}: {format_number(len(result.rows))} linhas do lake e os registros da pessoa")


def erase(
    reference: Reference,
    home: Home,
    by: By,
    reason: Annotated[str, typer.Option(help="O pedido atendido; fica na auditoria. Não escreva o nome da pessoa.")],
    yes: Annotated[bool, typer.Option("--yes", help="Apaga de fato; sem isto só diz o que apagaria.")] = False,
    as_json: AsJson = False,
) -> None:
    """Apaga uma pessoa de todas as camadas, versões, registros e índices; ela não volta na próxima entrega."""
    from b2shift.cli.loop import web

    if not yes:
        _preview(home, reference, as_json)
        return
    done: dict[str, Any] = web("erase_person")(home, reference, by, reason)
    if as_json:
        screen.tell_json(done)
        return
    screen.note(
        f"Apagada: {done['rows_removed']} linhas retiradas e {done['rows_edited']} limpas em "
        f"{done['versions']} versões; registros: {done['records_removed'] + done['records_edited']}. Nada restou."
    )


def resume(
    home: Home,
    by: By,
    wait: Annotated[bool, typer.Option("--wait", help="Espera enquanto uma execução escreve no lake.")] = False,
    as_json: AsJson = False,
) -> None:
    """Faz as eliminações pedidas nas páginas e termina as que foram interrompidas."""
    from b2shift.cli.loop import web

    done: list[dict[str, Any]] = waiting_for_the_lake(lambda: web("resume_erasures")(home, by), wait=wait)
    if as_json:
        screen.tell_json(done)
        return
    screen.note(f"Eliminações terminadas: {format_number(len(done))}")


def _personal_data(home: Path, reference: str, by: str) -> tuple[Any, dict[str, list[Any]]]:
    from b2shift.cli.loop import web
    from b2shift.identify.api import person_report

    return person_report(open_lake(home), home, reference), web("held_in_records")(home, reference, by)


def _preview(home: Path, reference: str, as_json: bool) -> None:
    from datetime import UTC, datetime

    from b2shift.identify.api import plan_erasure

    plan = plan_erasure(home, reference, erasure="previa", at=datetime.now(UTC), by="", reason="")
    if as_json:
        screen.tell_json(plan.model_dump(include={"persons", "ids", "texts", "shared"}))
        return
    screen.table(
        "Seria apagada (nada foi apagado; repita com --yes)",
        ["pessoa", "nome", "e-mail", "telefone", "cliente"],
        [(one.reference, one.name, one.email, one.phone, one.customer_id) for one in plan.persons],
        words=5,
    )
    if plan.shared:
        screen.warn(f"É também de outra pessoa ou empresa, e fica onde é dela: {', '.join(plan.shared)}")
