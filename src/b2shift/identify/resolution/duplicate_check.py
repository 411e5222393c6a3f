"""Duplicate check at entry: existing companies that may be the one being typed, from an index held in memory."""

from collections import Counter, defaultdict
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from b2shift.identify.contracts import CompanyLink, TypedCompany
from b2shift.identify.resolution.blocking import blocking_keys
from b2shift.identify.resolution.companies import CUSTOMER, PROSPECT, Company, RawCompany, normalise_company
from b2shift.identify.resolution.comparisons import COMPARISONS, comparison_vector
from b2shift.identify.resolution.fellegi_sunter import MatchModel, probability
from b2shift.identify.resolution.links import REVIEW_THRESHOLD, explain, zone
from b2shift.identify.resolution.names import Vocabulary
from b2shift.identify.resolution.records import raw_company_table
from b2shift.identify.resolution.scoring import city_adjustments
from b2shift.lake.api import Lake

# Only so many records, those that share the most keys, are compared.
_MOST_COMPARED = 100


class _Index(NamedTuple):
    """The blocking keys, records and models of one version: about 50 bytes per key, 20 keys per company."""

    keys: NDArray[np.uint64]
    """sorted"""
    records: NDArray[np.int32]
    """the record of each key"""
    rows: pa.Table
    vocabulary: Vocabulary
    city_adjustments: dict[str, float]
    models: dict[str, MatchModel]

    def sharing(self, keys: list[int]) -> list[int]:
        """Records that share keys, the most first."""
        wanted = np.array(keys, dtype=np.uint64)
        starts, ends = (np.searchsorted(self.keys, wanted, side) for side in ("left", "right"))
        shared = Counter(int(r) for a, b in zip(starts, ends, strict=True) for r in self.records[a:b])
        return [record for record, _ in sorted(shared.items(), key=lambda item: (-item[1], item[0]))[:_MOST_COMPARED]]


# The index of the newest version served, per open lake.
_CACHE: WeakKeyDictionary[Lake, tuple[int, _Index]] = WeakKeyDictionary()


def possible_duplicates(lake: Lake, typed: TypedCompany, *, limit: int = 5) -> tuple[CompanyLink, ...]:
    """Customers and prospects that match the typed company or are in doubt, the likeliest first; one of the same CNPJ
    root is in doubt at least.

    Scores by the models of the newest run; empty for a version older than resolution. The first call on a version reads
    its index, later calls find it in memory.
    """
    if not lake.has("company_keys"):
        return ()
    index = _index(lake)
    raw = RawCompany(PROSPECT, "", typed.name, typed.cnpj, typed.domain, typed.phone, typed.city, typed.state,
                     typed.market_segment)  # fmt: skip
    company = normalise_company(raw, index.vocabulary)
    records = index.sharing(blocking_keys(company, index.vocabulary))
    blocked = [RawCompany(*row.values()) for row in index.rows.take(pa.array(records, pa.int32())).to_pylist()]
    links = [_link(company, normalise_company(record, index.vocabulary), index) for record in blocked]
    links.sort(key=lambda link: (-link.probability, -link.points, link.kind, link.id))
    return tuple(link for link in links if link.zone != "other")[:limit]


def _link(typed: Company, other: Company, index: _Index) -> CompanyLink:
    model = index.models[other.kind]
    levels = comparison_vector(typed, other, index.vocabulary)
    evidence = explain(levels, model, index.city_adjustments.get(typed.city or "", 0.0))
    points = model.prior + sum(one.points for one in evidence)
    match = float(probability(np.array([points]))[0])
    if typed.cnpj_root is not None and typed.cnpj_root == other.cnpj_root:
        match = max(match, REVIEW_THRESHOLD)  # many companies trade under another name than the registered one
    return CompanyLink(
        kind=other.kind, id=other.id, name=other.raw_name or None, probability=match, points=points, zone=zone(match),
        evidence=evidence,
    )  # fmt: skip


def _index(lake: Lake) -> _Index:
    version, cached = lake.version, _CACHE.get(lake)
    if cached is None or cached[0] != version:
        _CACHE[lake] = cached = (version, _read_index(lake))
    return cached[1]


def _read_index(lake: Lake) -> _Index:
    keys = lake.query("SELECT key, record FROM company_keys ORDER BY key, record")
    frequency: dict[str, Counter[str]] = defaultdict(Counter)
    for row in lake.query("SELECT what, value, companies FROM company_words").to_pylist():
        frequency[row["what"]][row["value"]] = row["companies"]
    return _Index(
        keys=keys.column("key").to_numpy(),
        records=keys.column("record").to_numpy(),
        rows=raw_company_table(lake),
        vocabulary=Vocabulary(frequency["word"], frequency["all"][""], frequency.get("variety")),
        city_adjustments=city_adjustments(frequency["city"]),
        models=_read_models(lake),
    )


def _read_models(lake: Lake) -> dict[str, MatchModel]:
    rows = lake.query("SELECT * FROM resolution_weights").to_pylist()
    levels = {(row["same_as_kind"], row["evidence"], row["level"]): row for row in rows}
    models = {}
    for kind in (CUSTOMER, PROSPECT):
        m, u = (
            [np.array([levels[kind, one.name, level][column] for level in one.levels]) for one in COMPARISONS]
            for column in ("among_same", "among_others")
        )
        match_share = next(row["share"] for row in rows if row["same_as_kind"] == kind)
        models[kind] = MatchModel(m, u, match_share)
    return models
