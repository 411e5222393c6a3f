"""`b2shift units`: the business units of a house: which there are, whom they serve, and others in their place."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from b2shift.cli import screen
from b2shift.cli.options import AsJson, Author, Home
from b2shift.cli.words import examples
from b2shift.identify.contracts import Units, UnitsVersion
from b2shift.kernel.contract import Contract
from b2shift.kernel.errors import InputError, near_names

SHOW = examples("b2shift units show", "b2shift units show --json")
SET = examples(
    "b2shift units set minhas-unidades.yaml", "b2shift units set minhas-unidades.yaml --by ana@empresa.example"
)
VERSIONS = examples("b2shift units versions", "b2shift units versions --json")
ROLLBACK = examples("b2shift units rollback 1", "b2shift units rollback 0 --by ana@empresa.example")
EXPORT = examples("b2shift units export > minhas-unidades.yaml")
_NEXT_RUN = "Os clientes seguem esta declaração no próximo `b2shift run`."
File = Annotated[
    Path, typer.Argument(metavar="ARQUIVO", help="Unidades em YAML: units, com key, name, families, default.")
]


class UnitLine(Contract):
    """One unit in force; `customers`: whom it would serve with the data of now, None before the first run."""

    key: str
    name: str
    families: tuple[str, ...]
    default: bool
    customers: int | None


def show(home: Home, as_json: AsJson = False) -> None:
    """Mostra as unidades em vigor, as famílias de cada uma e quantos clientes cada uma atende."""
    from b2shift.identify.api import units_of
    from b2shift.interact.api import policy_in_force, rules_reaching_nobody

    units = units_of(home)
    served = _served(home, units)
    found = tuple(UnitLine(customers=served.get(one.key), **one.model_dump()) for one in units.units)
    if as_json:
        screen.tell_json(found)
        return
    rows = [
        (one.key, one.name, ", ".join([*one.families, *["as demais"] * one.default]),
         "" if one.customers is None else str(one.customers))
        for one in found
    ]  # fmt: skip
    screen.table("Unidades de negócio", ["código", "nome", "famílias", "clientes"], rows, words=3)
    for rule in rules_reaching_nobody(policy_in_force(home), units.keys):
        named = ", ".join(rule.audience.business_units)
        screen.tell(f"A regra {rule.id} fala de {named}, que esta casa não tem: não alcança ninguém.")


def set_units(file: File, home: Home, by: Author = "", as_json: AsJson = False) -> None:
    """Põe em vigor as unidades de um arquivo; os clientes as seguem no próximo ciclo, e nada mais muda."""
    from b2shift.identify.api import keep_units, read_units, units_of

    try:
        text = file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("As unidades não podem ser lidas", value=file, hint="Use um arquivo YAML em UTF-8") from error
    before, after = units_of(home), read_units(text, file.name)
    _told(home, by, "kept", before, keep_units(home, after, datetime.now(UTC)), as_json)


def versions(home: Home, as_json: AsJson = False) -> None:
    """Lista as unidades que esta casa já declarou e o que cada versão mudou."""
    from b2shift.identify.api import units_versions

    found = units_versions(home)
    if as_json:
        screen.tell_json(found)
        return
    if not found:
        screen.tell("Esta casa ainda não declarou unidades.")
        return
    rows = [(str(one.number), "em vigor" if one.in_force else "", "; ".join(one.changes)) for one in found]
    screen.table("Unidades desta casa", ["versão", "", "mudanças"], rows, words=3)


def rollback(
    number: Annotated[int, typer.Argument(min=0, metavar="N", help="Versão; 0: como se nada tivesse sido declarado.")],
    home: Home,
    by: Author = "",
    as_json: AsJson = False,
) -> None:
    """Põe outra versão em vigor; 0 é como se a casa nunca tivesse declarado unidades. Nada é apagado."""
    from b2shift.identify.api import put_back_units, units_of

    before = units_of(home)
    _told(home, by, "restored", before, put_back_units(home, number), as_json)


def export(home: Home, as_json: AsJson = False) -> None:
    """Escreve em YAML (ou JSON) as unidades em vigor, para mudar e pôr de volta com `set`."""
    from b2shift.identify.api import units_of, units_text

    units = units_of(home)
    if as_json:
        screen.tell_json(units)
    else:
        typer.echo(units_text(units), nl=False)


def _told(home: Path, by: str, what: str, before: Units, version: UnitsVersion, as_json: bool) -> None:
    """Write down who changed the units, and say what changed."""
    from b2shift.cli.loop import write_down
    from b2shift.identify.api import changed_units, units_of

    changes = changed_units(before, units_of(home))
    write_down(home, by, "units_changed", "units", version.number, what=what, changes=list(changes))
    if as_json:
        screen.tell_json(version)
        return
    for line in changes or ("Nada mudou.",):
        screen.tell(line)
    for line in _unbought(home, units_of(home)):
        screen.tell(line)
    screen.tell(_NEXT_RUN)


def _unbought(home: Path, units: Units) -> Iterator[str]:
    """Families that no customer has now, with those near by: perhaps they are written otherwise."""
    from b2shift.identify.api import customers_of_families
    from b2shift.lake.api import current_version, open_lake

    if current_version(home) is None:
        return
    bought = customers_of_families(open_lake(home))
    for family in units.unit_of_family:
        if family not in bought:
            yield f"Nenhum cliente tem hoje a família {family}. {near_names(family, bought)}".rstrip()


def _served(home: Path, units: Units) -> dict[str, int]:
    from b2shift.identify.api import customers_served
    from b2shift.lake.api import current_version, open_lake

    return {} if current_version(home) is None else customers_served(open_lake(home), units)
