"""The catalogue of a version: owners by what tables go back to, lineage both ways, Markdown, OpenLineage."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlparse
from uuid import UUID

import pytest

from b2shift.cli.table_declarations import declared_tables
from b2shift.identify.api import (
    CatalogueTable,
    Lineages,
    catalogue,
    catalogue_markdown,
    openlineage_events,
    search_catalogue,
)
from b2shift.kernel.errors import UnknownNameError
from b2shift.lake.api import open_lake

SPECS = tuple(spec for _, spec in declared_tables())


@pytest.fixture(scope="module")
def lineages(demo_home: Path) -> Lineages:
    return Lineages(open_lake(demo_home), demo_home)


@pytest.fixture(scope="module")
def tables(demo_home: Path) -> dict[str, CatalogueTable]:
    return {table.name: table for table in catalogue(SPECS, demo_home, open_lake(demo_home))}


def test_a_delivered_table_has_the_owner_of_its_source(tables: dict[str, CatalogueTable]) -> None:
    told = tables["revenue_monthly"]
    assert (told.computed, told.sources, told.files) == (False, ("receita_mensal",), ("receita_mensal.csv",))
    assert told.owners
    assert told.rows
    assert told.accepted is not None
    assert 0.9 < told.accepted <= 1


def test_a_computed_table_answers_to_who_owns_what_it_is_made_from(tables: dict[str, CatalogueTable]) -> None:
    told = tables["customers"]
    assert told.computed
    assert {"empresas", "dados_clientes", "receita_mensal"} <= set(told.sources)
    assert set(tables["revenue_monthly"].owners) <= set(told.owners)
    assert tables["contacts"].personal == "personal"
    assert tables["revenue_monthly"].personal == "none"


def test_without_a_version_only_what_is_declared_is_reported(tmp_path: Path) -> None:
    told = {table.name: table for table in catalogue(SPECS, tmp_path, None)}
    assert set(told) == {spec.name for spec in SPECS}
    assert told["revenue_monthly"].rows is None
    assert told["revenue_monthly"].owners


def test_words_are_looked_for_without_accents_and_names_come_first(tables: dict[str, CatalogueTable]) -> None:
    found = search_catalogue(tuple(tables.values()), "CÓNTACTS")
    assert found[0].name == "contacts"
    assert search_catalogue(tuple(tables.values()), "zzzz") == ()


@pytest.mark.parametrize("words", ["razao SOCIAL como e mostrada", "registered name as displayed"])
def test_meanings_are_looked_for_in_either_language(tables: dict[str, CatalogueTable], words: str) -> None:
    assert [table.name for table in search_catalogue(tuple(tables.values()), words)] == ["customers"]


def test_a_metric_goes_back_to_file_and_column(lineages: Lineages) -> None:
    told = lineages.around("metric:mrr")
    assert set(told.edges) > {
        ("recurring_revenue.mrr", "metric:mrr"),
        ("revenue_monthly.mrr", "recurring_revenue.mrr"),
        ("invoices.amount", "recurring_revenue.mrr"),
        ("file:receita_mensal.csv:mrr", "revenue_monthly.mrr"),
    }
    assert {node.id: node.depth for node in told.nodes}["file:receita_mensal.csv:mrr"] == -3


def test_a_column_goes_on_to_features_and_metrics(lineages: Lineages) -> None:
    told = lineages.around("revenue_monthly.mrr", back=False)
    reached = {node.id for node in told.nodes}
    assert {"customers.mrr", "features.mrr", "metric:nrr", "revenue_bridge.end_mrr"} <= reached
    depths = {node.id: node.depth for node in told.nodes}
    assert all(depths[one] < depths[two] for one, two in told.edges)


@pytest.mark.parametrize("start", ["nada", "customers.nada", "metric:nada"])
def test_what_does_not_exist_is_reported_with_the_near_names(lineages: Lineages, start: str) -> None:
    with pytest.raises(UnknownNameError):
        lineages.around(start)


def test_markdown_tells_every_table_and_column(tables: dict[str, CatalogueTable]) -> None:
    told = catalogue_markdown(tuple(tables.values()))
    for table in tables.values():
        assert f"\n## {table.name}\n" in told
    assert "| email | VARCHAR | pessoal | e-mail |" in told
    assert "- [invoices](#invoices): Faturas (faturas)." in told
    assert "uma linha é uma fatura; dono: Financeiro; frequência: mensal, inteira; fontes: faturas" in told
    assert "| due_on | DATE |  | vencimento |" in told


# ---- the shape that OpenLineage 2-0-2 documents (spec/OpenLineage.json and the facets named)


def facets_of(event: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield from event["job"]["facets"].items()
    for dataset in (*event["inputs"], *event["outputs"]):
        yield from dataset["facets"].items()
        yield from dataset.get("outputFacets", {}).items()


REQUIRED = {
    "schema": {"fields": list},
    "documentation": {"description": str},
    "ownership": {"owners": list},
    "columnLineage": {"fields": dict},
    "version": {"datasetVersion": str},
    "tags": {"tags": list},
    "outputStatistics": {"rowCount": int, "size": int},
    "jobType": {"processingType": str, "integration": str, "jobType": str},
}


@pytest.fixture(scope="module")
def events(lineages: Lineages, tables: dict[str, CatalogueTable]) -> list[dict[str, Any]]:
    found = list(openlineage_events(lineages, tuple(tables.values())))
    assert found == list(openlineage_events(lineages, tuple(tables.values())))
    return [json.loads(json.dumps(event)) for event in found]


def test_events_have_the_documented_shape(events: list[dict[str, Any]]) -> None:
    for event in events:
        assert {"eventTime", "producer", "schemaURL", "run", "job"} <= set(event)
        assert event["eventType"] in {"START", "RUNNING", "COMPLETE", "ABORT", "FAIL", "OTHER"}
        assert datetime.fromisoformat(event["eventTime"]).tzinfo is not None
        UUID(event["run"]["runId"])
        for address in (event["producer"], event["schemaURL"]):
            assert urlparse(address).scheme == "https"
        for dataset in (event["job"], *event["inputs"], *event["outputs"]):
            assert dataset["namespace"]
            assert dataset["name"]
        for name, facet in facets_of(event):
            assert facet["_producer"] == event["producer"]
            assert facet["_schemaURL"].startswith("https://openlineage.io/spec/facets/")
            for field, kind in REQUIRED[name].items():
                assert isinstance(facet[field], kind), (name, field)


def test_events_keep_the_declared_english(events: list[dict[str, Any]]) -> None:
    facets = next(one["facets"] for event in events for one in event["outputs"] if one["name"] == "invoices")
    assert facets["documentation"]["description"] == "Invoices (faturas)."
    assert "due date" in {field["description"] for field in facets["schema"]["fields"]}


def test_each_run_starts_and_completes_once(events: list[dict[str, Any]]) -> None:
    states: dict[str, list[str]] = {}
    for event in events:
        states.setdefault(event["run"]["runId"], []).append(event["eventType"])
    assert set(map(tuple, states.values())) == {("START", "COMPLETE")}


def test_columns_go_back_to_columns_and_personal_ones_are_tagged(events: list[dict[str, Any]]) -> None:
    outputs = {one["name"]: one for event in events for one in event["outputs"]}
    fields = outputs["customers"]["facets"]["columnLineage"]["fields"]
    assert {"namespace": "b2shift", "name": "recurring_revenue", "field": "mrr"} in fields["mrr"]["inputFields"]
    fields = outputs["recurring_revenue"]["facets"]["columnLineage"]["fields"]
    assert {"namespace": "b2shift", "name": "revenue_monthly", "field": "mrr"} in fields["mrr"]["inputFields"]
    fields = outputs["revenue_monthly"]["facets"]["columnLineage"]["fields"]
    assert fields["mrr"]["inputFields"] == [{"namespace": "file", "name": "receita_mensal.csv", "field": "mrr"}]
    fields = outputs["nrr"]["facets"]["columnLineage"]["fields"]
    assert fields["value"]["inputFields"] == [{"namespace": "b2shift", "name": "recurring_revenue", "field": "mrr"}]
    tags = outputs["contacts"]["facets"]["tags"]["tags"]
    assert {"key": "personal_data", "value": "personal", "source": "CATALOGUE", "field": "email"} in tags
