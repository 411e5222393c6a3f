"""Six NPS surveys, each exported by another tool in another way."""

import numpy as np

from b2shift.demo.chance import Array, stream
from b2shift.demo.columns import Table, blank, iso, month_first_time, texts
from b2shift.demo.population import Population

DAY = np.timedelta64(1, "D")
_PRODUCTS = {
    "Protheus": ("SIGAFAT", "SIGAGPE", "SIGAFIN", "SIGAEST", "SIGACOM", "SIGACTB", "SIGAFIS"),
    "RM": ("TOTVS Gestão de Pessoas", "TOTVS Gestão Financeira"),
    "Datasul": ("Faturamento", "Manufatura"), "Winthor": ("Retaguarda", "Força de Vendas"), "Consinco": ("PDV",
        "Comercial"), "Hotal": ("Front Office",),
}  # fmt: skip
_LINE_NAME = {2: "Protheus", 3: "RM", 6: "Consinco", 11: "RM", 13: "Datasul", 1: "Hotal"}
ONBOARDING_QUESTIONS = (
    '"Em uma escala de 0 a 10, quanto você recomenda o Onboarding da TOTVS para um amigo ou colega?."',
    (
        '"Em uma escala de 0 a 10, o quanto você acredita que o atendimento CS Onboarding '
        'ajudou no início da sua trajetória com a TOTVS?"'
    ),
    '"- Duração do tempo na realização da reunião de Onboarding;"',
    '"- Clareza no acesso aos canais de comunicação da TOTVS;"',
    '"- Clareza nas informações em geral transmitidas pelo CS que lhe atendeu no Onboarding;"',
    "- Expectativas atendidas no Onboarding da TOTVS.",
)


def _notes(rng: np.random.Generator, mood: Array, lift: float = 0.0) -> Array:
    """Satisfaction to 0..10: most answers are high, the unhappy answer low or not much."""
    drawn = 8.4 + lift + 1.7 * mood + 1.5 * rng.normal(size=len(mood))
    drawn = np.where(rng.random(len(mood)) < 0.035, 0, drawn)
    return np.asarray(np.clip(np.round(drawn), 0, 10).astype(int))


def _drivers(rng: np.random.Generator, score: Array, answered: float, empty: str) -> Array:
    near = np.clip(score + rng.integers(-2, 3, len(score)), 0, 10)
    return blank(texts(near), rng.random(len(score)) > answered, empty)


def _answers(people: Population, rng: np.random.Generator, rate: Array, days: int) -> tuple[Array, Array]:
    """Who answered and when; nobody answers before signing or after leaving."""
    who = np.repeat(np.arange(people.size), rng.poisson(rate))
    on = people.as_of - rng.integers(3, days, len(who)) * DAY
    kept = (on > people.since[who]) & (on < people.last_day[who])
    return who[kept], on[kept]


def relational(people: Population, seed: int) -> Table:
    """nps_relacional.csv: five years, the literal NULL where nothing was answered."""
    rng = stream(seed, "relational")
    who, on = _answers(people, rng, np.exp(0.4 * people.traits["engagement"]) * 1.6, 5 * 365)
    score = _notes(rng, people.traits["satisfaction"][who], -0.3)
    moment = on.astype("datetime64[ms]") + rng.integers(28_800_000, 68_400_000, len(who)).astype("timedelta64[ms]")
    table = {
        "respondedAt": np.char.replace(moment.astype(str), "T", " ").astype(object),
        "metadata_codcliente": people.code[who],
        "resposta_NPS": texts(score),
        "resposta_unidade": _drivers(rng, score, 0.8, "NULL"),
    }
    for driver in (
        "SupTec_Agilidade",
        "SupTec_Atendimento",
        "Comercial",
        "Custos",
        "AdmFin_Atendimento",
        "Software",
        "Software_Atualizacao",
    ):
        table[f"Nota_{driver}"] = _drivers(rng, score, 0.5, "NULL")
    return table


def _small(people: Population, seed: int, survey: str, share: float, notes: tuple[str, ...]) -> Table:
    rng = stream(seed, survey)
    who, on = _answers(people, rng, np.full(people.size, share), 365)
    newest = np.argsort(-on.astype(int), kind="stable")
    who, on = who[newest], on[newest]
    score = _notes(rng, people.traits["satisfaction"][who])
    anonymous = np.arange(len(who)) % 60 == 2
    table = {
        "Cód. Cliente": blank(people.code[who], anonymous),
        "Data da Resposta": iso(on),
        "Nota NPS": texts(score),
    }
    said = rng.random(len(who)) < 0.5
    return table | {f"Nota {note}": blank(_drivers(rng, score, 0.95, ""), ~said) for note in notes}


def acquisition(people: Population, seed: int) -> Table:
    """nps_transacional_aquisicao.csv."""
    return _small(
        people, seed, "acquisition", 0.03, ("Agilidade", "Conhecimento", "Custo", "Facilidade", "Flexibilidade")
    )


def implementation(people: Population, seed: int) -> Table:
    """nps_transacional_implantacao.csv."""
    return _small(
        people,
        seed,
        "implementation",
        0.09,
        ("Metodologia", "Gestao", "Conhecimento", "Qualidade", "Comunicacao", "Prazos"),
    )


def onboarding(people: Population, seed: int) -> Table:
    """nps_transacional_onboarding.csv: the questions are the column names, semicolons and all."""
    rng = stream(seed, "onboarding")
    young = people.since > people.as_of - 500 * DAY
    who, on = _answers(people, rng, np.where(young, 0.25, 0.008), 400)
    score = _notes(rng, people.traits["satisfaction"][who], 0.6)
    moment = on.astype("datetime64[s]") + rng.integers(28_800, 68_400, len(who)).astype("timedelta64[s]")
    table = {
        "Data de resposta": np.array([f"{m}+00:00" for m in moment.astype(str)], object),
        "Cod Cliente": blank(people.code[who], np.arange(len(who)) % 60 == 0),
        ONBOARDING_QUESTIONS[0]: texts(score),
    }
    return table | {question: _drivers(rng, score, 0.8, "") for question in ONBOARDING_QUESTIONS[1:]}


def product(people: Population, seed: int) -> Table:
    """nps_transacional_produto.csv, newest first, month before day."""
    rng = stream(seed, "product")
    who, on = _answers(
        people, rng, np.exp(0.5 * people.traits["engagement"] + 0.3 * people.traits["size"]) * 9, 3 * 365
    )
    newest = np.argsort(-on.astype(int), kind="stable")
    who, on = who[newest], on[newest]
    moment = on.astype("datetime64[s]") + rng.integers(28_800, 72_000, len(who)).astype("timedelta64[s]")
    line = np.array([_LINE_NAME.get(int(at), "Protheus") for at in people.line[who]], object)
    line = np.where(rng.random(len(who)) < 0.3, "Protheus", line)
    picked = rng.random(len(who)) ** 1.6
    name = np.array([_PRODUCTS[a][int(len(_PRODUCTS[a]) * u)] for a, u in zip(line, picked, strict=True)], object)
    return {
        "Data da Resposta": month_first_time(moment),
        "Linha de Produto": line.astype(object),
        "Nome do Produto": blank(name, rng.random(len(who)) < 0.08),
        "Nota": texts(_notes(rng, people.traits["satisfaction"][who] - 0.2 * people.traits["friction"][who], -0.4)),
        "Cód. T": people.code[who],
    }


def support(people: Population, tickets: Table, seed: int) -> Table:
    """nps_transacional_suporte.csv: some of the tickets get an answer."""
    rng = stream(seed, "support")
    count = len(tickets["BK_TICKET"])
    at = np.sort(rng.choice(count, int(0.075 * count), replace=False))
    place = {code: i for i, code in enumerate(people.code)}
    who = np.array([place[code] for code in tickets["CODIGO_ORGANIZACAO"][at]], int)
    score = _notes(rng, people.traits["satisfaction"][who] + 0.3, 0.5)
    group = np.where(score >= 9, "promotor", np.where(score >= 7, "passivo", "detrator"))
    table = {
        "ticket": tickets["BK_TICKET"][at],
        "resposta_NPS": texts(score),
        "grupo_NPS": group.astype(object),
    }
    for note in ("ConhecimentoAgente", "Solucao", "TempoRetorno", "Facilidade", "Satisfacao"):
        table[f"Nota_{note}"] = _drivers(rng, score, 0.8, "NULL")
    return table | {"cliente": people.code[who]}
