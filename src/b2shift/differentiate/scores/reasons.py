"""Reasons in words: the customer's value, its peers', and the contribution in points."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from b2shift.differentiate.contracts import FeatureDeclaration
from b2shift.differentiate.scores.frame import Floats, Frame, Words
from b2shift.kernel.money import format_brl, format_number, format_percent

MAX_PER_SIGN = 3
UNKNOWN = "sem dado"
MIN_PEERS = 20
_SMALL_SHARE = 0.1
_WITHOUT_CENTS = 1000
_TYPE = pa.struct(
    [
        ("score", pa.string()),
        ("feature", pa.string()),
        ("phrase", pa.string()),
        ("value", pa.string()),
        ("peers", pa.string()),
        ("points", pa.float64()),
    ]
)
_ONE = {
    "dias": "dia",
    "dias úteis": "dia útil",
    "meses": "mês",
    "anos": "ano",
    "horas": "hora",
    "vezes": "vez",
    "usuários": "usuário",
    "linhas": "linha",
    "chamados": "chamado",
    "faturas": "fatura",
    "famílias": "família",
    "módulos": "módulo",
    "aberturas": "abertura",
    "atividades": "atividade",
    "cliques": "clique",
    "contratações": "contratação",
    "negócios": "negócio",
    "pessoas": "pessoa",
    "propostas": "proposta",
    "renovações": "renovação",
    "respostas": "resposta",
}
_WORDS = {
    "ate_15m": "até 15 milhões",
    "15_50m": "15 a 50 milhões",
    "50_150m": "50 a 150 milhões",
    "acima_150m": "acima de 150 milhões",
    "sem_info": "sem informação",
}


@dataclass(frozen=True)
class ReasonRows:
    """Reasons of one score: the row of the customer and five parts each."""

    rows: npt.NDArray[np.intp]
    score: str
    feature: Words
    phrase: Words
    value: Words
    peers: Words
    points: Floats


class Phrasebook:
    """Formats features of some customers; peers are their market segment, or everyone when it has under 20.

    Features in `of_groups` are constant within a segment: their peers are everyone. A shared book `common` of the same
    customers serves the features it has.
    """

    def __init__(
        self,
        frame: Frame,
        declared: Sequence[FeatureDeclaration],
        of_groups: Collection[str] = frozenset(),
        common: "Phrasebook | None" = None,
    ) -> None:
        self._frame, self._of_groups, self._common = frame, of_groups, common
        self._peers: dict[str, Words] = {}
        self._writers: dict[str, Callable[[object], str]] = {}
        self._declared = {one.name: one for one in declared}
        segments = frame.words.get("market_segment", np.full(len(frame), None, dtype=object))
        self._groups = np.unique([segment or "" for segment in segments], return_inverse=True)[1]

    def label(self, feature: str) -> str:
        """Portuguese label."""
        return self._declared[feature].label

    def value(self, feature: str, rows: npt.NDArray[np.intp]) -> Words:
        """Formatted values of these rows."""
        if self._declared[feature].format == "category":
            return _texts_of(self._frame.words[feature][rows], _category_text)
        return _texts_of(self._frame.numbers[feature][rows], self._write(feature))

    def peers(self, feature: str, rows: npt.NDArray[np.intp]) -> Words:
        """Peers' median, share of yes, or share with the same level."""
        if self._common is not None and feature in self._common._declared:
            return self._common.peers(feature, rows)
        if feature not in self._peers:
            self._peers[feature] = self._of_everyone(feature)
        return self._peers[feature][rows]

    def _write(self, feature: str) -> Callable[[object], str]:
        if self._common is not None and feature in self._common._declared:
            return self._common._write(feature)
        if feature not in self._writers:
            self._writers[feature] = _number_writer(self._declared[feature], self._frame.numbers[feature])
        return self._writers[feature]

    def _of_everyone(self, feature: str) -> Words:
        declaration, texts = self._declared[feature], np.empty(len(self._frame), dtype=object)
        if declaration.format == "category":
            words = self._frame.words[feature]
            levels, index, counts = np.unique([w or "" for w in words], return_inverse=True, return_counts=True)
            shares = np.array(
                [f"{format_percent(count / len(words), 0)} dos clientes" for count in counts], dtype=object
            )
            return np.asarray(shares[index]) if len(levels) else texts
        values = self._frame.numbers[feature]
        write = self._write(feature)
        everyone = _typical_value(declaration, values, write)
        if feature in self._of_groups:
            return np.full(len(self._frame), everyone, dtype=object)
        for group in range(self._groups.max(initial=-1) + 1):
            members = self._groups == group
            known = np.isfinite(values[members]).sum()
            texts[members] = _typical_value(declaration, values[members], write) if known >= MIN_PEERS else everyone
        return texts


def top_reasons(
    book: Phrasebook,
    score: str,
    features: Sequence[str],
    contributions: Floats,
    rows: npt.NDArray[np.intp],
    min_points: float,
) -> ReasonRows:
    """Up to three features of each sign per row, at least `min_points` strong."""
    chosen_row, chosen_feature = [], []
    for sign in (1.0, -1.0):
        strength = sign * contributions
        order = np.argsort(-strength, axis=1, kind="stable")[:, :MAX_PER_SIGN]
        strong = np.take_along_axis(strength, order, axis=1) >= min_points
        row, index = np.nonzero(strong)
        chosen_row.append(row)
        chosen_feature.append(order[row, index])
    row, feature = np.concatenate(chosen_row), np.concatenate(chosen_feature)
    size, points = len(row), contributions[row, feature]
    phrase, value, peers = (np.empty(size, dtype=object) for _ in range(3))
    for k in np.unique(feature):
        selected, name = feature == k, features[k]
        phrase[selected] = book.label(name)
        value[selected] = book.value(name, rows[row[selected]])
        peers[selected] = book.peers(name, rows[row[selected]])
    names = np.array(features, dtype=object)[feature] if size else np.empty(0, dtype=object)
    return ReasonRows(rows[row], score, names, phrase, value, peers, np.round(points, 3))


def percentage_points(probability: Floats, contributions: Floats) -> Floats:
    """Log-odds contributions as percentage points: what the score would lose without each."""
    inside = np.clip(probability, 1e-6, 1 - 1e-6)
    without = np.log(inside / (1 - inside))[:, None] - contributions
    return 100 * (inside[:, None] - 1 / (1 + np.exp(-np.clip(without, -30, 30))))


def as_lists(reasons: Sequence[ReasonRows], customers: int) -> "pa.Array[Any]":
    """One list of reasons per customer, scores in order, strongest first."""
    rows = np.concatenate([reason_rows.rows for reason_rows in reasons]) if reasons else np.empty(0, dtype=np.intp)
    score = (
        np.concatenate([np.full(len(reason_rows.rows), k) for k, reason_rows in enumerate(reasons)])
        if reasons
        else rows
    )
    points = np.concatenate([reason_rows.points for reason_rows in reasons]) if reasons else np.empty(0)
    order = np.lexsort((-np.abs(points), score, rows))

    def column(name: str) -> "pa.Array[Any]":
        parts = [getattr(reason_rows, name) for reason_rows in reasons]
        return pa.array(np.concatenate(parts)[order] if parts else [], type=pa.string())

    names = np.array([reason_rows.score for reason_rows in reasons], dtype=object)
    structs = pa.StructArray.from_arrays(
        [
            pa.array(names[score[order]] if len(rows) else [], type=pa.string()),
            column("feature"),
            column("phrase"),
            column("value"),
            column("peers"),
            pa.array(points[order], type=pa.float64()),
        ],
        fields=list(_TYPE),
    )
    offsets = np.searchsorted(rows[order], np.arange(customers + 1))
    return pa.ListArray.from_arrays(pa.array(offsets, type=pa.int32()), structs)


def _typical_value(declared: FeatureDeclaration, values: Floats, write: Callable[[object], str]) -> str:
    known = values[np.isfinite(values)]
    if not len(known):
        return UNKNOWN
    if declared.format == "boolean":
        return f"{format_percent(float(known.mean()), 0)} sim"
    return write(float(np.median(known)))


def _texts_of(values: Words | Floats, write: Callable[[object], str]) -> Words:
    if values.dtype == object:
        return np.array([write(value) for value in values], dtype=object)
    found, index = np.unique(_rounded(values), return_inverse=True)
    return np.asarray(np.array([write(float(value)) for value in found], dtype=object)[index])


def _rounded(values: Floats) -> Floats:
    """Rounded to the displayed digits, so that few distinct values are formatted."""
    with np.errstate(invalid="ignore"):
        size = np.abs(values)
        return np.asarray(np.where(size >= _WITHOUT_CENTS, np.round(values, 0), np.round(values, 3)), dtype=np.float64)


def _category_text(value: object) -> str:
    return UNKNOWN if value is None else _WORDS.get(str(value), str(value))


def _number_writer(declared: FeatureDeclaration, values: Floats) -> Callable[[object], str]:
    signed = declared.format == "percent" and bool(np.nanmin(values, initial=0) < 0)
    whole = not np.isfinite(values).any() or bool(np.all(np.mod(values[np.isfinite(values)], 1) == 0))

    def write(value: object) -> str:
        number = float(str(value))
        if not np.isfinite(number):
            return UNKNOWN
        if declared.format == "boolean":
            return "sim" if number else "não"
        if declared.format == "money":
            return format_brl(number) if abs(number) < _WITHOUT_CENTS else f"R$ {format_number(number)}"
        if declared.format == "percent":
            decimals = 1 if 0 < abs(number) < _SMALL_SHARE and not signed else 0
            return ("+" if signed and round(100 * number) > 0 else "") + format_percent(number, decimals)
        decimals = 0 if whole or abs(number) >= 100 else 1
        return _with_unit(format_number(number, decimals), declared.unit)

    return write


def _with_unit(number: str, unit: str | None) -> str:
    if not unit or unit in ("nota", "NPS"):
        return number
    return f"{number} {_ONE.get(unit, unit) if number in ('1', '1,0', '-1') else unit}"
