"""Column-level lineage: upstream to files and headers, downstream to features and metrics."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from functools import cached_property
from pathlib import Path

from b2shift.identify.catalogue.contracts import Lineage, LineageNode
from b2shift.identify.catalogue.source_fields import SourceField, source_fields
from b2shift.kernel.errors import UnknownNameError
from b2shift.lake.api import ColumnRef, Lake, Trace
from b2shift.metrics.api import MAIN, Bucket, Scope, aggregate, has_data, load_dictionary, measures

METRIC, FILE = "metric", "file"
MEMBERS = "customers"
"""every metric joins the customers in its scope; that alone is no lineage"""
_MOST_NODES = 120
_ANY_MONTH = [Bucket(MAIN, date(2026, 1, 1), date(2026, 1, 31), date(2026, 1, 1))]
Steps = dict[str, frozenset[str]]


class Lineages:
    """The lineage of one version of a home; what was parsed once is cached."""

    def __init__(self, lake: Lake, home: Path) -> None:
        self.trace = Trace(lake)
        self.source_fields: dict[str, dict[str, tuple[SourceField, ...]]] = source_fields(home)

    def around(self, start: str, *, back: bool = True, on: bool = True) -> Lineage:
        """The lineage of `table.column`, `table` or `metric:name`; UnknownNameError suggests similar names."""
        self._known(start)
        forward: set[tuple[str, str]] = set()
        refs, left_out = {start}, 0
        for enabled, step in ((back, self.before), (on, self.after)):
            if enabled:
                seen, edges, more = _walk(start, step)
                refs, left_out = refs | seen, left_out + more
                forward |= {(two, one) if step == self.before else (one, two) for one, two in edges}
        depths = _depths(start, forward)
        nodes = tuple(self._node(one, depths[one]) for one in sorted(refs, key=lambda one: (depths[one], one)))
        return Lineage(start=start, nodes=nodes, edges=tuple(sorted(forward)), left_out=left_out)

    def downstream_of(self, table: str) -> tuple[list[str], list[str]]:
        """All tables downstream of a table, by name, and all metrics, by label."""
        queue, metrics = [table], set()
        for one in queue:
            for node in self.after(one):
                if node.startswith(f"{METRIC}:"):
                    metrics.add(load_dictionary().metrics[node.partition(":")[2]].label)
                elif _ref(node).table not in queue:
                    queue.append(_ref(node).table)
        return sorted(queue[1:]), sorted(metrics)

    def before(self, node: str) -> frozenset[str]:
        """The nodes directly upstream of a node."""
        if node.startswith(f"{FILE}:"):
            return frozenset()
        if node.startswith(f"{METRIC}:"):
            return self.metrics.get(node, frozenset())
        ref = _ref(node)
        feeds = self.source_fields.get(ref.table, {}).get(ref.column, ())
        if feeds:
            return frozenset(f"{FILE}:{one.files}{':' + one.header if one.header else ''}" for one in feeds)
        return frozenset(map(_id, self.trace.origins(ref) - {ref}))

    def after(self, node: str) -> frozenset[str]:
        """The nodes directly downstream of a node; a reader of a whole table reads each of its columns."""
        if node.startswith((f"{FILE}:", f"{METRIC}:")):
            return frozenset()
        ref = _ref(node)
        users = self.trace.used_by.get(ref, frozenset()) | self.trace.used_by.get(ColumnRef(ref.table), frozenset())
        if not ref.column:
            users |= {user for one, found in self.trace.used_by.items() if one.table == ref.table for user in found}
        return frozenset(_id(user) for user in users if user.table != ref.table) | self._measured(ref)

    @cached_property
    def metrics(self) -> Steps:
        """Metric → the columns it is computed from; for one that counts rows its tables."""
        found = {}
        for name in load_dictionary().metrics:
            if not has_data(name) or "source" not in measures()["measures"].get(name, {}):
                continue
            sql = aggregate(name, _ANY_MONTH, (), (), Scope(), filtered=_ANY_MONTH).sql
            trace = self.trace.statement(sql)
            counted = trace.tables - {ColumnRef(MEMBERS)} or trace.tables
            refs = trace.origins("value") or counted
            found[f"{METRIC}:{name}"] = frozenset(_id(one) for one in refs if self.trace.lake.has(one.table))
        return found

    @cached_property
    def _users(self) -> Steps:
        found: dict[str, set[str]] = defaultdict(set)
        for metric, refs in self.metrics.items():
            for ref in refs:
                found[ref].add(metric)
        return {ref: frozenset(metrics) for ref, metrics in found.items()}

    def _measured(self, ref: ColumnRef) -> frozenset[str]:
        """The metrics of a column, or of all columns of a table."""
        if ref.column:
            return self._users.get(_id(ref), frozenset())
        own = (users for one, users in self._users.items() if _ref(one).table == ref.table)
        return frozenset().union(*own)

    def _known(self, start: str) -> None:
        if start.startswith(f"{METRIC}:"):
            names = load_dictionary().metrics
            if start.partition(":")[2] not in names:
                raise UnknownNameError("métrica", start.partition(":")[2], names)
            return
        ref = _ref(start)
        self.trace.lake.info(ref.table)
        if ref.column and ref.column not in self.trace.schemas[ref.table]:
            raise UnknownNameError("coluna", ref.column, self.trace.schemas[ref.table])

    def _node(self, node: str, depth: int) -> LineageNode:
        kind, _, rest = node.partition(":")
        if kind == METRIC and rest:
            label = load_dictionary().metrics[rest].label
            return LineageNode(id=node, kind=METRIC, holder=label, name=rest, depth=depth)
        if kind == FILE and rest:
            files, _, header = rest.partition(":")
            return LineageNode(id=node, kind=FILE, holder=files, name=header, depth=depth)
        ref = _ref(node)
        kind = "column" if ref.column else "table"
        return LineageNode(id=node, kind=kind, holder=ref.table, name=ref.column, depth=depth)


def _ref(node: str) -> ColumnRef:
    table, _, column = node.partition(".")
    return ColumnRef(table, column)


def _id(ref: ColumnRef) -> str:
    return f"{ref.table}.{ref.column}" if ref.column else ref.table


def _walk(start: str, step: Callable[[str], Iterable[str]]) -> tuple[set[str], set[tuple[str, str]], int]:
    """Breadth-first search up to a number of nodes: nodes, edges between them, number of nodes left out."""
    seen, edges, queue, left_out = {start}, set(), [start], set()
    for node in queue:
        for other in sorted(step(node)):
            if other not in seen and len(seen) >= _MOST_NODES:
                left_out.add(other)
                continue
            edges.add((node, other))
            if other not in seen:
                seen.add(other)
                queue.append(other)
    return seen, edges, len(left_out)


def _depths(start: str, edges: set[tuple[str, str]]) -> dict[str, int]:
    """Longest path from the start to each node, negative upstream; cycles are cut where they close."""
    depths = {start: 0}
    for sign, source, target in ((-1, 1, 0), (1, 0, 1)):
        following = defaultdict(list)
        for edge in sorted(edges):
            following[edge[source]].append(edge[target])
        own = _longest(start, following)
        depths = {ref: sign * depth for ref, depth in own.items() if ref != start} | depths
    return depths


def _longest(start: str, following: dict[str, list[str]]) -> dict[str, int]:
    order, on_path = [], set()

    def visit(ref: str) -> None:
        on_path.add(ref)
        for other in following.get(ref, ()):
            if other not in on_path:
                visit(other)
        order.append(ref)

    visit(start)
    found, rank = {start: 0}, {ref: n for n, ref in enumerate(reversed(order))}
    for ref in reversed(order):
        for other in following.get(ref, ()):
            if rank[other] > rank[ref]:
                found[other] = max(found.get(other, 0), found[ref] + 1)
    return found
