"""Questions drawn from a grammar of their own words, with their reading."""

import random
import re
from typing import Any

Asked = dict[str, Any]

METRICS = {
    "mrr": ["o MRR", "a receita recorrente mensal"], "arr": ["o ARR", "a receita anual recorrente"],
    "churn_rate": ["o churn", "a taxa de cancelamento"], "nps": ["o NPS", "o net promoter score"],
    "health_score": ["o health score", "a saúde dos clientes"], "tickets": ["os chamados", "os tickets de suporte"],
    "usage_hours": ["as horas de uso", "o tempo de uso"], "arpa": ["o ticket médio", "a receita média por cliente"],
    "new_customers": ["os novos clientes", "os clientes conquistados"], "churned_mrr": ["o MRR perdido", "a receita perdida"],
    "expansion_mrr": ["a expansão de receita", "o MRR de expansão"], "nrr": ["o NRR", "a retenção líquida"],
    "delinquency_rate": ["a inadimplência", "a taxa de inadimplência"], "upsell_pipeline": ["o pipeline de upsell"],
    "resolution_hours": ["o tempo de resolução", "o tempo médio para resolver chamados"], "mrr_at_risk": ["a receita em risco"],
    "product_adoption_rate": ["a adoção de produto"], "csat": ["o CSAT", "a satisfação com o suporte"],
    "active_customers": ["a quantidade de clientes ativos"], "overdue_amount": ["o valor em atraso"],
    "campaign_conversion_rate": ["a conversão das campanhas"], "ltv": ["o LTV"], "grr": ["o GRR", "a retenção bruta"],
    "churn_risk": ["o risco de churn"], "upsell_propensity": ["a propensão a upsell"], "tickets_per_customer": ["os chamados por cliente"],
    "churned_customers": ["os clientes perdidos"],
}  # fmt: skip
DIMENSIONS = {
    "segment": ("segmento", "segmentos", "m"), "cluster": ("cluster", "clusters", "m"), "region": ("região", "regiões", "f"),
    "state": ("estado", "estados", "m"), "company_size": ("porte", "portes", "m"), "plan": ("plano", "planos", "m"),
    "account_owner": ("vendedor", "vendedores", "m"), "product_line": ("linha de produto", "linhas de produto", "f"),
}  # fmt: skip
VALUES = [
    ("segment", "varejo", "no varejo"), ("segment", "agro", "no agronegócio"), ("segment", "saude", "no segmento de saúde"),
    ("segment", "manufatura", "na manufatura"), ("segment", "construcao", "na construção civil"), ("region", "sul", "no Sul"),
    ("region", "centro_oeste", "no Centro-Oeste"), ("region", "nordeste", "na região Nordeste"), ("state", "sp", "em SP"),
    ("state", "mg", "em Minas Gerais"), ("state", "ba", "na Bahia"), ("company_size", "enterprise", "dos clientes enterprise"),
    ("company_size", "pequena", "das pequenas empresas"), ("company_size", "media", "das empresas de médio porte"),
    ("plan", "premium", "do plano premium"), ("plan", "essencial", "no plano essencial"), ("cluster", 3, "do cluster 3"),
    ("nps_band", "detrator", "dos detratores"), ("risk_band", "alto", "dos clientes em risco"),
]  # fmt: skip
PERIODS = [
    ("no mês passado", "2026-05-01", "2026-05-31"), ("em fevereiro", "2026-02-01", "2026-02-28"),
    ("no primeiro trimestre de 2026", "2026-01-01", "2026-03-31"), ("no trimestre passado", "2026-01-01", "2026-03-31"),
    ("nos últimos 6 meses", "2025-12-01", "2026-05-31"), ("nos últimos doze meses", "2025-06-01", "2026-05-31"),
    ("este ano", "2026-01-01", "2026-06-15"), ("no ano passado", "2025-01-01", "2025-12-31"), ("em 2025", "2025-01-01", "2025-12-31"),
    ("desde janeiro", "2026-01-01", "2026-06-15"), ("em nov/25", "2025-11-01", "2025-11-30"), ("no 4T25", "2025-10-01", "2025-12-31"),
    ("entre março e maio", "2026-03-01", "2026-05-31"), ("de julho a setembro de 2025", "2025-07-01", "2025-09-30"),
    ("no segundo semestre de 2025", "2025-07-01", "2025-12-31"), ("em dezembro do ano passado", "2025-12-01", "2025-12-31"),
]  # fmt: skip
DIRECTION = {"down": {"churn_rate", "tickets", "churned_mrr", "delinquency_rate", "resolution_hours", "mrr_at_risk", "overdue_amount",
                      "churn_risk", "tickets_per_customer", "churned_customers"}}  # fmt: skip
CUSTOMER_LEVEL = ["mrr", "nps", "health_score", "usage_hours", "churn_risk", "upsell_propensity", "overdue_amount"]


def answered() -> Asked:
    """An answer whose slots say nothing yet."""
    return {
        "action": "answer",
        "metrics": [],
        "dimensions": [],
        "filters": [],
        "time": None,
        "order": None,
        "limit": None,
        "comparison": None,
    }


def drawn(chance: random.Random, count: int) -> list[Asked]:
    """Questions from a grammar of their own words."""
    kinds = [_metric, _trend, _rank, _list, _compare, _share, _explain, _forecast, _alert, _define, _members]
    out: list[Asked] = []
    seen: set[str] = set()
    while len(out) < count:
        question, slots = chance.choice(kinds)(chance)
        if question in seen:
            continue
        seen.add(question)
        out.append(
            {
                "id": f"drawn-{len(out):03d}",
                "lang": "pt-BR",
                "persona": "analyst",
                "difficulty": "medium",
                "question": question,
                "expect": answered() | slots,
            }
        )
    return out


def _pick(chance: random.Random, names: list[str] | None = None) -> tuple[str, str]:
    name = chance.choice(names or list(METRICS))
    return name, chance.choice(METRICS[name])


def _bare(phrase: str) -> str:
    return phrase.split(" ", 1)[1]


def _when(chance: random.Random, grain: str | None = None) -> tuple[str, Asked]:
    words, start, end = chance.choice(PERIODS)
    return words, {"start": start, "end": end, "grain": grain}


def _where(chance: random.Random, metric: str) -> tuple[str, list[Asked]]:
    field, value, words = chance.choice(
        [
            v
            for v in VALUES
            if not (v[0] == "risk_band" and "risk" in metric) and not (v[0] == "nps_band" and metric == "nps")
        ]
    )
    return words, [{"field": field, "op": "eq", "value": value}]


def _metric(chance: random.Random) -> tuple[str, Asked]:
    name, words = _pick(chance)
    dimension, (one, _, _) = chance.choice(list(DIMENSIONS.items()))
    when, time = _when(chance)
    where, filters = _where(chance, name)
    if filters[0]["field"] == dimension:
        where, filters = "", []
    form = chance.choice(
        [
            "Quero ver {m} por {d} {t} {w}",
            "{m} {w} por {d}, {t}",
            "Me dá {m} de cada {d} {w} {t}",
            "Preciso saber {a} {w} {t}",
            "{b} {t} {w}",
        ]
    )
    question = form.format(m=words, a=words, b=_bare(words), d=one, t=when, w=where)
    split_up = "{d}" in form
    return " ".join(question.split()), {
        "intent": "metric",
        "metrics": [name],
        "dimensions": [dimension] if split_up else [],
        "filters": filters,
        "time": time,
    }


def _trend(chance: random.Random) -> tuple[str, Asked]:
    name, words = _pick(chance)
    when, time = _when(chance, "month")
    where, filters = _where(chance, name)
    of = (
        words.replace("o ", "do ", 1)
        if words.startswith("o ")
        else words.replace("a ", "da ", 1)
        if words.startswith("a ")
        else "d" + words
    )
    form = chance.choice(
        ["Evolução {of} {w} {t}", "Como evoluíram {m} {w} {t}?", "{m} {w} mês a mês {t}", "tendência {of} {t} {w}"]
    )
    return " ".join(form.format(m=words, of=of, w=where, t=when).split()), {
        "intent": "trend",
        "metrics": [name],
        "filters": filters,
        "time": time,
    }


def _rank(chance: random.Random) -> tuple[str, Asked]:
    name, words = _pick(chance)
    dimension, (one, many, gender) = chance.choice(list(DIMENSIONS.items()))
    when, time = _when(chance)
    limit = chance.choice([3, 5, 10])
    best_up = name not in DIRECTION["down"]
    form, direction, cap, accept = chance.choice([
        ("Quais {os} {n} {ds} com maior {b} {t}?", "desc", limit, []), ("top {n} {ds} por {b} {t}", "desc", limit, []),
        ("{ds} com o menor {b} {t}", "asc", None, []), ("Qual {d} teve {o} pior {b} {t}?", "asc" if best_up else "desc", 1, [{"limit": None}]),
        ("ranking de {ds} por {b} {t}", "desc", None, []),
    ])  # fmt: skip
    question = form.format(
        os="os" if gender == "m" else "as",
        n=limit,
        ds=many,
        d=one,
        b=_bare(words),
        t=when,
        o="o" if gender == "m" else "a",
    )
    slots = {
        "intent": "rank",
        "metrics": [name],
        "dimensions": [dimension],
        "time": time,
        "order": {"by": name, "dir": direction},
        "limit": cap,
    }
    return question, slots | ({"accept": accept} if accept else {})


def _list(chance: random.Random) -> tuple[str, Asked]:
    name, words = _pick(chance, CUSTOMER_LEVEL)
    where, filters = _where(chance, name)
    value = chance.choice([10, 25, 40, 60])
    cue, op = chance.choice(
        [
            ("acima de", "gt"),
            ("abaixo de", "lt"),
            ("maior que", "gt"),
            ("menor que", "lt"),
            ("de pelo menos", "gte"),
            ("superior a", "gt"),
            ("inferior a", "lt"),
        ]
    )
    form = chance.choice(
        [
            "Quais clientes {w} têm {b} {c} {v}?",
            "clientes {w} com {b} {c} {v}",
            "Liste os clientes {w} cujo {b} está {c} {v}",
        ]
    )
    where = (
        where.replace("dos clientes ", "").replace("dos ", "")
        if filters[0]["field"] in {"risk_band", "nps_band", "company_size"}
        else where
    )
    where = where.replace("das empresas", "").replace("das pequenas empresas", "de pequeno porte")
    question = " ".join(form.format(w=where, b=_bare(words), c=cue, v=value).split())
    return question, {
        "intent": "list",
        "metrics": [name],
        "dimensions": ["customer"],
        "filters": [*filters, {"field": name, "op": op, "value": value}],
    }


def _compare(chance: random.Random) -> tuple[str, Asked]:
    name, words = _pick(chance)
    where, filters = _where(chance, name)
    form, slots = chance.choice([
        ("Compare {m} {w} de março com {d} de abril", {"time": {"start": "2026-04-01", "end": "2026-04-30", "grain": None}, "comparison": {"type": "period", "start": "2026-03-01", "end": "2026-03-31"}, "accept": [{"comparison": {"type": "previous_period"}}]}),
        ("{m} {w} no trimestre passado contra o trimestre anterior", {"time": {"start": "2026-01-01", "end": "2026-03-31", "grain": None}, "comparison": {"type": "previous_period"}}),
        ("{b} {w} em maio em relação ao mesmo período do ano passado", {"time": {"start": "2026-05-01", "end": "2026-05-31", "grain": None}, "comparison": {"type": "previous_year"}}),
        ("{b} {w} 2T25 x 2T24", {"time": {"start": "2025-04-01", "end": "2025-06-30", "grain": None}, "comparison": {"type": "period", "start": "2024-04-01", "end": "2024-06-30"}, "accept": [{"comparison": {"type": "previous_year"}}]}),
        ("{b} {w} comparado com a média geral", {"comparison": {"type": "overall_average"}}),
    ])  # fmt: skip
    article = words.split(" ", 1)[0]
    return " ".join(form.format(m=words, b=_bare(words), w=where, d=article).split()), {
        "intent": "compare",
        "metrics": [name],
        "filters": filters,
        **slots,
    }


def _members(chance: random.Random) -> tuple[str, Asked]:
    name, words = _pick(chance)
    field, a, b, text = chance.choice([
        ("segment", "varejo", "agro", ("varejo", "agro")), ("region", "sul", "sudeste", ("Sul", "Sudeste")), ("plan", "essencial", "premium", ("essencial", "premium")),
        ("cluster", 1, 5, ("cluster 1", "cluster 5")), ("state", "sp", "pr", ("SP", "PR")), ("company_size", "enterprise", "pequena", ("enterprise", "pequenas empresas")),
    ])  # fmt: skip
    form = chance.choice(
        ["Compare {x} e {y} em {b}", "{x} x {y}: {b}", "Diferença de {b} entre {x} e {y}", "{b}: {x} versus {y}"]
    )
    return form.format(x=text[0], y=text[1], b=_bare(words)), {
        "intent": "compare",
        "metrics": [name],
        "dimensions": [field],
        "comparison": {"type": "members", "field": field, "values": [a, b]},
    }


def _share(chance: random.Random) -> tuple[str, Asked]:
    name = chance.choice(["mrr", "arr", "tickets", "active_customers", "overdue_amount"])
    words = METRICS[name][0]
    of = "n" + words
    where, filters = _where(chance, name)
    bare = re.sub(r"^(no|na|nos|nas|em|do|da|dos|das) ", "", where)
    form = chance.choice(["Quanto {w} representa {of}?", "Qual a participação de {w} {of}?", "peso de {w} {of}"])
    return form.format(w=bare, of=of), {
        "intent": "metric",
        "metrics": [name],
        "filters": filters,
        "calculation": "share_of_total",
    }


def _explain(chance: random.Random) -> tuple[str, Asked]:
    name, words = _pick(chance)
    when, time = _when(chance)
    where, filters = _where(chance, name)
    form = chance.choice(
        [
            "Por que {m} {w} caiu {t}?",
            "O que explica a variação de {b} {w} {t}?",
            "qual o motivo da queda de {b} {w} {t}",
        ]
    )
    return " ".join(form.format(m=words, b=_bare(words), w=where, t=when).split()), {"intent": "explain", "metrics": [name], "filters": filters, "time": time,
                                                                                  "accept": [{"calculation": "growth"}]}  # fmt: skip


def _forecast(chance: random.Random) -> tuple[str, Asked]:
    name, words = _pick(chance)
    where, filters = _where(chance, name)
    when, start, end = chance.choice(
        [
            ("para os próximos 6 meses", "2026-06-01", "2026-11-30"),
            ("para o próximo trimestre", "2026-07-01", "2026-09-30"),
            ("até dezembro", None, "2026-12-31"),
            ("para agosto", "2026-08-01", "2026-08-31"),
            ("para o mês que vem", "2026-07-01", "2026-07-31"),
        ]
    )
    form = chance.choice(["Previsão de {b} {w} {t}", "Qual a projeção de {b} {w} {t}?", "Estime {m} {w} {t}"])
    accept = [{"forecast": {"start": "2026-07-01", "end": "2026-12-31"}}]
    return " ".join(form.format(m=words, b=_bare(words), w=where, t=when).split()), {
        "intent": "forecast",
        "metrics": [name],
        "filters": filters,
        "forecast": {"start": start, "end": end},
        "accept": accept,
    }


def _alert(chance: random.Random) -> tuple[str, Asked]:
    name, words = _pick(chance)
    where, filters = _where(chance, name)
    value = chance.choice([5, 20, 50])
    cue, op = chance.choice(
        [
            ("passar de", "gt"),
            ("ficar abaixo de", "lt"),
            ("cair abaixo de", "lt"),
            ("ultrapassar", "gt"),
            ("ficar acima de", "gt"),
        ]
    )
    form = chance.choice(
        ["Me avise quando {m} {w} {c} {v}", "Crie um alerta se {m} {w} {c} {v}", "Quero ser avisado se {m} {w} {c} {v}"]
    )
    return " ".join(form.format(m=words, w=where, c=cue, v=value).split()), {
        "intent": "alert",
        "metrics": [name],
        "filters": filters,
        "condition": {"field": name, "op": op, "value": value},
    }


def _define(chance: random.Random) -> tuple[str, Asked]:
    name, words = _pick(chance)
    return chance.choice(
        ["O que é {m}?", "Como se calcula {m}?", "qual a definição de {b}", "Como é calculado {m}?"]
    ).format(m=words, b=_bare(words)), {"intent": "define", "metrics": [name]}
