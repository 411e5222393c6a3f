"""Which column of a file fills which canonical column: by name and by content, each pair at most once."""

from typing import NamedTuple

import numpy as np

from b2shift.identify.wizard.content import Content, fit, look
from b2shift.identify.wizard.keys import identifying, unique_columns
from b2shift.identify.wizard.names import Said, canonical, likeness, objects_in, taken_apart, unprefixed
from b2shift.identify.wizard.sample import Sample

CONFIDENT = 0.7
"""Below, a mapping is left out and told as a doubt."""
_WORTH_TELLING = 0.45
_LESSER = 0.9
_MARGIN = 0.05
"""Two columns that fit one place this equally well are a doubt, whichever comes first."""


class Mapped(NamedTuple):
    """A column of the file, where it goes, how sure that is and why."""

    place: int
    header: str
    to: str
    confidence: float
    evidence: str


class Mapping(NamedTuple):
    """One table's proposal for a file: what is mapped, and what is in doubt or another object's."""

    table: str
    mapped: list[Mapped]
    doubts: list[Mapped]
    weight: float
    contents: list[Content]
    unique: frozenset[int]
    named_customer: dict[int, float]
    """how well the name of each column is that of a customer's key, whatever else the column fills"""


def map_sample(sample: Sample, table: str = "") -> Mapping:
    """The table the file tells most of, by its headers, its name and its sheet, and the mapping to that table; `table`
    says which it is when a person knows."""
    contents = [look(sample.values(place)) for place in range(len(sample.header))]
    unique = unique_columns(sample)
    proposals = [_map(sample, contents, unique, one) for one in canonical()["tables"] if not table or one == table]
    return max(proposals, key=lambda proposal: proposal.weight)


def _map(sample: Sample, contents: list[Content], unique: frozenset[int], table: str) -> Mapping:
    columns = canonical()["tables"][table]["columns"]
    names = list(columns)
    scores = np.zeros((len(sample.header), len(names)))
    headers = unprefixed(sample.header)
    said = [taken_apart(header) for header in headers]
    for i, header in enumerate(headers):
        for j, name in enumerate(names):
            called = _called(header, said[i], columns[name]["names"], table)
            lesser = _LESSER * _called(header, said[i], columns[name].get("lesser", []), table)
            scores[i, j] = _confidence(max(called, lesser), contents[i], columns[name]["kinds"])
    key = canonical()["tables"][table]["key"]
    unnamed: set[int] = set()
    if key in names and key != "customer_id":
        by_name = list(scores[:, names.index(key)])
        scores[:, names.index(key)] = identifying(sample, contents, unique, by_name)
        unnamed = {place for place, one in enumerate(by_name) if scores[place, names.index(key)] > one}
    place = names.index("customer_id")
    customers = {i: float(scores[i, place]) for i in range(len(scores)) if scores[i, place] >= _WORTH_TELLING}
    from scipy.optimize import linear_sum_assignment  # on first use: it takes longer than most commands

    scores[scores < _WORTH_TELLING] = 0
    chosen = zip(*linear_sum_assignment(-(scores**2)), strict=True)  # squared: one sure pair before two doubtful ones
    mapped, doubts = [], []
    for i, j in chosen:
        score = float(scores[i, j])
        any_serves = names[j] == key or columns[names[j]].get("either")
        rivals = [k for k in range(len(sample.header)) if k != i and score - scores[k, j] < _MARGIN]
        rivals = [k for k in rivals if not (_used(k, scores, j) or any_serves)]
        evidence = f"nome {sample.header[i]!r}; {contents[i].told}"
        told = Mapped(int(i), sample.header[i], names[j], round(score, 2), evidence)
        if score >= CONFIDENT and not rivals:
            mapped.append(told)
        elif score >= _WORTH_TELLING:
            why = f"; também serve {sample.header[rivals[0]]!r}" if rivals else "; confiança baixa"
            doubts.append(told._replace(evidence=evidence + why))
    named = [one for one in mapped if not (one.to == key and one.place in unnamed)]
    return Mapping(table, mapped, doubts, _weight(sample, table, named, said), contents, unique, customers)


def _called(header: str, said: Said, wanted: list[str], table: str) -> float:
    """How like the names a header is; one that says whose column it is speaks for no other table."""
    own = said.table in (None, table)
    return max(likeness(header, wanted, table), likeness(said.name, wanted, table) if own else 0.0)


def _used(place: int, scores: np.ndarray, taken: int) -> bool:
    """Whether a column fits another place better, hence is no rival here."""
    others = np.delete(scores[place], taken)
    return bool(others.max(initial=0) >= scores[place, taken])


def _confidence(called: float, content: Content, kinds: list[str]) -> float:
    """Name times content: neither alone is enough, but kinds that speak for themselves carry a name half known."""
    fits = fit(content, kinds)
    if fits == 0:
        return 0.0
    if content.kind in ("cnpj", "email") and content.kind in kinds:
        return max(called, 0.85)
    return called * (0.4 + 0.6 * fits)


def _weight(sample: Sample, table: str, named: list[Mapped], said: list[Said]) -> float:
    """How much of the file speaks of this table: columns sure by their names, objects named in headers, file, sheet."""
    owners = [one.table for one in said if one.table]
    objects = owners.count(table) / len(owners) if owners else 0
    first = 2.0 if owners and owners[0] == table else 0.0
    titled = 2.0 if table in objects_in(f"{sample.sheet} {sample.file.rsplit('.', 1)[0]}") else 0.0
    told = canonical()["tables"][table]
    telling = sum(1.0 for one in named if one.to in told["distinctive"])
    headed = sum(bool(set(header.lower().replace("_", " ").split()) & set(told["objects"])) for header in sample.header)
    return sum(one.confidence for one in named) + telling + titled + first + 2 * objects + 0.5 * min(headed, 4)
