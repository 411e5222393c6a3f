"""How the product is used: hours by month, and one week of telemetry events with the vendor's wild durations."""

from dataclasses import dataclass

import numpy as np

from b2shift.demo.chance import Array, sigmoid, stream
from b2shift.demo.columns import Table, comma, iso, texts
from b2shift.demo.population import Population

FILES = 11
EVENTS_PER_CUSTOMER = 30
DAYS = 5
_MODULES = {
    2: (5, 6, 2, 4, 9, 7, 10, 34, 12, 84, 78, 39, 17, 71, 4093), 3: (533, 520, 516, 534, 506, 519, 515, 501, 523,
        513, 540),
    6: (5508, 5629, 5209, 5200, 5554, 5625, 5582), 11: (602, 604, 601, 635, 613, 611), 13: (805, 818, 817, 821, 842),
    1: (5075, 5087, 5064, 5032),
}  # fmt: skip
_SLOTS = (0, 4000, 4024, 4022, 4016, 4134, 4173, 4133)
_STATUS = ("Desconectado", "Conectado", "Negado", "")


@dataclass(frozen=True)
class Use:
    """Who sends telemetry, and how much of its usual use each customer shows in each month (1 is all)."""

    sends: Array
    pulse: Array


def pulse(people: Population, seed: int) -> Use:
    """Use fades in the months before an end, except for one leaver in four; some who stay dip for no reason."""
    rng = stream(seed, "pulse")
    months = len(people.months)
    sends = rng.random(people.size) < sigmoid(0.5 + 0.8 * people.traits["engagement"])
    middle = people.months.astype("datetime64[D]") + np.timedelta64(15, "D")
    grid = np.repeat(np.arange(people.size)[:, None], months, axis=1)
    left = people.months_to_leave(grid, middle[None, :])
    lead = rng.uniform(3, 8, people.size)[:, None]
    loud = rng.random(people.size)[:, None] >= 0.25
    fading = np.where((left < lead) & loud, np.clip(0.12 + 0.88 * left / lead, 0.08, 1), 1.0)
    dips = (rng.random(people.size) < 0.15)[:, None] & (rng.random((people.size, months)) < 0.12)
    wave = np.exp(0.12 * rng.normal(size=(people.size, months)))
    climb = np.exp(np.arange(months)[None, :] * 0.012 * np.clip(people.traits["growth"], -1, 2)[:, None])
    alive = (people.months[None, :] >= people.since.astype("datetime64[M]")[:, None]) & ~(left < 0)
    return Use(sends=sends, pulse=fading * np.where(dips, 0.45, 1.0) * wave * climb * alive)


def monthly_usage(people: Population, use: Use, seed: int) -> Table:
    """uso_mensal.csv."""
    rng = stream(seed, "usage")
    second = rng.random(people.size) < 0.18
    hours = np.exp(3.6 + 0.55 * people.traits["engagement"] + 0.6 * people.traits["size"])
    month, who = np.nonzero((use.pulse * use.sends[:, None]).T > 0.05)
    line = people.line[who]
    extra = second[who]
    month, who = np.concatenate([month, month[extra]]), np.concatenate([who, who[extra]])
    line = np.concatenate([line, np.where(line[extra] == 2, 11, 2)])
    share = np.concatenate([np.ones(len(extra)), np.full(int(extra.sum()), 0.25)])
    order = np.argsort(month, kind="stable")
    month, who, line, share = month[order], who[order], line[order], share[order]
    level = use.pulse[who, month] * share
    spent = hours[who] * level * np.exp(0.1 * rng.normal(size=len(who)))
    breadth = np.exp(1.5 + 0.4 * people.traits["engagement"][who]) * np.sqrt(level)
    return {
        "cliente": people.code[who],
        "mes": iso(people.months[month].astype("datetime64[D]")),
        "linha_produto": texts(line),
        "horas_uso": comma(np.maximum(spent, 0.05)),
        "usuarios_ativos": texts(np.maximum(np.round(spent / 9), 1).astype(int)),
        "dias_ativos": texts(np.clip(np.round(21 * (1 - np.exp(-spent / 18))), 1, 23).astype(int)),
        "modulos_usados": texts(np.maximum(np.round(breadth), 1).astype(int)),
    }


def last_week(as_of: np.datetime64) -> Array:
    """Monday to Friday of the last whole week that ended at least a week before."""
    end = as_of - np.timedelta64(7, "D")
    friday = end - ((end.astype(int) + 6) % 7) * np.timedelta64(1, "D")
    return friday - np.arange(DAYS)[::-1] * np.timedelta64(1, "D")


def telemetry(people: Population, use: Use, seed: int) -> list[Table]:
    """telemetria_1.csv to telemetria_11.csv; each customer is in one file."""
    rng = stream(seed, "telemetry")
    senders = np.flatnonzero(use.sends & ~people.gone & (use.pulse[:, -1] > 0.05))
    if not len(senders):
        return [_events(people, np.empty(0, int), rng) for _ in range(FILES)]
    weight = np.exp(
        0.9 * people.traits["engagement"] + 0.7 * people.traits["size"] + 0.7 * rng.normal(size=people.size)
    )
    weight = (weight * use.pulse[:, -1])[senders]
    count = rng.poisson(weight / weight.sum() * EVENTS_PER_CUSTOMER * people.size)
    home = rng.integers(0, FILES, len(senders))
    home[:FILES] = rng.permutation(FILES)[: len(home[:FILES])]
    return [
        _events(people, rng.permutation(np.repeat(senders[home == f], np.maximum(count[home == f], 1))), rng)
        for f in range(FILES)
    ]


def _events(people: Population, who: Array, rng: np.random.Generator) -> Table:
    count = len(who)
    line = np.where(rng.random(count) < 0.1, 2, people.line[who])
    ranks = rng.random(count) ** 2.2
    module = np.array([_MODULES[at][int(len(_MODULES[at]) * r)] for at, r in zip(line, ranks, strict=True)], int)
    slot = np.where(rng.random(count) < 0.3, module, np.array(_SLOTS)[(len(_SLOTS) * ranks).astype(int)])
    stores = np.where(people.line[who] == 6, 6, 2)
    store = (stores * rng.random(count) ** 3).astype(int)
    refused = 0.002 + 0.03 * sigmoid(2 * people.traits["friction"][who] - 3)
    chance = rng.random(count)
    status = np.where(chance < 0.0008, 3, np.where(chance < refused, 2, np.where(chance < refused + 0.05, 1, 0)))
    day = last_week(people.as_of)[rng.choice(DAYS, count, p=[0.22, 0.21, 0.2, 0.2, 0.17])]
    return {
        "clienteid": np.array([f"{code}{s:02d}" for code, s in zip(people.code[who], store, strict=True)], object),
        "eventduration": np.array([f"{v:.3f}" for v in _durations(people, who, rng)], object),
        "moduloid": texts(module),
        "productlineid": texts(line),
        "referencedatestart": iso(day),
        "slotid": texts(slot),
        "statuslicenca": np.array(_STATUS, object)[status],
        "tcloud": np.full(count, "", object),
        "clienteprime": np.full(count, "", object),
    }


def _durations(people: Population, who: Array, rng: np.random.Generator) -> Array:
    """A fifth are zero, a few negative, and a handful so long that they would own every mean."""
    count = len(who)
    spent = np.exp(4.6 + 0.5 * people.traits["engagement"][who] + 1.9 * rng.normal(size=count))
    chance = rng.random(count)
    spent = np.where(chance < 0.2, 0.0, np.where(chance < 0.33, np.round(spent), spent))
    wild = chance > 0.9995
    return np.where(wild, np.where(rng.random(count) < 0.4, -spent, spent * 10 ** rng.uniform(4, 8, count)), spent)
