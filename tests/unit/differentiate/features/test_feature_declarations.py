"""features.yaml is complete, and a wrong declaration is refused with the feature at fault."""

import pytest

from b2shift.differentiate.api import feature_declarations
from b2shift.differentiate.features.declarations import DERIVED, declarations, parse
from b2shift.kernel.errors import InputError, SchemaError, UnknownNameError

RIGHT = """
blocks:
  known: {source: customers}
  tickets: {source: tickets, rows: SELECT * FROM tickets}
families: [{key: suporte, label: Suporte}]
features:
  - {name: opened, label: Abertos, meaning: Tickets., block: tickets, family: suporte, format: integer, value: count(*)}
"""


def test_every_published_feature_has_a_description() -> None:
    told = feature_declarations()
    assert len(told) > 80
    assert len({one.name for one in told}) == len({one.label for one in told}) == len(told)
    assert all(one.label and one.meaning and one.source for one in told)
    assert not [one.name for one in told if one.name.startswith("_")]
    assert {one.family for one in told} == {
        "cadastro", "contrato", "receita", "uso", "financeiro", "suporte", "nps", "comercial", "campanhas", "pedidos",
    }  # fmt: skip


def test_every_block_is_used_and_reads_up_to_the_date() -> None:
    told = declarations()
    assert not [name for name in told.blocks if not told.of_block(name)]
    lasting = {f.block for f in told.features if not f.snapshot} - {"known", "derived", "situation"}
    for name in lasting:
        rows = told.blocks[name].rows
        assert "$as_of" in rows or "_month" in rows, name


def test_one_entry_may_declare_many() -> None:
    each = RIGHT.replace("name: opened", 'name: "of_{key}"').replace("label: Abertos", 'label: "De {key}"')
    each = each.replace("value: count(*)}", "value: \"count(*) FILTER (type = '{key}')\", each: [{key: a}, {key: b}]}")
    assert [(f.name, f.label, f.value) for f in parse(each).features] == [
        ("of_a", "De a", "count(*) FILTER (type = 'a')"),
        ("of_b", "De b", "count(*) FILTER (type = 'b')"),
    ]


@pytest.mark.parametrize(
    ("right", "wrong", "kind", "told"),
    [
        ("block: tickets", "block: tikets", UnknownNameError, "Quis dizer tickets"),
        ("format: integer", "format: integr", UnknownNameError, "Quis dizer integer"),
        ("family: suporte", "family: support", UnknownNameError, "Quis dizer suporte"),
        ("label: Abertos, ", "", SchemaError, "opened"),
        ("meaning: Tickets., ", "", SchemaError, "opened"),
        ("value: count(*)", "valu: count(*)", SchemaError, "opened"),
    ],
)
def test_a_wrong_declaration_names_the_feature(right: str, wrong: str, kind: type[InputError], told: str) -> None:
    with pytest.raises(kind, match=told):
        parse(RIGHT.replace(right, wrong, 1))


def test_two_features_with_one_name_are_refused() -> None:
    line = RIGHT.strip().splitlines()[-1]
    with pytest.raises(SchemaError, match="declarado duas vezes: opened"):
        parse(f"{RIGHT}{line}\n")


def test_some_features_bring_what_they_are_derived_from_and_no_more() -> None:
    told = declarations()
    derived = next(one for one in told.features if one.block == DERIVED and one.published)
    some = told.only([derived.name])
    names = [one.name for one in some.features]
    assert derived.name in names
    assert 1 < len(names) < len(told.features)
    with pytest.raises(UnknownNameError, match="mmr"):
        told.only(["mmr"])
