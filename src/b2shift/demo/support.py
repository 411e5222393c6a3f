"""Support: tickets over fifteen months, more of them when things go wrong and before an end."""

import numpy as np

from b2shift.demo import vocabulary as words
from b2shift.demo.chance import Array, sigmoid, stream, weighted
from b2shift.demo.columns import Table, iso, texts
from b2shift.demo.population import Population

MONTHS = 15
TICKETS_PER_CUSTOMER = 90
DAY = np.timedelta64(1, "D")


def tickets(people: Population, seed: int) -> Table:
    """tickets.csv; some numbers come twice, the newer update last."""
    rng = stream(seed, "tickets")
    friction = people.traits["friction"]
    asks = rng.random(people.size) < sigmoid(0.6 + 0.5 * friction + 0.4 * people.traits["size"])
    rate = np.exp(0.55 * people.traits["size"] + 0.45 * friction + 0.8 * rng.normal(size=people.size)) * asks
    rate = rate / rate.sum() * TICKETS_PER_CUSTOMER * people.size
    start = people.as_of - MONTHS * 30 * DAY
    count = rng.poisson(rate * 1.6)
    who = np.repeat(np.arange(people.size), count)
    created = start + (1 + (rng.random(len(who)) * MONTHS * 30).astype(int)) * DAY
    left = people.months_to_leave(who, created)
    kept = rng.random(len(who)) < np.where(left < 0, 0, np.where(left < 4, 1.0, 0.6))
    kept &= created >= people.since[who]
    who, created, left = who[kept], created[kept], left[kept]
    order = np.argsort(created, kind="stable")
    who, created, left = who[order], created[order], left[order]
    return _shuffled(_table(people, rng, who, created, left), rng)


def _table(people: Population, rng: np.random.Generator, who: Array, created: Array, left: Array) -> Table:
    count = len(who)
    number = 19_000_000 + np.cumsum(rng.integers(1, 9, count))
    trouble = sigmoid(-3.4 + 0.6 * people.traits["friction"][who] + np.where(left < 4, 0.9, 0))
    chance = rng.random(count)
    kind = np.where(chance < trouble * 0.4, "incident", np.where(chance < trouble, "problem", "question"))
    kind = np.where((kind == "question") & (rng.random(count) < 0.03), "task", kind)
    severity = rng.random(count) - 0.7 * trouble
    priority = np.where(
        severity < 0.002, "urgent", np.where(severity < 0.06, "high", np.where(severity < 0.5, "normal", "low"))
    )
    lasting = np.maximum(np.round(rng.gamma(1.4, 5 + 3 * trouble * 10)), 0).astype(int)
    updated = np.minimum(created + lasting * DAY, people.as_of)
    fresh = people.as_of - updated < 12 * DAY
    status = np.where(
        fresh & (rng.random(count) < 0.45),
        weighted(rng, {"open": 3, "pending": 4, "hold": 2, "new": 1}, count),
        "closed",
    )
    status = np.where((status == "closed") & (rng.random(count) < 0.007), "solved", status)
    billing = rng.random(count) < 0.48
    queue = np.where(
        billing,
        np.where(rng.random(count) < 0.55, "CST - Faturamento", "CST - Cobrança"),
        weighted(rng, words.QUEUES, count),
    )
    return {
        "CODIGO_ORGANIZACAO": people.code[who],
        "NOME_GRUPO": queue.astype(object),
        "TIPO_TICKET": kind.astype(object),
        "STATUS_TICKET": status.astype(object),
        "DT_CRIACAO": iso(created),
        "DT_ATUALIZACAO": iso(updated),
        "BK_TICKET": texts(number),
        "PRIORIDADE_TICKET": priority.astype(object),
    }


def _shuffled(table: Table, rng: np.random.Generator) -> Table:
    count = len(table["BK_TICKET"])
    again = np.sort(rng.choice(count, count // 250, replace=False)) if count else np.empty(0, int)
    second = {name: column[again] for name, column in table.items()}
    day_after = np.array(second["DT_ATUALIZACAO"], "datetime64[D]") + DAY
    second["DT_ATUALIZACAO"] = iso(day_after) if len(again) else second["DT_ATUALIZACAO"]
    second["STATUS_TICKET"] = np.full(len(again), "closed", object)
    order = rng.permutation(count)
    return {name: np.concatenate([column[order], second[name]]) for name, column in table.items()}
