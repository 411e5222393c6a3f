"""The registry side: contract lines, first signature, quotes and hirings of the last year."""

import numpy as np

from b2shift.demo.chance import Array, choose, stream
from b2shift.demo.columns import Table, blank, iso, masked, texts
from b2shift.demo.families import FAMILIES, FORMS, NAMES, PLANS
from b2shift.demo.money import Proposals
from b2shift.demo.population import Population

LINES_PER_CUSTOMER = 22
_SITUATIONS = ("ATIVO", "CANCELADO", "GRATUITO", "TROCADO", "PENDENTE", "SUSPENSO", "FATURAR", "")
_PERIODS: dict[str, float] = {"00 - Mensal": 96, "11 - Anual": 2, "02 - Trimestral": 1, "05 - Semestral": 0.6, "": 0.1}
_MODES = (
    "MODALIDADE TRADICIONAL",
    "MODALIDADE ASSINATURA COMPLEMENTAR",
    "MODALIDADE ASSINATURA (INTERA)",
    "MODALIDADE INTERA 17",
    "",
)


def since(people: Population) -> Table:
    """clientes_desde.csv."""
    return {"CLIENTE": people.code, "CLIENTE_DESDE": iso(people.since)}


def lines(people: Population, seed: int) -> Table:
    """dados_clientes.csv: one row per product ever contracted."""
    rng = stream(seed, "lines")
    weight = np.exp(0.5 * people.traits["size"] + 0.3 * people.traits["tenure"] + 0.7 * rng.normal(size=people.size))
    count = np.maximum(rng.poisson(weight / weight.mean() * LINES_PER_CUSTOMER), 1)
    who = np.repeat(np.arange(people.size), count)
    first = np.concatenate([[True], who[1:] != who[:-1]])
    family = choose(rng, people.owned[who] + 0.02)
    family = np.where(first | (rng.random(len(who)) < 0.35), people.main_family[who], family)
    brand, line, product, mode = _products(rng, family)
    signed = _signatures(people, who, first, rng)
    situation = _situations(people, who, first, rng)
    value = _values(people, who, family, situation, rng)
    table = {
        "CD_CLIENTE": people.code[who],
        "DS_PROD": product,
        "DS_LIN_REC": line,
        "CIDADE": people.city[who],
        "DS_CNAE": people.cnae[who],
        "DS_SEGMENTO": people.segment[who],
        "DS_SUBSEGMENTO": people.sub_segment[who],
        "FAT_FAIXA": people.band[who],
        "MARCA_TOTVS": blank(brand, rng.random(len(who)) < 0.004),
        "MODAL_COMERC": mode,
        "PAIS": np.where(people.state[who] == "EX", "845", "105").astype(object),
        "PERIODICIDADE": _drawn(rng, _PERIODS, len(who)),
        "SITUACAO_CONTRATO": np.array(_SITUATIONS, object)[situation],
        "UF": people.state[who],
        "VL_TOTAL_CONTRATO": masked(value),
        "DT_ASSINATURA_CONTRATO": iso(signed),
    }
    shuffled = rng.permutation(len(who))
    return {name: column[shuffled] for name, column in table.items()}


def _drawn(rng: np.random.Generator, table: dict[str, float], size: int) -> Array:
    share = np.array(list(table.values()))
    return np.array(list(table), object)[rng.choice(len(share), size, p=share / share.sum())]


def _products(rng: np.random.Generator, family: Array) -> tuple[Array, Array, Array, Array]:
    """Brand, revenue line, product name and commercial mode of a product of each family."""
    rows: list[tuple[str, str, str, str]] = []
    for index, (a, b, c, d, e) in zip(family, rng.random((len(family), 5)), strict=True):
        kind = FAMILIES[NAMES[index]]
        module = kind.modules[int(len(kind.modules) * a**1.5)]
        mode = "MODALIDADE SERVICOS RECORRENTES" if NAMES[index] == "SERVICOS" else _MODES[int(len(_MODES) * d**1.6)]
        rows.append(
            (
                kind.brands[int(len(kind.brands) * b**2)],
                kind.lines[int(len(kind.lines) * c**1.6)],
                f"{FORMS[int(len(FORMS) * e)]} {module} {PLANS[int(len(PLANS) * d**2)]}",
                mode,
            )
        )
    brand, line, product, mode_of = (np.array(column, object) for column in zip(*rows, strict=True))
    return brand, line, product, mode_of


def _signatures(people: Population, who: Array, first: Array, rng: np.random.Generator) -> Array:
    span = np.maximum((people.last_day - people.since).astype(int), 1)[who]
    later = (span * rng.beta(1.0, 1.3, len(who))).astype(int)
    return people.since[who] + np.where(first, 0, later).astype("timedelta64[D]")


def _situations(people: Population, who: Array, first: Array, rng: np.random.Generator) -> Array:
    gone = people.gone[who]
    friction = np.exp(0.3 * people.traits["friction"][who])
    ones = np.ones(len(who))
    weights = np.stack(
        [
            np.where(gone, 0.0, 58),
            np.where(gone, 80, 14 * friction),
            np.where(gone, 0.0, 14),
            8 * ones,
            np.where(gone, 0.0, 0.9 * friction),
            np.where(gone, 0.0, 0.2 * friction),
            0.03 * ones,
            0.2 * ones,
        ],
        axis=1,
    )
    drawn = choose(rng, weights)
    # A customer that stays keeps at least its first line, or is one of the few that only use what is free.
    free = rng.random(people.size) < 0.03
    return np.where(first, np.where(gone, 1, np.where(free[who], 2, 0)), np.where(free[who] & (drawn == 0), 2, drawn))


def _values(people: Population, who: Array, family: Array, situation: Array, rng: np.random.Generator) -> Array:
    price = np.array([FAMILIES[f].price for f in NAMES])[family]
    value = np.exp(price + 1.4 * people.traits["size"][who] + 1.8 * rng.normal(size=len(who)))
    value = np.where(rng.random(len(who)) < 0.13, 0.0, value)
    value = np.where(situation == 2, value * 0.02, value)
    return np.where(rng.random(len(who)) < 0.002, -value - 0.01, value)


def quotes(people: Population, proposals: Proposals, seed: int) -> Table:
    """historico.csv: the items of every proposal."""
    rng = stream(seed, "quotes")
    count = 1 + rng.poisson(1.2, len(proposals.who))
    of = np.repeat(np.arange(len(proposals.who)), count)
    who = proposals.who[of]
    item = np.arange(len(of)) - np.repeat(np.cumsum(count) - count, count) + 1
    quantity = np.where(rng.random(len(of)) < 0.6, 1, np.ceil(np.exp(rng.normal(1.6, 1.1, len(of)))))
    quantity = np.where(rng.random(len(of)) < 0.04, quantity + 0.5, quantity)
    listed = np.maximum(proposals.monthly[of] / count[of] * np.exp(0.4 * rng.normal(size=len(of))), 0.02)
    offered = np.where(rng.random(len(of)) < 0.35 + 0.12 * people.traits["price"][who], rng.beta(2, 5, len(of)), 0)
    unit = np.maximum(np.round(listed * (1 - offered), 2), 0.01)
    total = np.round(unit * quantity, 2)
    unknown = rng.random(len(of)) < 0.3
    full = np.where(unknown, np.where(rng.random(len(of)) < 0.5, 0.01, 0.0), listed * quantity)
    bonus = np.where(rng.random(len(of)) < 0.06, rng.integers(1, 18, len(of)), 0)
    cloud = rng.random(people.size) < np.where(people.owned[:, NAMES.index("CLOUD")], 0.8, 0.06)
    return {
        "NR_PROPOSTA": proposals.number[of],
        "ITEM_PROPOSTA": texts(item),
        "DT_UPLOAD": iso(proposals.sent_on[of]),
        "HOSPEDAGEM": np.where(cloud[who], "TOTVS CLOUD", "ON PREMISES").astype(object),
        "CD_CLI": people.code[who],
        "FAT_FAIXA": people.band[who],
        "CD_PROD": np.array(
            [f"{f + 10}D33{n % 9973:05d}" for f, n in zip(proposals.family[of], of, strict=True)], object
        ),
        "QTD": np.array([f"{q:g}".replace(".", ",") for q in quantity], object),
        "MESES_BONIF": texts(np.where(rng.random(len(of)) < 0.003, 999, bonus)),
        "VL_PCT_DESC_TEMP": masked(np.where(rng.random(len(of)) < 0.08, 100 * rng.beta(2, 4, len(of)), 0)),
        "VL_PCT_DESCONTO": masked(np.where(unknown, 0, 100 * offered)),
        "PRC_UNITARIO": masked(unit),
        "VL_DESCONTO_TEMPORARIO": masked(np.zeros(len(of))),
        "VL_TOTAL": masked(total),
        "VL_FULL": masked(full),
        "VL_DESCONTO": masked(np.where(unknown, 0, np.maximum(full - total, 0))),
    }


def hirings(people: Population, proposals: Proposals, seed: int) -> Table:
    """contratacoes_ultimos_12_meses.csv: what the won proposals of the last year came to."""
    year = people.as_of - np.timedelta64(365, "D")
    counted = proposals.won & (proposals.decided_on > year) & (proposals.decided_on <= people.as_of)
    counted &= ~people.gone[proposals.who]
    times = np.bincount(proposals.who[counted], minlength=people.size)
    value = np.bincount(proposals.who[counted], proposals.monthly[counted] * 12, people.size)
    who = stream(seed, "hirings").permutation(np.flatnonzero(times))
    return {
        "CD_CLIENTE": people.code[who],
        "QTD_CONTRATACOES_12M": texts(times[who]),
        "VLR_CONTRATACOES_12M": masked(value[who]),
    }
