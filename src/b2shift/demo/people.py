"""People and companies: sellers, contacts with their consents, the company file with its CNPJ."""

import re
from dataclasses import dataclass

import numpy as np

from b2shift.demo import vocabulary as words
from b2shift.demo.chance import Array, sigmoid, stream, weighted
from b2shift.demo.columns import Table, base36, blank, iso, texts
from b2shift.demo.population import Population
from b2shift.kernel.cnpj import punctuated
from b2shift.kernel.text import unaccent

DAY = np.timedelta64(1, "D")
_AREA_CODES = {
    "SP": 11, "RJ": 21, "MG": 31, "ES": 27, "PR": 41, "SC": 47, "RS": 51, "DF": 61, "GO": 62, "TO": 63, "MT": 65,
    "MS": 67, "RO": 69,
    "BA": 71, "SE": 79, "PE": 81, "AL": 82, "PB": 83, "RN": 84, "CE": 85, "PI": 86, "MA": 98, "PA": 91, "AM": 92,
}  # fmt: skip
_JOBS: dict[str, float] = {
    "Gerente de TI": 5, "Controller": 5, "Sócio(a)-Administrador(a)": 4, "Diretor(a) Financeiro(a)": 4,
    "Analista de RH": 3,
    "Analista Contábil": 3, "Gerente Fiscal": 3, "Coordenador(a) de Sistemas": 2, "Analista de Compras": 2,
}  # fmt: skip
_CHANNELS: dict[str, float] = {"email": 47, "whatsapp": 33, "telefone": 15, "sms": 5}


@dataclass(frozen=True)
class Team:
    """The vendor's sellers, and who looks after each customer."""

    ids: Array
    skill: Array
    sellers: Array
    """Positions in `ids` of those who sell."""
    owner: Array
    """Position in `ids` of each customer's owner."""
    table: Table


def team(people: Population, seed: int) -> Team:
    """users.csv."""
    rng = stream(seed, "users")
    sellers = max(12, people.size // 100)
    managers = max(2, sellers // 8)
    count = sellers + managers
    role = np.full(count, "vendedor", object)
    role[:managers] = "gerente"
    role[managers + int(0.8 * sellers) :] = "sucesso_cliente"
    boss = np.concatenate([np.arange(managers), np.arange(sellers) % managers])
    first = rng.permutation(count) % len(words.GIVEN_NAMES)
    last = rng.permutation(count) % len(words.FAMILY_NAMES)
    ids = np.array([f"U{n:04d}" for n in range(count)], object)
    goal = np.where(role == "gerente", 900_000, np.round(np.exp(rng.normal(11.2, 0.3, count)), -2))
    table = {
        "user_id": ids,
        "nome": np.array(
            [f"{words.GIVEN_NAMES[a]} {words.FAMILY_NAMES[b]}" for a, b in zip(first, last, strict=True)], object
        ),
        "email": np.array([f"{code.lower()}@vendas.example" for code in ids], object),
        "papel": role,
        "equipe": np.array([f"Equipe {b:02d}" for b in boss], object),
        "gerente_id": np.where(role == "gerente", "", ids[boss]).astype(object),
        "uf_base": np.array(["SP", "MG", "RJ", "SC", "PR", "RS", "GO", "PE"], object)[np.arange(count) % 8],
        "segmento_foco": np.array(list(words.SEGMENTS), object)[np.arange(count) % 8],
        "meta_mensal": np.array([f"{g:.1f}" for g in goal], object),
        "admissao": iso(people.as_of - rng.integers(60, 3500, count) * DAY),
        "ativo": np.where((rng.random(count) < 0.05) & (role != "gerente"), "false", "true").astype(object),
    }
    selling = np.arange(managers, count)
    return Team(ids, rng.normal(size=count), selling, selling[rng.integers(0, sellers, people.size)], table)


def phones(rng: np.random.Generator, state: Array) -> Array:
    """900xx-xxxx numbers, which nobody has."""
    numbers = rng.integers(0, 1_000_000, len(state))
    return np.array(
        [
            f"({_AREA_CODES.get(s, 11)}) 900{n // 10_000:02d}-{n % 10_000:04d}"
            for s, n in zip(state, numbers, strict=True)
        ],
        object,
    )


def contacts(people: Population, seed: int) -> Table:
    """contatos.csv: one to six people at each customer."""
    rng = stream(seed, "contacts")
    count = np.clip(1 + rng.poisson(np.clip(1 + 0.5 * people.traits["size"], 0.2, 4)), 1, 6)
    who = np.repeat(np.arange(people.size), count)
    total = len(who)
    names = [
        f"{words.GIVEN_NAMES[a]} {words.FAMILY_NAMES[b]}"
        for a, b in zip(
            rng.integers(0, len(words.GIVEN_NAMES), total), rng.integers(0, len(words.FAMILY_NAMES), total), strict=True
        )
    ]
    consent = {
        channel: rng.random(total) < share for channel, share in (("email", 0.72), ("whatsapp", 0.55), ("sms", 0.3))
    }
    some = consent["email"] | consent["whatsapp"] | consent["sms"]
    agreed = (
        people.since[who] + (rng.random(total) * (people.last_day - people.since)[who].astype(int)).astype(int) * DAY
    )
    feeling = people.traits["satisfaction"][who] + 0.7 * rng.normal(size=total)
    sentiment = np.where(feeling > 0.35, "positivo", np.where(feeling < -0.5, "negativo", "neutro"))
    first = np.concatenate([[True], who[1:] != who[:-1]])
    role = np.where(
        first, "decisor", weighted(rng, {"usuario": 4, "influenciador": 3, "sponsor": 2, "decisor": 1}, total)
    )
    return {
        "contato_id": np.array([f"K{n:07d}" for n in range(total)], object),
        "cliente": people.code[who],
        "nome": np.array(names, object),
        "cargo": weighted(rng, _JOBS, total),
        "email": np.array(
            [f"{_dotted(n)}{i}@{people.domain[w]}" for i, (n, w) in enumerate(zip(names, who, strict=True))], object
        ),
        "telefone": phones(rng, people.state[who]),
        "canal_preferido": weighted(rng, _CHANNELS, total),
        **{f"consentimento_{channel}": np.where(given, "S", "N").astype(object) for channel, given in consent.items()},
        "consentimento_em": blank(iso(agreed), ~some),
        "papel": role.astype(object),
        "sentimento": blank(sentiment, rng.random(total) < 0.1),
    }


def _dotted(name: str) -> str:
    return re.sub("[^a-z.]", "", unaccent(name).lower().replace(" ", "."))


def companies(people: Population, seed: int) -> Table:
    """empresas.csv: a CNPJ of root 99, or one of the alphanumeric kind issued since July 2026."""
    rng = stream(seed, "companies")
    new_kind = rng.random(people.size) < 0.06
    step = rng.integers(1, 400, people.size).cumsum()
    letters = rng.integers(0, 36**7, people.size)
    roots = [
        "A" + base36(int(n), 7) if new else f"99{s % 1_000_000:06d}"
        for new, n, s in zip(new_kind, letters, step, strict=True)
    ]
    staff = np.exp(3.2 + 1.1 * people.traits["size"] + 0.6 * rng.normal(size=people.size)).astype(int) + 1
    return {
        "cliente": people.code,
        "razao_social": people.name,
        "nome_fantasia": people.trade_name,
        "cnpj": np.array([cnpj(root) for root in roots], object),
        "dominio": people.domain,
        "municipio": people.city,
        "uf": people.state,
        "telefone": phones(rng, people.state),
        "funcionarios": texts(staff),
    }


def cnpj(root: str) -> str:
    """A root of eight characters as the first establishment's CNPJ, with its two check digits."""
    body = f"{root}0001"
    for _ in range(2):
        weights = [2 + i % 8 for i in range(len(body))][::-1]
        rest = sum((ord(c) - 48) * w for c, w in zip(body, weights, strict=True)) % 11
        body += str(0 if rest < 2 else 11 - rest)
    return punctuated(body)


def warmth(people: Population) -> Array:
    """How likely each customer is to open what it is sent."""
    return sigmoid(-0.3 + 0.5 * people.traits["engagement"] + 0.3 * people.traits["satisfaction"])
