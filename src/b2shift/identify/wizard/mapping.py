"""Schema matching: assign the columns of a file to those of a canonical table, by header and by values, one to one."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from b2shift.identify.wizard.column_summary import ColumnSummary, compatibility, summarise
from b2shift.identify.wizard.header_names import (
    QualifiedHeader,
    canonical_schema,
    name_similarity,
    names_a_day,
    split_header,
    tables_in_title,
    without_group,
    without_shared_prefix,
)
from b2shift.identify.wizard.keys import key_confidences, unique_columns
from b2shift.identify.wizard.sample import Sample

CONFIDENCE_THRESHOLD = 0.7
"""below, a match is left out and proposed as a doubt"""
_DOUBT_THRESHOLD = 0.45
_FALLBACK_WEIGHT = 0.9
_AMBIGUITY_MARGIN = 0.05
"""two columns that match one canonical column within this confidence are a doubt"""


class Evidence(NamedTuple):
    """What speaks for a match, and what makes it a doubt."""

    seen: str
    """what the values look like, or who says so; pt-BR"""
    named: str = ""
    """the header that says so too"""
    rival: str = ""
    """another header that fits as well"""
    weak: bool = False

    def described(self, translate: Callable[[str], str] = str) -> str:
        """In words, pt-BR unless translated."""
        parts = [translate("nome %r") % self.named] if self.named else []
        parts.append(translate(self.seen))
        parts += [translate("também serve %r") % self.rival] if self.rival else []
        parts += [translate("confiança baixa")] if self.weak else []
        return "; ".join(parts)


class ColumnMatch(NamedTuple):
    """A column of the file, the canonical column it matches, with confidence and evidence."""

    position: int
    header: str
    to: str
    confidence: float
    evidence: Evidence


class TableMapping(NamedTuple):
    """The proposed match of a file to one table."""

    table: str
    mapped: list[ColumnMatch]
    doubts: list[ColumnMatch]
    score: float
    summaries: list[ColumnSummary]
    unique: frozenset[int]
    customer_confidence: dict[int, float]
    """position → confidence of its header as the customer's key, whatever else the column matches"""


def map_sample(sample: Sample, table: str = "") -> TableMapping:
    """The best mapping over all canonical tables, or the one to `table` where a person chose it."""
    summaries = [
        summarise(sample.values(position), dated=names_a_day(header)) for position, header in enumerate(sample.header)
    ]
    unique = unique_columns(sample)
    proposals = [
        _map_to(sample, summaries, unique, one) for one in canonical_schema()["tables"] if not table or one == table
    ]
    return max(proposals, key=lambda proposal: proposal.score)


def _map_to(sample: Sample, summaries: list[ColumnSummary], unique: frozenset[int], table: str) -> TableMapping:
    columns = canonical_schema()["tables"][table]["columns"]
    names = list(columns)
    scores = np.zeros((len(sample.header), len(names)))
    headers = without_shared_prefix(sample.header)
    qualified = [without_group(split_header(h)) if sample.grouped else split_header(h) for h in headers]
    for i, header in enumerate(headers):
        for j, name in enumerate(names):
            by_name = _name_confidence(header, qualified[i], columns[name]["names"], table)
            by_fallback = _FALLBACK_WEIGHT * _name_confidence(
                header, qualified[i], columns[name].get("fallback_names", []), table
            )
            scores[i, j] = _confidence(max(by_name, by_fallback), summaries[i], columns[name]["kinds"])
    key = canonical_schema()["tables"][table]["key"]
    not_by_name: set[int] = set()
    if key in names and key != "customer_id":
        from_header = list(scores[:, names.index(key)])
        scores[:, names.index(key)] = key_confidences(sample, summaries, unique, from_header)
        not_by_name = {position for position, one in enumerate(from_header) if scores[position, names.index(key)] > one}
    position = names.index("customer_id")
    customer_confidence = {
        i: float(scores[i, position]) for i in range(len(scores)) if scores[i, position] >= _DOUBT_THRESHOLD
    }
    from scipy.optimize import linear_sum_assignment  # on first use: it takes longer than most commands

    scores[scores < _DOUBT_THRESHOLD] = 0
    # Squared, so that one sure match goes before two doubtful ones.
    assignment = zip(*linear_sum_assignment(-(scores**2)), strict=True)
    mapped, doubts = [], []
    for i, j in assignment:
        score = float(scores[i, j])
        interchangeable = names[j] == key or columns[names[j]].get("interchangeable")
        rivals = [k for k in range(len(sample.header)) if k != i and score - scores[k, j] < _AMBIGUITY_MARGIN]
        rivals = [k for k in rivals if not (_matches_another_better(k, scores, j) or interchangeable)]
        evidence = Evidence(summaries[i].description, named=sample.header[i])
        match = ColumnMatch(int(i), sample.header[i], names[j], round(score, 2), evidence)
        if score >= CONFIDENCE_THRESHOLD and not rivals:
            mapped.append(match)
        elif score >= _DOUBT_THRESHOLD:
            rival = sample.header[rivals[0]] if rivals else ""
            doubts.append(match._replace(evidence=evidence._replace(rival=rival, weak=not rivals)))
    named = [one for one in mapped if not (one.to == key and one.position in not_by_name)]
    return TableMapping(
        table, mapped, doubts, _table_score(sample, table, named, qualified), summaries, unique, customer_confidence
    )


def _name_confidence(header: str, qualified: QualifiedHeader, known_names: list[str], table: str) -> float:
    """Similarity of a header to the names; one qualified by another table matches only as a whole."""
    own = qualified.table in (None, table)
    return max(
        name_similarity(header, known_names, table), name_similarity(qualified.name, known_names, table) if own else 0.0
    )


def _matches_another_better(position: int, scores: np.ndarray, column: int) -> bool:
    """Whether a column matches another canonical column at least as well, hence is no rival for this one."""
    others = np.delete(scores[position], column)
    return bool(others.max(initial=0) >= scores[position, column])


def _confidence(by_name: float, summary: ColumnSummary, kinds: list[str]) -> float:
    """Similarity of the name times compatibility of the values; a CNPJ or an e-mail is known by its values alone."""
    by_values = compatibility(summary, kinds)
    if by_values == 0:
        return 0.0
    if summary.kind in ("cnpj", "email") and summary.kind in kinds:
        return max(by_name, 0.85)
    return by_name * (0.4 + 0.6 * by_values)


def _table_score(sample: Sample, table: str, named: list[ColumnMatch], qualified: list[QualifiedHeader]) -> float:
    """Evidence for a table: confident matches, distinctive columns, objects named in headers, file and sheet."""
    owners = [one.table for one in qualified if one.table]
    objects = owners.count(table) / len(owners) if owners else 0
    first_named = 2.0 if owners and owners[0] == table else 0.0
    in_title = 2.0 if table in tables_in_title(f"{sample.sheet} {sample.file.rsplit('.', 1)[0]}") else 0.0
    schema = canonical_schema()["tables"][table]
    distinctive = sum(1.0 for one in named if one.to in schema["distinctive"])
    in_headers = sum(
        bool(set(header.lower().replace("_", " ").split()) & set(schema["objects"])) for header in sample.header
    )
    return (
        sum(one.confidence for one in named)
        + distinctive
        + in_title
        + first_named
        + 2 * objects
        + 0.5 * min(in_headers, 4)
    )
