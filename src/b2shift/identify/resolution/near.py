"""Companies that may be the one somebody is typing, while it is typed."""

from collections import Counter, defaultdict
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from b2shift.identify.contracts import CompanyLink, TypedCompany
from b2shift.identify.resolution.candidates import keys_of, marks
from b2shift.identify.resolution.companies import CUSTOMER, PROSPECT, Company, Told, read_company
from b2shift.identify.resolution.evidence import EVIDENCE, compare
from b2shift.identify.resolution.links import DOUBT, explain, zone
from b2shift.identify.resolution.names import Vocabulary
from b2shift.identify.resolution.records import every_row
from b2shift.identify.resolution.scoring import city_rarity
from b2shift.identify.resolution.weights import Weights, probability
from b2shift.lake.api import Lake

# Records that share the most keys are compared.
_MOST = 100


class _Index(NamedTuple):
    """What one version knows, in memory: about 50 bytes per key, 20 keys per company."""

    keys: NDArray[np.uint64]
    records: NDArray[np.int32]
    rows: pa.Table
    vocabulary: Vocabulary
    rarity: dict[str, float]
    weights: dict[str, Weights]

    def sharing(self, keys: list[int]) -> list[int]:
        """Records that share keys, the most first."""
        wanted = np.array(keys, dtype=np.uint64)
        starts, ends = (np.searchsorted(self.keys, wanted, side) for side in ("left", "right"))
        found = Counter(int(r) for a, b in zip(starts, ends, strict=True) for r in self.records[a:b])
        return [record for record, _ in sorted(found.items(), key=lambda item: (-item[1], item[0]))[:_MOST]]


# Of every open lake the version it served last: a newer one takes its place.
_HELD: WeakKeyDictionary[Lake, tuple[int, _Index]] = WeakKeyDictionary()


def near(lake: Lake, typed: TypedCompany, *, limit: int = 5) -> tuple[CompanyLink, ...]:
    """Customers and prospects that may be the typed company, the likeliest first; nothing below the zone of doubt. One
    of the same CNPJ root is never below it.

    Weights are those the newest run learnt. A version older than resolution knows nobody. The first call on a version
    reads its keys; those that follow find them in memory.
    """
    if not lake.has("company_keys"):
        return ()
    index = _index(lake)
    asked = Told(PROSPECT, "", typed.name, typed.cnpj, typed.domain, typed.phone, typed.city, typed.state,
                 typed.market_segment)  # fmt: skip
    company = read_company(asked, index.vocabulary)
    records = index.sharing(keys_of(company, marks(company, index.vocabulary)))
    told = [Told(*row.values()) for row in index.rows.take(pa.array(records, pa.int32())).to_pylist()]
    found = [_link(company, read_company(record, index.vocabulary), index) for record in told]
    found.sort(key=lambda link: (-link.probability, -link.points, link.kind, link.id))
    return tuple(link for link in found if link.zone != "other")[:limit]


def _link(asked: Company, other: Company, index: _Index) -> CompanyLink:
    learnt = index.weights[other.kind]
    evidence = explain(compare(asked, other, index.vocabulary), learnt, index.rarity.get(asked.city or "", 0.0))
    points = learnt.prior + sum(one.points for one in evidence)
    chance = float(probability(np.array([points]))[0])
    if asked.cnpj_root is not None and asked.cnpj_root == other.cnpj_root:
        chance = max(chance, DOUBT)  # whatever the names say: many companies go by another one than they are registered
    return CompanyLink(
        kind=other.kind, id=other.id, name=other.told or None, probability=chance, points=points, zone=zone(chance),
        evidence=evidence,
    )  # fmt: skip


def _index(lake: Lake) -> _Index:
    version, held = lake.version, _HELD.get(lake)
    if held is None or held[0] != version:
        _HELD[lake] = held = (version, _read(lake))
    return held[1]


def _read(lake: Lake) -> _Index:
    keys = lake.query("SELECT key, record FROM company_keys ORDER BY key, record")
    frequent: dict[str, Counter[str]] = defaultdict(Counter)
    for row in lake.query("SELECT what, value, companies FROM company_words").to_pylist():
        frequent[row["what"]][row["value"]] = row["companies"]
    return _Index(
        keys=keys.column("key").to_numpy(),
        records=keys.column("record").to_numpy(),
        rows=every_row(lake),
        vocabulary=Vocabulary(frequent["word"], frequent["all"][""], frequent.get("variety")),
        rarity=city_rarity(frequent["city"]),
        weights=_weights(lake),
    )


def _weights(lake: Lake) -> dict[str, Weights]:
    rows = lake.query("SELECT * FROM resolution_weights").to_pylist()
    chance = {(row["same_as_kind"], row["evidence"], row["level"]): row for row in rows}
    found = {}
    for question in (CUSTOMER, PROSPECT):
        same, others = (
            [np.array([chance[question, kind.name, level][side] for level in kind.levels]) for kind in EVIDENCE]
            for side in ("among_same", "among_others")
        )
        share = next(row["share"] for row in rows if row["same_as_kind"] == question)
        found[question] = Weights(same, others, share)
    return found
