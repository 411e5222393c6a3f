"""What it means that a value is absent: which other columns look different where it is."""

import numpy as np

from b2shift.identify.profile.coded import Coded
from b2shift.identify.profile.engine import Engine
from b2shift.identify.profile.relations import Counts, cramers_v, ratio
from b2shift.identify.profile.shapes import ColumnProfile, Gap, Shape
from b2shift.identify.profile.sums import Moments, Sums
from b2shift.identify.profile.words import figure
from b2shift.kernel.money import format_percent

_WEAK, _FEWEST_ROWS = 0.15, 30
_SUMMED = ("known", "total", "squares")


def gaps(engine: Engine, coded: Coded, sums: Sums, profiles: tuple[ColumnProfile, ...]) -> tuple[Gap, ...]:
    """Every column whose absence goes with another column by at least 0.15, the strongest first.

    A measure of presence: whether the value is absent, held against words (Cramér's V), numbers (correlation ratio)
    and the absence of other columns (Cramér's V).
    """
    shapes = {profile.name: profile.shape for profile in profiles}
    found = []
    for place, (name, i) in enumerate(coded.gaps.items()):
        away = int(sums.together[place, place])
        there = coded.rows - away
        if min(away, there) < _FEWEST_ROWS:
            continue
        for other, (measure, strength) in _goes_with(coded, sums, name, place).items():
            told = (
                _usual(engine, coded, i, other, shapes[other]) if measure != "both" else _both(engine, i, coded, other)
            )
            found.append(
                Gap(missing=name, goes_with=other, measure="cramers_v" if measure == "both" else measure,
                    strength=strength, without=told[0], within=told[1], n_without=away, n_within=there)
            )  # fmt: skip
    return tuple(sorted(found, key=lambda gap: (-gap.strength, gap.missing, gap.goes_with)))


def _goes_with(coded: Coded, sums: Sums, name: str, place: int) -> dict[str, tuple[str, float]]:
    found = {}
    for nth, other in enumerate(coded.words):
        table = np.stack([sums.sizes[nth] - sums.gaps_of_words[nth][:, place], sums.gaps_of_words[nth][:, place]])
        found[other] = ("cramers_v", cramers_v(_filled(table)) if other != name else 0.0)
    for nth, other in enumerate(coded.numbers):
        away = sums.away.of(place, nth)
        there = Moments(*(getattr(sums.all, one) - getattr(sums.away, one)[place] for one in _SUMMED)).of(0, nth)
        strength, n = ratio(np.concatenate([there, away]))
        found[other] = ("correlation_ratio", strength if other != name and n >= _FEWEST_ROWS else 0.0)
    for nth, other in enumerate(coded.gaps):
        together = cramers_v(_two_by_two(sums.together, place, nth, coded.rows)) if other > name else 0.0
        if together > found.get(other, ("", 0.0))[1]:
            found[other] = ("both", together)
    return {other: told for other, told in found.items() if told[1] >= _WEAK}


def _two_by_two(together: Counts, i: int, j: int, rows: int) -> Counts:
    both = together[i, j]
    one, other = together[i, i] - both, together[j, j] - both
    return _filled(np.array([[rows - both - one - other, other], [one, both]]))


def _filled(table: Counts) -> Counts:
    """Without empty lines."""
    return table[table.sum(1) > 0][:, table.sum(0) > 0]


def _usual(engine: Engine, coded: Coded, i: int, other: str, shape: Shape) -> tuple[str, str]:
    """The other column's median, or the word whose share differs most, without and with the value."""
    if other in coded.numbers:
        told: dict[bool, float] = dict(
            engine.rows(f"SELECT m{i}, median(v{coded.numbers[other]}) FROM coded GROUP BY 1")
        )
        return f"mediana {figure(told.get(True), shape)}", f"mediana {figure(told.get(False), shape)}"
    word = f"c{coded.words[other]}"
    code, without, within = _most_different(engine, i, word)
    label = coded.labels[other][code - 1] if code else "outros"
    return f"{label}: {format_percent(without)}", f"{label}: {format_percent(within)}"


def _most_different(engine: Engine, i: int, word: str) -> tuple[int, float, float]:
    code, without, within = engine.rows(
        f"SELECT {word}, count(*) FILTER (WHERE m{i}) / sum(count(*) FILTER (WHERE m{i})) OVER () AS without, "
        f"count(*) FILTER (WHERE NOT m{i}) / sum(count(*) FILTER (WHERE NOT m{i})) OVER () AS within "
        f"FROM coded WHERE {word} IS NOT NULL GROUP BY {word} ORDER BY abs(without - within) DESC, 1 LIMIT 1"
    )[0]
    return int(code), float(without), float(within)


def _both(engine: Engine, i: int, coded: Coded, other: str) -> tuple[str, str]:
    told: dict[bool, float] = dict(
        engine.rows(f"SELECT m{i}, avg(CAST(m{coded.gaps[other]} AS INTEGER)) FROM coded GROUP BY 1")
    )
    return f"sem valor: {format_percent(told[True])}", f"sem valor: {format_percent(told[False])}"
