"""A version of the lake as OpenLineage events (openlineage.io, specification 2-0-2): one run per table and metric."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from b2shift.identify.catalogue.contracts import CatalogueTable
from b2shift.identify.catalogue.lineage import FILE, METRIC, Lineages
from b2shift.lake.contracts import Manifest

NAMESPACE = "b2shift"
PRODUCER = "https://b2shift.example/catalogue"
_SPEC = "https://openlineage.io/spec"
_EVENT = f"{_SPEC}/2-0-2/OpenLineage.json#/$defs/RunEvent"
# Facet → version and name of its schema.
_FACETS = {
    "schema": "1-2-0/SchemaDatasetFacet",
    "documentation": "1-1-0/DocumentationDatasetFacet",
    "ownership": "1-0-1/OwnershipDatasetFacet",
    "columnLineage": "1-2-0/ColumnLineageDatasetFacet",
    "version": "1-0-1/DatasetVersionDatasetFacet",
    "tags": "1-0-0/TagsDatasetFacet",
    "outputStatistics": "1-0-2/OutputStatisticsOutputDatasetFacet",
    "jobType": "2-0-4/JobTypeJobFacet",
}
Json = dict[str, Any]


def events(lineages: Lineages, tables: Iterable[CatalogueTable]) -> Iterator[Json]:
    """START and COMPLETE of the run of each table of the version, then of each metric; deterministic per version.

    Personal columns have the tag `personal_data`.
    """
    known = {table.name: table for table in tables}
    lake = lineages.trace.lake
    for name in lake.manifest.tables:
        nodes = [f"{name}.{column}" for column in lineages.trace.schemas[name]]
        yield from _run(lineages, known, f"table.{name}", name, nodes, lake.manifest)
    for metric in lineages.metrics:
        yield from _run(lineages, known, metric.replace(":", "."), metric, [metric], lake.manifest)


def _run(
    lineages: Lineages,
    known: dict[str, CatalogueTable],
    job: str,
    dataset_name: str,
    nodes: list[str],
    manifest: Manifest,
) -> Iterator[Json]:
    """The two events of one run: `dataset_name` is the dataset written, `nodes` its columns as nodes of the lineage."""
    origins = {part: lineages.before(part) for part in nodes}
    read = sorted({_dataset(one) for found in origins.values() for one in found} | {
        _dataset(one) for one in lineages.before(dataset_name)})  # fmt: skip
    ended = manifest.written_at.astimezone(UTC)
    seconds = sum(stage.seconds for stage in manifest.stages.values() if dataset_name in stage.outputs)
    run = str(uuid5(NAMESPACE_URL, f"{PRODUCER}/{manifest.version}/{job}/{ended.isoformat()}"))
    output = _with_facets(_dataset(dataset_name), known, manifest)
    output["facets"]["columnLineage"] = _facet("columnLineage", fields=_fields(origins))
    if dataset_name in manifest.tables:
        table = manifest.tables[dataset_name]
        output["outputFacets"] = {"outputStatistics": _facet("outputStatistics", rowCount=table.rows, size=table.bytes)}
    kind = _facet("jobType", processingType="BATCH", integration="B2SHIFT", jobType=job.partition(".")[0].upper())
    inputs = [_with_facets(one, known, manifest) for one in read]
    for state, at in (("START", ended - timedelta(seconds=seconds)), ("COMPLETE", ended)):
        yield {
            "eventType": state,
            "eventTime": _moment(at),
            "producer": PRODUCER,
            "schemaURL": _EVENT,
            "run": {"runId": run, "facets": {}},
            "job": {"namespace": NAMESPACE, "name": job, "facets": {"jobType": kind}},
            "inputs": inputs,
            "outputs": [output],
        }


def _with_facets(dataset: tuple[str, str], known: dict[str, CatalogueTable], manifest: Manifest) -> Json:
    """A dataset with the facets of its catalogue entry."""
    namespace, name = dataset
    table, facets = known.get(name), {}
    if table is not None and namespace == NAMESPACE:
        fields = [{"name": c.name, "type": c.type, "description": c.description} for c in table.columns]
        tags = [
            {"key": "personal_data", "value": c.personal, "source": "CATALOGUE", "field": c.name}
            for c in table.columns
            if c.personal != "none"
        ]
        facets = {
            "schema": _facet("schema", fields=fields),
            "documentation": _facet("documentation", description=table.description),
            "ownership": _facet("ownership", owners=[{"name": one, "type": "OWNER"} for one in table.owners]),
            "version": _facet("version", datasetVersion=str(manifest.version)),
        } | ({"tags": _facet("tags", tags=tags)} if tags else {})
    return {"namespace": namespace, "name": name, "facets": facets}


def _fields(origins: dict[str, frozenset[str]]) -> Json:
    """Column → the columns it is computed from; whole tables are among the inputs only."""
    fields = {}
    for part, found in origins.items():
        columns = [(*_dataset(one), _column(one)) for one in sorted(found) if _column(one)]
        fields[_column(part) or "value"] = {
            "inputFields": [{"namespace": space, "name": name, "field": field} for space, name, field in columns]
        }
    return fields


def _dataset(node: str) -> tuple[str, str]:
    """(namespace, name) of the file, table or metric of a node."""
    kind, _, rest = node.partition(":")
    if kind == FILE and rest:
        return "file", rest.partition(":")[0]
    if kind == METRIC and rest:
        return f"{NAMESPACE}.{METRIC}", rest
    return NAMESPACE, node.partition(".")[0]


def _column(node: str) -> str:
    kind, _, rest = node.partition(":")
    if rest:
        return rest.partition(":")[2] if kind == FILE else ""
    return node.partition(".")[2]


def _facet(name: str, **fields: Any) -> Json:
    schema = _FACETS[name]
    return {
        "_producer": PRODUCER,
        "_schemaURL": f"{_SPEC}/facets/{schema}.json#/$defs/{schema.partition('/')[2]}",
        **fields,
    }


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
