"""City names: one wrong letter is corrected by the customer's other rows, or by a neighbour far more frequent."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from b2shift.identify.cleansing.verdict import Verdict
from b2shift.identify.municipalities import is_municipality
from b2shift.kernel.letters import one_edit_apart
from b2shift.kernel.text import looks_like_mojibake, repair_mojibake, unaccent

KIND = "city_typo"
# A city is real when it is home to this many customers, but for a form no municipality has beside one so many times as
# common: several mistype the largest cities alike. A lone form is a typo only beside a city this frequent.
_REAL, _SO_MANY_TIMES, _FREQUENT = 2, 100, 20


class Vote(NamedTuple):
    """So many rows say that a customer (None: nobody's row) is in this city and state."""

    customer: str | None
    city: str
    state: str
    rows: int


Key = tuple[str | None, str]


def plain_city(text: str) -> str:
    """As the vendor writes cities: upper case, letters and digits only (`São Paulo` → `SAOPAULO`)."""
    return "".join(c for c in unaccent(repair_mojibake(text)).upper() if c.isalnum())


def correct_cities(votes: Iterable[Vote]) -> dict[Key, Verdict]:
    """(customer or None, delivered city) → how it is written, for every delivered form that is not right."""
    plain: dict[str, str] = {}
    votes_of: dict[str, Counter[str]] = defaultdict(Counter)
    nobody: Counter[str] = Counter()
    states: dict[str, Counter[str]] = defaultdict(Counter)
    for vote in votes:
        if vote.city not in plain:
            plain[vote.city] = plain_city(vote.city)
        city = plain[vote.city]
        states[city][vote.state] += vote.rows
        if vote.customer is None:
            nobody[city] += vote.rows
        else:
            votes_of[vote.customer][city] += vote.rows
    homes = _homes(votes_of)
    moved = dict(_by_customer(votes_of, homes)) | dict(_by_neighbour(votes_of, nobody, homes, states))
    return _verdicts(plain, moved)


def _homes(votes_of: dict[str, Counter[str]]) -> Counter[str]:
    """How many customers have each form as their most frequent one; ties go to the form most rows have."""
    rows: Counter[str] = Counter()
    for cities in votes_of.values():
        rows.update(cities)
    return Counter(max(cities, key=lambda city: (cities[city], rows[city], city)) for cities in votes_of.values())


def _is_real(city: str, beside: str, homes: Counter[str]) -> bool:
    """Whether a form one letter from another city is a city of its own."""
    mistyped = homes[beside] >= _SO_MANY_TIMES * homes[city] and not is_municipality(city)
    return homes[city] >= _REAL and not mistyped


def _by_customer(
    votes_of: dict[str, Counter[str]], homes: Counter[str]
) -> Iterable[tuple[Key, tuple[str, str, float]]]:
    """A customer's odd form is its usual city with one letter wrong."""
    for customer, cities in votes_of.items():
        if len(cities) < 2:
            continue
        usual = max(cities, key=lambda city: (cities[city], homes[city], city))
        if list(cities.values()).count(cities[usual]) > 1 and homes[usual] < _REAL:
            continue
        for city in cities:
            if city != usual and one_edit_apart(city, usual) and not _is_real(city, usual, homes):
                sure = 0.99 if cities[usual] > 2 * cities[city] else 0.95
                yield (customer, city), (usual, "a cidade das outras linhas do cliente, com uma letra errada", sure)


def _by_neighbour(
    votes_of: dict[str, Counter[str]], nobody: Counter[str], homes: Counter[str], states: dict[str, Counter[str]]
) -> Iterable[tuple[Key, tuple[str, str, float]]]:
    """A form heard once, one letter from a frequent city of the same state."""
    frequent: dict[str, list[str]] = defaultdict(list)
    for city, customers in homes.items():
        if customers >= _FREQUENT:
            frequent[states[city].most_common(1)[0][0]].append(city)
    lone: list[Key] = [
        (customer, next(iter(cities)))
        for customer, cities in votes_of.items()
        if len(cities) == 1 and cities.total() == 1
    ]
    lone += [(None, city) for city, rows in nobody.items() if rows == 1 and not homes[city]]
    neighbours: dict[str, str] = {}
    for city in {city for _, city in lone}:
        near = [other for other in frequent[states[city].most_common(1)[0][0]] if one_edit_apart(city, other)]
        if len(near) == 1 and not _is_real(city, near[0], homes):
            neighbours[city] = near[0]
    for customer, city in lone:
        if city in neighbours:
            yield (customer, city), (neighbours[city], "uma letra de uma cidade frequente do mesmo estado", 0.85)


def _verdicts(plain: dict[str, str], moved: dict[Key, tuple[str, str, float]]) -> dict[Key, Verdict]:
    forms: dict[str, list[str]] = defaultdict(list)
    verdicts: dict[Key, Verdict] = {}
    for delivered, city in plain.items():
        forms[city].append(delivered)
        if delivered != city:
            kind = "mojibake" if looks_like_mojibake(delivered) else "category_variant"
            verdicts[None, delivered] = Verdict(city, kind, "maiúsculas, sem acentos nem espaços", 0.99)
    for (customer, city), (usual, rule, sure) in moved.items():
        for delivered in forms[city]:
            verdicts[customer, delivered] = Verdict(usual, KIND, rule, sure)
    return verdicts
