"""The sales side: prospects, the pipeline of deals, and what the sellers did about each."""

from dataclasses import dataclass

import numpy as np

from b2shift.demo import vocabulary as words
from b2shift.demo.chance import Array, choose, sigmoid, stream, weighted
from b2shift.demo.columns import Table, blank, iso, texts
from b2shift.demo.families import NAMES
from b2shift.demo.money import Ledger, Proposals
from b2shift.demo.people import Team
from b2shift.demo.population import Population

DAY = np.timedelta64(1, "D")
KINDS = np.array(["renovacao", "upsell", "cross_sell", "novo_negocio"], object)
_LOSSES = np.array(["preco", "concorrente", "sem_orcamento", "sem_resposta", "falta_funcionalidade", "adiado"], object)
_RESULTS = np.array(["avancou", "interesse", "conversa", "sem_resposta", "recusa"], object)


@dataclass(frozen=True)
class Prospects:
    """Companies that are not customers, some twice, some customers under another spelling."""

    ids: Array
    name: Array
    entity: Array
    customer: Array
    """Position of the customer it already is, or -1."""
    fit: Array
    created: Array
    table: Table


def prospects(people: Population, team: Team, seed: int) -> Prospects:
    """prospects.csv."""
    rng = stream(seed, "prospects")
    count = max(50, int(0.4 * people.size))
    segment = weighted(rng, words.SEGMENTS, count)
    place = list(words.CITIES)
    at = rng.choice(len(place), count, p=np.array(list(words.CITIES.values())) / sum(words.CITIES.values()))
    city, state = (np.array([place[i][side] for i in at], object) for side in (0, 1))
    nouns, qualities = words.COMPANY_NOUNS, words.COMPANY_QUALITIES
    name = np.array(
        [
            f"{words.COMPANY_KINDS[s][1]} {nouns[(7 * i + 3) % len(nouns)]} e {nouns[(11 * i + 5) % len(nouns)]} "
            f"{qualities[i % len(qualities)]} {words.COMPANY_FORMS[i % 4]}"
            for i, s in enumerate(segment)
        ],
        object,
    )
    cnpj = np.array([f"{n:08d}/0001-{n % 89 + 10}" for n in rng.integers(10**6, 10**8, count)], object)
    entity, customer, chance = np.arange(count), np.full(count, -1), rng.random(count)
    for i in np.flatnonzero(chance < 0.12)[1:]:
        j = int(rng.integers(0, i))
        entity[i], customer[i] = entity[j], customer[j]
        name[i], cnpj[i] = respell(name[j], rng), cnpj[j] if rng.random() < 0.4 else ""
        segment[i], city[i], state[i] = segment[j], city[j], state[j]
    for i in np.flatnonzero(chance > 0.92):
        j = int(rng.integers(0, people.size))
        entity[i], customer[i], name[i] = count + j, j, respell(people.name[j], rng)
        segment[i], city[i], state[i] = people.segment[j], people.city[j], people.state[j]
    staff = np.exp(rng.normal(4.0, 1.2, count)).astype(int) + 1
    created = people.as_of - rng.integers(1, len(people.months) * 30, count) * DAY
    ids = np.array([f"P{n:06d}" for n in range(count)], object)
    table = {
        "prospect_id": ids,
        "nome_empresa": name,
        "cnpj": cnpj,
        "segmento": segment,
        "cidade": city,
        "uf": state,
        "funcionarios": texts(staff),
        "faturamento_estimado": np.array(
            [f"{round(n * 80_000, -3):.1f}" for n in staff * np.exp(0.6 * rng.normal(size=count))], object
        ),
        "origem": weighted(
            rng, {"indicacao": 2, "site": 2, "anuncio": 2, "parceiro": 2, "evento": 1, "lista": 1}, count
        ),
        "sistema_atual": np.array(words.RIVALS, object)[rng.integers(0, len(words.RIVALS), count)],
        "dono_id": team.ids[rng.choice(team.sellers, count)],
        "criado_em": iso(created),
    }
    fit = 0.6 * rng.normal(size=count) + 0.3 * (np.log(staff) - 4)
    return Prospects(ids, name, entity, customer, fit, created, table)


def respell(name: str, rng: np.random.Generator) -> str:
    """The same company as another person would type it."""
    at = int(rng.integers(2, max(3, len(name) - 3)))
    return (
        name.upper(),
        name.replace("Ltda", "LTDA.").replace("S.A.", "SA"),
        name[:at] + name[at + 1 :],
        name[:at] + name[at + 1] + name[at] + name[at + 2 :],
    )[int(rng.integers(4))]


@dataclass(frozen=True)
class Deals:
    """The pipeline as arrays, before it is written."""

    kind: Array
    customer: Array
    prospect: Array
    family: Array
    quote: Array
    owner: Array
    value: Array
    opened: Array
    closed: Array
    won: Array

    def is_open(self, as_of: np.datetime64) -> Array:
        """Not decided by as_of."""
        return np.asarray(self.closed > as_of)


def deals(people: Population, ledger: Ledger, proposals: Proposals, found: Prospects, team: Team, seed: int) -> Deals:
    """Every proposal is a deal; every contract year ends in a renewal, the last of a leaver in a loss."""
    rng = stream(seed, "deals")
    a, b = _from_proposals(people, proposals, team, rng), _renewals(people, ledger, team, rng)
    parts = [a, b, _new_business(people, found, team, rng)]
    joined = [np.concatenate([getattr(part, field) for part in parts]) for field in Deals.__dataclass_fields__]
    order = np.argsort(joined[7], kind="stable")
    return Deals(*[column[order] for column in joined])


def _from_proposals(people: Population, proposals: Proposals, team: Team, rng: np.random.Generator) -> Deals:
    count = len(proposals.who)
    return Deals(
        kind=np.where(people.owned[proposals.who, proposals.family], 1, 2),
        customer=proposals.who,
        prospect=np.full(count, -1),
        family=proposals.family,
        quote=proposals.number,
        owner=team.owner[proposals.who],
        value=np.round(proposals.monthly * 12, 2),
        opened=proposals.sent_on - rng.integers(2, 40, count) * DAY,
        closed=proposals.decided_on,
        won=proposals.won,
    )


def _renewals(people: Population, ledger: Ledger, team: Team, rng: np.random.Generator) -> Deals:
    who_parts, day_parts, won_parts = [], [], []
    everyone = np.arange(people.size)
    for year in range(-(len(people.months) // 12) - 1, 2):
        anniversary = (
            people.since.astype("datetime64[M]").astype(int) % 12
            - people.as_of.astype("datetime64[M]").astype(int) % 12
        ) + 12 * year
        day = (people.as_of.astype("datetime64[M]") + anniversary).astype("datetime64[D]") + 14 * DAY
        kept = (
            (day > people.as_of - len(people.months) * 30 * DAY)
            & (day < people.as_of + 60 * DAY)
            & (day > people.since + 200 * DAY)
        )
        kept &= np.isnat(people.leaves_on) | (day < people.leaves_on - 45 * DAY)
        who_parts.append(everyone[kept])
        day_parts.append(day[kept])
        won_parts.append(np.ones(int(kept.sum()), bool))
    leavers = np.flatnonzero(people.leaves_on > people.as_of - len(people.months) * 30 * DAY)
    who = np.concatenate([*who_parts, leavers])
    closed = np.concatenate([*day_parts, people.leaves_on[leavers]])
    won = np.concatenate([*won_parts, np.zeros(len(leavers), bool)])
    opened = closed - rng.integers(30, 85, len(who)) * DAY
    shown = opened < people.as_of
    who, closed, won, opened = who[shown], closed[shown], won[shown], opened[shown]
    yearly = np.maximum(ledger.by_month.max(axis=1)[who] * 12, 100)
    return Deals(
        kind=np.zeros(len(who), int),
        customer=who,
        prospect=np.full(len(who), -1),
        family=people.main_family[who],
        quote=np.full(len(who), "", object),
        owner=team.owner[who],
        value=np.round(yearly, 2),
        opened=opened,
        closed=closed,
        won=won,
    )


def _new_business(people: Population, found: Prospects, team: Team, rng: np.random.Generator) -> Deals:
    who = np.flatnonzero((rng.random(len(found.ids)) < 0.4) & (found.customer < 0))
    count = len(who)
    opened = np.minimum(found.created[who] + rng.integers(0, 60, count) * DAY, people.as_of - DAY)
    return Deals(
        kind=np.full(count, 3),
        customer=np.full(count, -1),
        prospect=who,
        family=rng.integers(0, len(NAMES), count),
        quote=np.full(count, "", object),
        owner=rng.choice(team.sellers, count),
        value=np.round(np.exp(rng.normal(8.5, 1.0, count)), 2),
        opened=opened,
        closed=opened + rng.integers(15, 200, count) * DAY,
        won=rng.random(count) < sigmoid(-1.2 + 0.9 * found.fit[who]),
    )


def opportunities(people: Population, drawn: Deals, found: Prospects, team: Team, seed: int) -> Table:
    """opportunities.csv, with the stages passed in one column."""
    rng = stream(seed, "opportunities")
    count = len(drawn.kind)
    is_open = drawn.is_open(people.as_of)
    reach = np.where(drawn.won & ~is_open, len(words.STAGES) - 1, rng.integers(0, 4, count))
    end = np.minimum(drawn.closed, people.as_of)
    pace = (end - drawn.opened).astype(int) / (reach + 1)
    stages = [
        "|".join(f"{words.STAGES[s]}@{opened + int(s * step) * DAY}" for s in range(last + 1))
        for opened, step, last in zip(drawn.opened, pace, reach, strict=True)
    ]
    price = np.where(drawn.customer >= 0, people.traits["price"][drawn.customer], 0)
    ones = np.ones(count)
    loss = choose(rng, np.stack([np.exp(0.8 * price), 1.2 * ones, 0.8 * ones, ones, 0.6 * ones, 0.7 * ones], axis=1))
    lost = ~drawn.won & ~is_open
    hope = np.clip(100 * sigmoid(1.2 * drawn.won - 0.8 + 0.5 * reach + rng.normal(size=count) - 0.6), 1, 99)
    feared = (rng.random(count) < 0.35) | (lost & (_LOSSES[loss] == "concorrente"))
    account = np.where(drawn.customer >= 0, people.name[drawn.customer], found.name[drawn.prospect])
    return {
        "opportunity_id": np.array([f"O{n:07d}" for n in range(count)], object),
        "cliente": blank(people.code[drawn.customer], drawn.customer < 0),
        "prospect_id": blank(found.ids[drawn.prospect], drawn.prospect < 0),
        "nome_conta": account.astype(object),
        "tipo": KINDS[drawn.kind],
        "familia_produto": np.array(NAMES, object)[drawn.family],
        "nr_proposta": drawn.quote,
        "dono_id": team.ids[drawn.owner],
        "valor": np.array([f"{v:.2f}" for v in drawn.value], object),
        "criado_em": iso(drawn.opened),
        "etapa_atual": np.array(words.STAGES, object)[reach],
        "historico_etapas": np.array(stages, object),
        "fechamento_previsto": iso(drawn.closed + rng.integers(-25, 30, count) * DAY),
        "fechado_em": iso(np.where(is_open, np.datetime64("NaT"), drawn.closed)),
        "resultado": np.where(is_open, "aberto", np.where(drawn.won, "ganho", "perdido")).astype(object),
        "motivo_perda": blank(_LOSSES[loss], ~lost),
        "concorrente": blank(np.array(words.RIVALS, object)[rng.integers(0, len(words.RIVALS), count)], ~feared),
        "probabilidade_vendedor": np.array(
            [
                f"{0 if bad else 100 if not still else round(h):.1f}"
                for bad, still, h in zip(lost, is_open, hope, strict=True)
            ],
            object,
        ),
        "origem": weighted(rng, {"carteira": 1, "parceiro": 1, "inbound": 1, "campanha": 1, "indicacao": 1}, count),
    }


def activities(people: Population, drawn: Deals, opportunity: Table, team: Team, seed: int) -> Table:
    """activities.csv: good deals are worked more, and answer better."""
    rng = stream(seed, "activities")
    it = np.repeat(np.arange(len(drawn.kind)), rng.poisson(3.5 + 2.5 * drawn.won))
    end = np.minimum(drawn.closed, people.as_of)
    span = np.maximum((end - drawn.opened)[it].astype(int), 1)
    moment = (drawn.opened[it] + (rng.random(len(it)) * span).astype(int) * DAY).astype("datetime64[s]")
    moment = moment + rng.integers(28_800, 66_000, len(it)).astype("timedelta64[s]")
    order = np.argsort(moment, kind="stable")
    it, moment = it[order], moment[order]
    kind = weighted(
        rng, {"ligacao": 34, "email": 33, "reuniao": 14, "whatsapp": 9, "demonstracao": 5, "visita": 5}, len(it)
    )
    good = sigmoid(-0.6 + 1.3 * drawn.won[it] + 0.25 * team.skill[drawn.owner[it]] + 0.5 * rng.normal(size=len(it)))
    chance = rng.random(len(it))
    outcome = (chance[:, None] > np.stack([good * 0.5, good * 0.85, 0.3 + 0.6 * good, 0.75 + 0.2 * good], axis=1)).sum(
        axis=1
    )
    written = np.isin(kind, ["email", "whatsapp"])
    return {
        "activity_id": np.array([f"A{n:08d}" for n in range(len(it))], object),
        "opportunity_id": opportunity["opportunity_id"][it],
        "cliente": opportunity["cliente"][it],
        "prospect_id": opportunity["prospect_id"][it],
        "user_id": opportunity["dono_id"][it],
        "tipo": kind,
        "data_hora": moment.astype(str).astype(object),
        "duracao_min": texts(np.where(written, 0, np.maximum(rng.gamma(2.2, 12, len(it)), 1).astype(int))),
        "resultado": _RESULTS[outcome],
    }
