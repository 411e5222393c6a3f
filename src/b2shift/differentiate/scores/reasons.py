"""Contributions in words: what the customer has, what its peers have, how many points of the score it makes."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from b2shift.differentiate.contracts import FeatureDeclaration
from b2shift.differentiate.scores.frame import Floats, Frame, Words
from b2shift.kernel.money import format_brl, format_number, format_percent

EACH_WAY = 3
UNKNOWN = "sem dado"
FEWEST_PEERS = 20
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
class Told:
    """Reasons of one score: for each, the row of its customer and its five parts."""

    rows: npt.NDArray[np.intp]
    score: str
    feature: Words
    phrase: Words
    value: Words
    peers: Words
    points: Floats


class Phrasebook:
    """How each feature of some customers is said; peers are their market segment, everyone when it has under 20.

    The features in `of_groups` are the same for a whole segment: their peers are everyone. What `common`, a book of the
    same customers, knows of its own features is taken from there: books of several families differ in a few only.
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
        """Its name in Portuguese."""
        return self._declared[feature].label

    def value(self, feature: str, rows: npt.NDArray[np.intp]) -> Words:
        """What the customers of the rows have."""
        if self._declared[feature].format == "category":
            return _each(self._frame.words[feature][rows], _word)
        return _each(self._frame.numbers[feature][rows], self._write(feature))

    def peers(self, feature: str, rows: npt.NDArray[np.intp]) -> Words:
        """What their peers have: the median, the share that says yes, or the share with the same word."""
        if self._common is not None and feature in self._common._declared:
            return self._common.peers(feature, rows)
        if feature not in self._peers:
            self._peers[feature] = self._of_everyone(feature)
        return self._peers[feature][rows]

    def _write(self, feature: str) -> Callable[[object], str]:
        if self._common is not None and feature in self._common._declared:
            return self._common._write(feature)
        if feature not in self._writers:
            self._writers[feature] = _writer(self._declared[feature], self._frame.numbers[feature])
        return self._writers[feature]

    def _of_everyone(self, feature: str) -> Words:
        one, told = self._declared[feature], np.empty(len(self._frame), dtype=object)
        if one.format == "category":
            words = self._frame.words[feature]
            found, place, counts = np.unique([w or "" for w in words], return_inverse=True, return_counts=True)
            said = np.array([f"{format_percent(count / len(words), 0)} dos clientes" for count in counts], dtype=object)
            return np.asarray(said[place]) if len(found) else told
        values = self._frame.numbers[feature]
        write = self._write(feature)
        everyone = _middle(one, values, write)
        if feature in self._of_groups:
            return np.full(len(self._frame), everyone, dtype=object)
        for group in range(self._groups.max(initial=-1) + 1):
            members = self._groups == group
            known = np.isfinite(values[members]).sum()
            told[members] = _middle(one, values[members], write) if known >= FEWEST_PEERS else everyone
        return told


def told_reasons(
    book: Phrasebook,
    score: str,
    features: Sequence[str],
    contributions: Floats,
    rows: npt.NDArray[np.intp],
    least: float,
) -> Told:
    """Up to three features each way for each row; `contributions` in points, smaller ones than `least` are not told."""
    chosen_row, chosen_feature = [], []
    for sign in (1.0, -1.0):
        strength = sign * contributions
        order = np.argsort(-strength, axis=1, kind="stable")[:, :EACH_WAY]
        strong = np.take_along_axis(strength, order, axis=1) >= least
        at, place = np.nonzero(strong)
        chosen_row.append(at)
        chosen_feature.append(order[at, place])
    at, feature = np.concatenate(chosen_row), np.concatenate(chosen_feature)
    size, points = len(at), contributions[at, feature]
    phrase, value, peers = (np.empty(size, dtype=object) for _ in range(3))
    for k in np.unique(feature):
        mine, name = feature == k, features[k]
        phrase[mine] = book.label(name)
        value[mine] = book.value(name, rows[at[mine]])
        peers[mine] = book.peers(name, rows[at[mine]])
    names = np.array(features, dtype=object)[feature] if size else np.empty(0, dtype=object)
    return Told(rows[at], score, names, phrase, value, peers, np.round(points, 3))


def in_points(probability: Floats, contributions: Floats) -> Floats:
    """Log-odds contributions as percentage points: how much lower the score would be without each, all else equal."""
    inside = np.clip(probability, 1e-6, 1 - 1e-6)
    without = np.log(inside / (1 - inside))[:, None] - contributions
    return 100 * (inside[:, None] - 1 / (1 + np.exp(-np.clip(without, -30, 30))))


def as_lists(told: Sequence[Told], customers: int) -> "pa.Array[Any]":
    """One list of reasons per customer, scores in the order given, the strongest first."""
    rows = np.concatenate([one.rows for one in told]) if told else np.empty(0, dtype=np.intp)
    score = np.concatenate([np.full(len(one.rows), k) for k, one in enumerate(told)]) if told else rows
    points = np.concatenate([one.points for one in told]) if told else np.empty(0)
    order = np.lexsort((-np.abs(points), score, rows))

    def column(name: str) -> "pa.Array[Any]":
        parts = [getattr(one, name) for one in told]
        return pa.array(np.concatenate(parts)[order] if parts else [], type=pa.string())

    names = np.array([one.score for one in told], dtype=object)
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


def _middle(one: FeatureDeclaration, values: Floats, write: Callable[[object], str]) -> str:
    known = values[np.isfinite(values)]
    if not len(known):
        return UNKNOWN
    if one.format == "boolean":
        return f"{format_percent(float(known.mean()), 0)} sim"
    return write(float(np.median(known)))


def _each(values: Words | Floats, write: Callable[[object], str]) -> Words:
    if values.dtype == object:
        return np.array([write(value) for value in values], dtype=object)
    found, place = np.unique(_rounded(values), return_inverse=True)
    return np.asarray(np.array([write(float(value)) for value in found], dtype=object)[place])


def _rounded(values: Floats) -> Floats:
    """To the digits that are shown, so that few different ones are written."""
    with np.errstate(invalid="ignore"):
        size = np.abs(values)
        return np.asarray(np.where(size >= _WITHOUT_CENTS, np.round(values, 0), np.round(values, 3)), dtype=np.float64)


def _word(value: object) -> str:
    return UNKNOWN if value is None else _WORDS.get(str(value), str(value))


def _writer(one: FeatureDeclaration, values: Floats) -> Callable[[object], str]:
    signed = one.format == "percent" and bool(np.nanmin(values, initial=0) < 0)
    whole = not np.isfinite(values).any() or bool(np.all(np.mod(values[np.isfinite(values)], 1) == 0))

    def write(value: object) -> str:
        number = float(str(value))
        if not np.isfinite(number):
            return UNKNOWN
        if one.format == "boolean":
            return "sim" if number else "não"
        if one.format == "money":
            return format_brl(number) if abs(number) < _WITHOUT_CENTS else f"R$ {format_number(number)}"
        if one.format == "percent":
            decimals = 1 if 0 < abs(number) < _SMALL_SHARE and not signed else 0
            return ("+" if signed and round(100 * number) > 0 else "") + format_percent(number, decimals)
        decimals = 0 if whole or abs(number) >= 100 else 1
        return _with_unit(format_number(number, decimals), one.unit)

    return write


def _with_unit(number: str, unit: str | None) -> str:
    if not unit or unit in ("nota", "NPS"):
        return number
    return f"{number} {_ONE.get(unit, unit) if number in ('1', '1,0', '-1') else unit}"
