"""Short unique pt-BR segment names from the data: a noun, and the traits that distinguish the segment."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import log

from b2shift.differentiate.segments.profiles import Prevalence

MIN_FACT_SHARE = 0.5
"""Share of members with a trait from which it may be part of a name..."""
MIN_NOUN_SHARE = 0.6
"""...and from which it may be its noun."""
MIN_KEPT_SHARE = 0.4
"""Share below which a name's trait no longer holds."""
MIN_LIFT = 1.2
"""Lift from which a trait distinguishes a segment."""
MIN_NONE_SHARE = 0.98
"""Share of members without something from which a name says that they are without it; below it, that most are."""
DEFAULT_NOUN = ("Clientes", True)
_ORDER = ("casa", "porte", "situacao", "receita", "uso", "tendencia_uso", "suporte", "nps", "pagamento")
_NONE, _MOST = "sem", "na maioria sem"
_CONJUNCTIONS = {"de": " e ", "com": " e ", _NONE: " nem ", _MOST: " nem "}
"""How a second fragment with the same preposition is joined."""
_ORDINALS = ("segundo", "terceiro", "quarto", "quinto", "sexto", "sétimo", "oitavo", "nono", "décimo")


@dataclass(frozen=True)
class Name:
    """A name and the keys of its traits, among them those it says all members are without."""

    text: str
    traits: tuple[str, ...]
    without: tuple[str, ...] = ()


def name_segments(
    profiles: Sequence[Sequence[Prevalence]],
    sizes: Sequence[int],
    kept_names: Sequence[Name | None],
    reserved: Collection[str] = (),
) -> list[Name]:
    """One name per segment; `kept_names` stay. The largest segments choose first; `reserved` names of ended segments
    are not reused."""
    names = list(kept_names)
    used = {name.text for name in kept_names if name is not None} | set(reserved)
    for segment in sorted(range(len(sizes)), key=lambda i: (-sizes[i], i)):
        if names[segment] is None:
            name = next(name for name in _name_proposals(profiles[segment]) if name.text not in used)
            names[segment] = name
            used.add(name.text)
    return [name for name in names if name is not None]


def still_holds(name: Name, profile: Sequence[Prevalence]) -> bool:
    """Whether the members still have the traits of a name, with some slack, and are without what it says they lack.

    A name without traits was given by a person, and is decided in each run.
    """
    found = {row.trait.name: row for row in profile}
    return bool(name.traits) and all(
        trait in found
        and found[trait].share >= MIN_KEPT_SHARE
        and not (trait in name.without and _fragment(found[trait])[0] == _MOST)
        for trait in name.traits
    )


def _name_proposals(profile: Sequence[Prevalence]) -> Iterator[Name]:
    """Names from best to worst, without end."""
    noun_trait = _noun_trait(profile)
    theme = None if noun_trait is None else noun_trait.trait.variable.theme
    facts = [row for row in _facts(profile, MIN_LIFT) or _facts(profile, 1.0) if row.trait.variable.theme != theme]
    for count in (0, 1, 2, 3) if noun_trait is not None and noun_trait.trait.level.lead else (2, 1, 3, 0):
        for chosen in combinations(facts, count):
            yield _compose(noun_trait, chosen)
    basic = _compose(noun_trait, facts[:2])
    numbered = (*(f"{ordinal} grupo" for ordinal in _ORDINALS), *(f"grupo {number}" for number in range(11, 10_000)))
    yield from (replace(basic, text=f"{basic.text}, {number}") for number in numbered)


def _noun_trait(profile: Sequence[Prevalence]) -> Prevalence | None:
    """The trait that gives the noun."""
    eligible = [row for row in profile if row.trait.level.noun and row.share >= MIN_NOUN_SHARE and row.significant]
    return next((row for row in eligible if row.trait.level.lead), eligible[0] if eligible else None)


def _facts(profile: Sequence[Prevalence], min_lift: float) -> list[Prevalence]:
    """Traits that may be part of a name, most distinctive first; one per theme."""
    eligible = [
        row
        for row in profile
        if row.trait.level.fragment and row.share >= MIN_FACT_SHARE and row.lift >= min_lift and row.significant
    ]
    by_theme: dict[str, Prevalence] = {}
    for row in sorted(eligible, key=lambda row: (-_distinctiveness(row), row.trait.name)):
        by_theme.setdefault(row.trait.variable.theme, row)
    return list(by_theme.values())


def _distinctiveness(row: Prevalence) -> float:
    return row.share * log(row.lift)


def _compose(noun_trait: Prevalence | None, facts: Sequence[Prevalence]) -> Name:
    """`Varejo` + `recente` + `de baixo contrato`; a repeated preposition becomes `e` (`nem` after `sem`).

    What only most members are without comes last: `sem receita recorrente e na maioria sem chamados`.
    """
    text, plural = (
        DEFAULT_NOUN if noun_trait is None else (str(noun_trait.trait.level.noun), noun_trait.trait.level.plural)
    )
    ordered = sorted(facts, key=lambda row: (_fragment(row)[0] == _MOST, _theme_rank(row.trait.variable.theme)))
    last_preposition = ""
    for row in ordered:
        preposition, rest = _fragment(row)
        if preposition == last_preposition and preposition in _CONJUNCTIONS:
            text += _CONJUNCTIONS[preposition] + rest
        else:
            joined = " e " if (last_preposition, preposition) == (_NONE, _MOST) else " "
            text += joined + f"{preposition} {rest}".strip().replace("{s}", "s" if plural else "")
        last_preposition = preposition
    traits = ordered if noun_trait is None else [noun_trait, *ordered]
    without = tuple(row.trait.name for row in ordered if _fragment(row)[0] == _NONE)
    return Name(text, tuple(row.trait.name for row in traits), without)


def _fragment(row: Prevalence) -> tuple[str, str]:
    """What a trait adds to a name: its preposition and the rest; without something are all members, or most."""
    preposition, _space, rest = str(row.trait.level.fragment).partition(" ")
    return _MOST if preposition == _NONE and row.share < MIN_NONE_SHARE else preposition, rest


def _theme_rank(theme: str) -> int:
    return _ORDER.index(theme) if theme in _ORDER else len(_ORDER)
