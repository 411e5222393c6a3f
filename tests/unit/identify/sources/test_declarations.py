"""Sources are declared in YAML: all of the drop's, and a wrong one is refused with the near names."""

from importlib import resources
from pathlib import Path

import pytest

from b2shift.identify.sources.declaration import Reader
from b2shift.identify.sources.declarations import all_sources, built_in, load, raw_spec, tables, target_spec
from b2shift.kernel.errors import SchemaError

FILES = [
    "activities.csv",
    "clientes_desde.csv",
    "contatos.csv",
    "contratacoes_ultimos_12_meses.csv",
    "dados_clientes.csv",
    "empresas.csv",
    "events.jsonl",
    "faturas.csv",
    "historico.csv",
    "mrr.csv",
    "nps_relacional.csv",
    "nps_transacional_aquisicao.csv",
    "nps_transacional_implantacao.csv",
    "nps_transacional_onboarding.csv",
    "nps_transacional_produto.csv",
    "nps_transacional_suporte.csv",
    "opportunities.csv",
    "prospects.csv",
    "receita_mensal.csv",
    "tickets.csv",
    "users.csv",
    "uso_mensal.csv",
]


def declared(folder: Path, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "mine.yaml").write_text(text, encoding="utf-8")
    return folder


BASE = "source: mine\ndescription: d\nfiles: mine.csv\ngrain: g\nfreshness: f\nowner: o\n"


def test_every_file_of_the_drop_belongs_to_one_source() -> None:
    files = [*FILES, *(f"telemetria_{n}.csv" for n in range(1, 12))]
    assert len(files) == 33
    for file in files:
        assert len([source for source in built_in() if source.matches(file)]) == 1, file
    assert sum(source.expected for source in built_in()) == 33


def test_every_source_fills_a_declared_table_and_keeps_what_was_delivered() -> None:
    for source in built_in():
        assert target_spec(source) in list(tables())
        if source.reader is not Reader.TELEMETRY:
            names = {column.name for column in raw_spec(source).columns}
            assert {column.header for column in source.columns} <= names
        assert all((source.description, source.grain, source.freshness, source.owner))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (BASE + "columns: {K: {kind: custmer}}", "kind"),
        (BASE + "columns: {K: {kindd: customer}}", "Quis dizer kind"),
        (BASE + "target: mrr_vendor\ncolumns: {K: {to: mrr_12}}", "Quis dizer mrr_12m"),
        (BASE + "target: mrr_vendr\ncolumns: {K: {to: mrr_12m}}", "Quis dizer mrr_vendor"),
        (BASE + "key: [k]\ncolumns: {K: {to: q}}", "não tem: k"),
        (BASE + "columns: {K: {to: q}, L: {to: q}}", "o mesmo nome"),
        (BASE + "columns: [", "YAML"),
        ("source: mine", "files"),
    ],
)
def test_a_wrong_declaration_is_refused_with_the_near_names(tmp_path: Path, text: str, what: str) -> None:
    with pytest.raises(SchemaError, match=what) as refused:
        load(declared(tmp_path, text))
    assert "mine.yaml" in str(refused.value)


def test_a_home_may_replace_a_source_and_add_its_own(tmp_path: Path) -> None:
    declared(tmp_path / "sources", BASE + "columns: {K: {to: customer_id, kind: customer}, N: {to: n, kind: integer}}")
    sources = {source.source: source for source in all_sources(tmp_path)}
    assert len(sources) == len(built_in()) + 1
    assert [(c.name, c.type) for c in target_spec(sources["mine"]).columns] == [
        ("customer_id", "VARCHAR"),
        ("n", "INTEGER"),
    ]


def test_two_declarations_of_one_name_are_refused_with_both_files(tmp_path: Path) -> None:
    told = resources.files("b2shift.identify.sources").joinpath("declarations/tickets.yaml").read_text(encoding="utf-8")
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text(
            told.replace("files: tickets.csv", f"files: {name}.csv"), encoding="utf-8"
        )
    with pytest.raises(SchemaError, match="Duas declarações têm o mesmo nome") as refused:
        load(tmp_path)
    assert refused.value.value == "tickets: one.yaml e two.yaml"
