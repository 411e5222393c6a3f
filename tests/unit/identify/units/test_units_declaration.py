"""Units as a house declares them: what is refused and why, which are in force, and what changing them says."""

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from b2shift.identify.api import (
    changed_units,
    keep_units,
    product_units,
    put_back_units,
    read_units,
    run_units,
    units_number,
    units_of,
    units_text,
    units_versions,
)
from b2shift.identify.contracts import Unit, Units
from b2shift.identify.units.house import units_at
from b2shift.kernel.errors import InputError, StateError, UnknownNameError
from b2shift.lake.api import writing
from b2shift.lake.contracts import ColumnSpec, Layer, TableSpec

NOW = datetime(2026, 11, 29, tzinfo=UTC)
TWO = "units:\n- {key: sul, name: Sul, default: true}\n- {key: norte, name: Norte, families: [CRM, RH]}\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("units: [", "não é YAML"),
        ("", "o valor precisa ser um grupo de campos"),
        ("units: []", "a lista está vazia"),
        ("casa: a", "campo desconhecido: casa"),
        (TWO.replace("families", "familias"), "campo desconhecido: familias. Quis dizer families?"),
        (TWO.replace(", default: true", ""), "default: true; agora nenhuma"),
        (TWO.replace("name: Norte", "name: Norte, default: true"), "agora mais de uma: sul, norte"),
        (TWO.replace("key: norte", "key: sul"), "duas unidades com o mesmo código: sul"),
        (TWO.replace("name: Norte", "name: ' sul'"), "duas unidades com o mesmo nome: sul"),
        (TWO.replace("name: Sul", "name: Sul, families: [RH]"), "a mesma família em mais de um lugar: RH"),
        (TWO.replace("[CRM, RH]", "[CRM, CRM]"), "a mesma família em mais de um lugar: CRM"),
        (TWO.replace("name: Norte", f"name: {'N' * 41}"), "o texto é longo demais"),
        (TWO.replace("name: Norte", "name: ''"), "o texto é curto demais"),
        (TWO.replace("key: norte", "key: Norte-1"), "o código só pode ter"),
        (TWO.replace("key: norte", f"key: {'n' * 17}"), "O máximo de caracteres é 16"),
        (TWO.replace("name: Norte", "name: 10"), "o valor precisa ser um texto"),
    ],
)  # fmt: skip
def test_a_wrong_declaration_is_refused_with_what_is_wrong(text: str, told: str) -> None:
    with pytest.raises(InputError) as refused:
        read_units(text, "unidades.yaml")
    assert told in str(refused.value), refused.value


def test_keys_that_the_records_could_not_keep_together_are_refused() -> None:
    many = tuple(Unit(key=f"unidade_numero_{n}", name=f"U{n}", default=n == 0) for n in range(5))
    with pytest.raises(InputError, match="cabem em 80"):
        read_units(units_text(Units.model_construct(units=many)), "unidades.yaml")
    assert len(read_units(units_text(Units(units=many[:4])), "unidades.yaml").units) == 4


def test_families_say_who_serves_a_customer() -> None:
    units = read_units(TWO, "unidades.yaml")
    assert units.serving(["CRM"]) == ("norte",)
    assert units.serving(["RH", "CRM", "OUTRA"]) == ("norte", "sul")
    assert units.serving([]) == ("sul",)


def test_the_text_of_units_says_the_same_units() -> None:
    for units in (product_units(), read_units(TWO, "unidades.yaml")):
        assert read_units(units_text(units), "de novo") == units


def test_a_home_keeps_its_units_as_versions_and_goes_back(tmp_path: Path) -> None:
    assert (units_of(tmp_path), units_number(tmp_path), units_versions(tmp_path)) == (product_units(), 0, ())
    two = read_units(TWO, "unidades.yaml")
    assert keep_units(tmp_path, two, NOW).number == 1
    assert units_of(tmp_path) == two
    three = Units(units=(*two.units, Unit(key="leste", name="Leste")))
    told = keep_units(tmp_path, three, NOW)
    assert (told.number, told.changes, told.units) == (2, ("+ Leste (leste): nada",), 3)
    assert put_back_units(tmp_path, 1).in_force
    assert units_of(tmp_path) == two
    assert put_back_units(tmp_path, 0).number == 0
    assert units_of(tmp_path) == product_units()
    assert [one.number for one in units_versions(tmp_path)] == [1, 2]
    with pytest.raises(UnknownNameError):
        put_back_units(tmp_path, 7)
    assert units_number(tmp_path) == 0


def test_units_spoilt_by_hand_are_told_with_what_to_do(tmp_path: Path) -> None:
    keep_units(tmp_path, read_units(TWO, "unidades.yaml"), NOW)
    (tmp_path / "units" / "000001.yaml").write_text("units: 3")
    with pytest.raises(StateError, match="units rollback"):
        units_at(tmp_path, 1)


def test_what_changed_is_told_in_lines() -> None:
    before, two = product_units(), read_units(TWO, "unidades.yaml")
    assert len(changed_units(before, two)) == 5
    renamed = read_units(TWO.replace("name: Norte", "name: Centro").replace(", RH", ""), "unidades.yaml")
    assert changed_units(two, renamed) == ("~ Norte → Centro (norte): CRM, RH → CRM",)
    assert changed_units(two, two) == ()


@pytest.mark.parametrize(
    ("loaded", "keys"),
    [
        ((), product_units().keys),
        (("raw_dados_clientes",), product_units().keys),
        (("raw_dados_clientes", "raw_meus_contratos"), product_units().keys),
        (("raw_meus_contratos",), ("casa",)),
        (("raw_meus_contratos", "raw_tickets"), ("casa",)),
    ],
)
def test_a_house_of_its_own_sources_that_declared_nothing_has_one_unit(
    tmp_path: Path, loaded: tuple[str, ...], keys: tuple[str, ...]
) -> None:
    with writing(tmp_path) as session:
        for name in loaded:
            column = ColumnSpec(name="a", type="VARCHAR", description="a")
            spec = TableSpec(name=name, layer=Layer.RAW, grain="a", description="a", columns=(column,))
            session.write(spec, pa.table({"a": ["1"]}))
        assert run_units(session).keys == keys
        keep_units(tmp_path, read_units(TWO, "unidades.yaml"), NOW)
        assert run_units(session).keys == ("sul", "norte"), "what is declared wins"
