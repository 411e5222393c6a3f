"""A lake with every table the records are published from, made of arithmetic: small, quick and the same each time."""

from datetime import date
from pathlib import Path

import b2shift
from b2shift.identify.view360 import pages
from b2shift.lake.api import Session, Specs, load_specs, writing

AS_OF = date(2026, 10, 31)
_PACKAGES = Path(b2shift.__file__).parent
_NAMES = "['Padaria São João', 'Aço & Forja Ltda', 'Clínica Coração', 'Ótica Visão', 'Grão do Pará', 'JOSÉ Müller ME']"
_CITIES = "['SAOPAULO', 'BELOHORIZONTE', 'CURITIBA', 'JUNDIAI']"
_UNITS = "[['totvs_gestao'], ['rd_station', 'totvs_gestao'], ['techfin'], ['totvs_gestao', 'techfin']]"

CUSTOMER = {
    "customer_id": "CASE WHEN i % 10 = 9 THEN printf('C%05d', i) ELSE printf('%05d', 10000 + i) END",
    "name": f"{_NAMES}[1 + i % 6] || ' ' || i || ' S.A.'",
    "trade_name": f"CASE WHEN i % 3 = 0 THEN {_NAMES}[1 + (i // 3) % 6] || ' ' || i END",
    "cnpj": "CASE WHEN i % 7 <> 6 THEN "
    "printf('%02d.%03d.%03d/0001-%02d', i % 90 + 10, i % 1000, i // 1000, i % 100) END",
    "cnpj_valid": "i % 7 < 5",
    "domain": "'empresa' || i || '.example'",
    "phone": "'(11) 3000-' || printf('%04d', i % 10000)",
    "city": f"{_CITIES}[1 + i % 4]",
    "state": "['SP', 'MG', 'PR', 'SP'][1 + i % 4]",
    "country_code": "105",
    "employees": "i % 500",
    "market_segment": "['VAREJO', 'MANUFATURA', 'SERVICOS'][1 + i % 3]",
    "revenue_range": "'Até 15 milhões'",
    "revenue_band": "['ate_15m', '15_50m', 'sem_info'][1 + i % 3]",
    "customer_since": "DATE '2026-10-31' - INTERVAL (i % 4000) DAY",
    "tenure_years": "(i % 4000) / 365.25",
    "tenure_band": "CASE WHEN i % 4000 <= 1096 THEN 'ate_3' WHEN i % 4000 <= 3652 THEN '3_10' ELSE 'mais_10' END",
    "onboarding": "i % 4000 < 365",
    "situation": "CASE WHEN i % 11 = 0 THEN 'cancelado' ELSE 'ativo' END",
    "lines": "1 + i % 5",
    "active_lines": "CASE WHEN i % 11 = 0 THEN 0 ELSE 1 + i % 5 END",
    "contract_total": "i * 12.5",
    "contract_band": "'5_20k'",
    "mrr": "CASE WHEN i % 11 = 0 THEN 0 ELSE (i * 7919) % 100000 / 10.0 END",
    "families": "['CRM', 'ERP']",
    "business_units": f"{_UNITS}[1 + i % 4]",
    "owner_id": "CASE WHEN i % 13 <> 12 THEN printf('U%04d', 2 + i % 6) END",
    "purchases_12m": "i % 3",
    "as_of": "DATE '2026-10-31'",
}
PEOPLE = {
    "user_id": "printf('U%04d', i)",
    "name": "['Ana Souza', 'Bruno Nunes', 'Carla Costa', 'Diego Reis', 'Elisa Rocha', 'Fábio Lima', 'Gil Moraes', "
    "'Hugo Prado'][1 + i]",
    "email": "printf('u%04d@example.com', i)",
    "role": "CASE WHEN i < 2 THEN 'gerente' ELSE 'vendedor' END",
    "team": "printf('Equipe %02d', i % 2)",
    "manager_id": "CASE WHEN i >= 2 THEN printf('U%04d', i % 2) END",
    "monthly_goal": "50000",
    "active": "i <> 7",
}
_OF_CUSTOMER = {"customer_id": CUSTOMER["customer_id"], "as_of": "DATE '2026-10-31'"}
_SEGMENT_NAME = "['Varejo que cresce', 'Indústria estável', 'Serviços em risco'][1 + i % 3]"
_SEGMENTS = _OF_CUSTOMER | {
    "segment_id": "'s' || (i % 3)",
    "segment_name": _SEGMENT_NAME,
    "confidence": "0.5 + (i % 50) / 100.0",
    "x": "sin(i)",
    "y": "cos(i)",
    "life_stage": "['Novos', 'Em Expansão', 'Fiéis', 'Estratégicos'][1 + i % 4]",
    "life_stage_probability": "0.9",
    "rfm_class": "'Campeões'",
}
_SCORES = _OF_CUSTOMER | {
    "churn_90d": "CASE WHEN i % 11 <> 0 THEN (i * 31 % 997) / 1000.0 END",
    "churn_90d_low": "CASE WHEN i % 11 <> 0 THEN (i * 31 % 997) / 2000.0 END",
    "churn_90d_high": "CASE WHEN i % 11 <> 0 THEN 0.5 + (i * 31 % 997) / 2000.0 END",
    "churn_band": "CASE WHEN i % 11 <> 0 THEN ['alto', 'médio', 'baixo'][1 + i % 3] END",
    "health": "CASE WHEN i % 17 = 0 THEN 'nan'::DOUBLE ELSE i * 37 % 101 END",
    "reasons": "[{'score': 'churn_90d', 'feature': 'usage', 'phrase': 'Uso caiu', 'value': '3 h', 'peers': '9 h', "
    "'points': 0.7}]",
}
_CATALOGUE = {
    "segment_id": "'s' || i",
    "name": _SEGMENT_NAME,
    "paragraph": "'Empresas do segmento ' || i",
    "customers": "{customers} // 3",
    "share": "1.0 / 3",
    "mrr": "1000.0",
    "top_traits": "['do varejo', 'com 3 a 10 anos de casa']",
    "exemplars": "['10000', '10001']",
}
_TRAITS = {
    "segment_id": "'s' || (i % 3)",
    "trait": "'trait=' || i",
    "label": "'com o traço ' || i",
    "prevalence": "0.5",
    "low": "0.4",
    "high": "0.6",
    "overall": "0.25",
    "lift": "2.0",
    "members": "10",
}
_MODELS = {
    "view": "'default'",
    "algorithm": "['kmeans', 'gaussian_mixture', 'hdbscan'][1 + i % 3]",
    "k": "4 + i",
    "silhouette": "0.2 + i / 100.0",
    "stability": "0.9",
    "meets_floor": "true",
    "chosen": "i = 0",
    "reason": "'Melhor equilíbrio'",
}
# 60 customers: each segment keeps 18, s0 and s1 give two to the next, s2 is joined by two that are new.
_FLOWS = {
    "before": "DATE '2025-02-28'",
    "as_of": f"DATE '{AS_OF}'",
    "from_id": "['s0', 's1', 's2', 's0', 's1', ''][1 + i]",
    "from_name": "['Segmento 0', 'Segmento 1', 'Segmento 2', 'Segmento 0', 'Segmento 1', ''][1 + i]",
    "to_id": "['s0', 's1', 's2', 's1', 's2', 's2'][1 + i]",
    "to_name": "['Segmento 0', 'Segmento 1', 'Segmento 2', 'Segmento 1', 'Segmento 2', 'Segmento 2'][1 + i]",
    "customers": "CASE WHEN i < 3 THEN 18 ELSE 2 END",
    "mrr": "100 * i",
}
_EVENTS = {
    "before": "DATE '2025-02-28'",
    "as_of": f"DATE '{AS_OF}'",
    "event": "'dividiu'",
    "segment_id": "'s2'",
    "segment_name": "'Segmento 2'",
    "other_id": "'s1'",
    "sentence": "'Segmento 2 separou-se de Segmento 1.'",
    "customers": "20",
}
_OUTLOOK_CARDS = {
    "as_of": f"DATE '{AS_OF}'",
    "horizon_days": "[30, 90][1 + i]",
    "told": "['nenhum', 'modelo'][1 + i]",
    "sentence": "['História curta demais para prever 30 dias.', 'Testado em 60 clientes.'][1 + i]",
}
_OUTLOOK_FLOWS = {
    "as_of": f"DATE '{AS_OF}'",
    "horizon_days": "90",
    "from_id": "['s0', 's1', 's2', 's0', 's1'][1 + i]",
    "from_name": "['Segmento 0', 'Segmento 1', 'Segmento 2', 'Segmento 0', 'Segmento 1'][1 + i]",
    "to_id": "['s0', 's1', 's2', 's1', 's2'][1 + i]",
    "to_name": "['Segmento 0', 'Segmento 1', 'Segmento 2', 'Segmento 1', 'Segmento 2'][1 + i]",
    "customers": "[17.6, 18.0, 22.0, 2.0, 0.4][1 + i]",
}
_CARDS = {
    "score": "'churn_90d'",
    "label": "'Risco de churn'",
    "method": "'logistic'",
    "usable": "true",
    "auc": "0.75",
    "reliability": "[{'predicted': 0.1, 'observed': 0.12, 'customers': 50}]",
}
PROPOSALS = _OF_CUSTOMER | {
    "proposal_id": "'p_' || i",
    "rule_id": "'r' || (i % 2)",
    "rule_name": "['Queda de uso', 'Renovação'][1 + i % 2]",
    "segment_id": "'s' || (i % 3)",
    "trigger": "['telemetry', 'date'][1 + i % 2]",
    "kind": "['retencao', 'relacionamento'][1 + i % 2]",
    "action": "'Ligar para o cliente'",
    "channels": "['email', 'telefone']",
    "owner_role": "'executor'",
    "owner_id": CUSTOMER["owner_id"],
    "priority": "i % 100",
    "due_on": "DATE '2026-11-03' + (i % 5)::INTEGER",
    "reason": "'Uso caiu 40 % em 30 dias'",
    "evidence": "[{'metric': 'usage_ratio', 'label': 'Uso', 'value': '20 %', 'threshold': '50 %', 'source': 'uso'}]",
    "mrr_at_stake": "100.0 + i",
    "blocked": "CASE WHEN i % 5 = 0 THEN 'Sem consentimento em nenhum canal' END",
}
ACTIONS = _OF_CUSTOMER | {
    "action_id": "'n_' || i",
    "theme": "'expansao'",
    "action": "['modulo_adicional', 'oferta_digital'][1 + i % 2]",
    "name": "['Módulo adicional para quem usa muito', 'Oferta digital de evolução do plano'][1 + i % 2]",
    "kind": "'expansao'",
    "message": "'Há um módulo que completa esse trabalho.'",
    "role": "CASE WHEN i % 2 = 0 THEN 'executor' END",
    "channel": "['telefone', 'email'][1 + i % 2]",
    "week": "i % 3",
    "expected": "100.0 + i",
    "low": "50.0 + i",
    "high": "150.0 + i",
    "chance": "0.2",
    "reason": "'O cliente usa mais que 90 % do seu segmento.'",
    "evidence": "[{'metric': 'usage_percentile', 'label': 'Percentil de uso', 'value': '90', "
    "'threshold': 'acima de 60', 'source': 'features'}]",
    "runner_up": "'convite_a_promotor'",
    "runner_up_expected": "40.0",
    "would_change": "'Outra tomaria o lugar se valesse mais.'",
    "left": "[{'action': 'lembrete_de_fatura', 'why': 'não cumpre: faturas vencidas a partir de 1'}]",
}
_LIMITS = {
    "limit": "['executor, semana 1', 'gestor, semana 1'][1 + i]",
    "amount": "40.0",
    "used": "39.0",
    "price": "12.5",
    "value": "5000.0",
    "greedy_value": "4900.0",
    "bound": "5100.0",
}
_RULES = {
    "rule_id": "'r' || i",
    "name": "['Queda de uso', 'Renovação'][1 + i]",
    "archetype": "'Varejo'",
    "archetypes": "['Varejo']",
    "channels": "['email']",
    "customers": "10",
    "due": "5",
}
_QUALITY = {
    "source": "'tickets'",
    "file": "'tickets.csv'",
    "kind": "['duplicate_row', 'orphan_key'][1 + i]",
    "column": "CASE WHEN i = 1 THEN 'codigo' END",
    "treatment": "'rejected'",
    "count": "3 + i",
}
_LOADS = {
    "source": "'tickets'",
    "file": "'tickets' || i || '.csv'",
    "bytes": "1000",
    "status": "'loaded'",
    "new_columns": "[]",
    "rows_read": "100",
    "rows_accepted": "97",
    "rows_rejected": "3",
    "values_repaired": "2",
    "seconds": "0.1",
}
_REJECTS = {
    "source": "'tickets'",
    "file": "'tickets0.csv'",
    "row": "i",
    "kind": "'orphan_key'",
    "column": "CASE WHEN i % 2 = 0 THEN 'CODIGO_ORGANIZACAO' ELSE 'codigo' END",  # declared, and known to nobody
    "value": "'ZZZ' || i",
    "reason": "'Cliente desconhecido: ZZZ' || i",
    "delivered": "'linha com maria@example.com'",
    "customer_id": CUSTOMER["customer_id"],
}
_REPAIRS = {
    "source": "['tickets', 'contatos', 'fonte_nova'][1 + i % 3]",
    "file": "['tickets.csv', 'contatos.csv', 'nova.csv'][1 + i % 3]",
    "row": "i",
    "kind": "'category_variant'",
    "column": "['PRIORIDADE_TICKET', 'nome', 'coluna'][1 + i % 3]",
    "before": "[' Urgent ', 'joana pessoa', 'segredo novo'][1 + i % 3]",
    "after": "['urgent', 'Joana Pessoa', 'Segredo Novo'][1 + i % 3]",
    "rule": "'Igual sem caixa nem espaços'",
    "confidence": "1.0",
    "customer_id": CUSTOMER["customer_id"],
}
_ARCHETYPES = {
    "segment_id": "'s' || i",
    "archetype": "['Varejo', 'Indústria', 'Serviços'][1 + i]",
    "similarity": "0.9 - i / 10.0",
    "why": "'Mesmo segmento de mercado'",
}
_CONTACTS = {
    "contact_id": "'k' || i",
    "customer_id": CUSTOMER["customer_id"],
    "name": "'Maria Pessoa ' || i",
    "email": "printf('pessoa%d@segredo.example', i)",
    "phone": "'(11) 9' || i",
    "consent_email": "true",
}
VIEW360 = {
    "customer_id": CUSTOMER["customer_id"],
    "revenue": "[{'month': DATE '2026-08-01', 'mrr': 90.00, 'users': 5}, "
    "{'month': DATE '2026-09-01', 'mrr': 100.50, 'users': 6}]",
    "families": "[{'product_family': 'ERP', 'mrr': 100.50, 'since': DATE '2020-01-15'}]",
    "usage": "[{'month': DATE '2026-09-01', 'hours': 12.5, 'users': 3, 'days': 20, 'modules': 2}]",
    "lines": "[{'product': 'ERP', 'revenue_line': 'SAAS', 'situation': 'ATIVO', 'value': 1234.5678, "
    "'signed_on': DATE '2020-01-15'}]",
    "nps": "[{'survey': 'relacional', 'answered_on': DATE '2026-05-02', 'score': 9, 'class': 'promotor', "
    "'product': NULL}]",
    "tickets_monthly": "[{'month': DATE '2026-09-01', 'total': 4, 'billing': 1, 'urgent': 0}]",
    "tickets": "[{'ticket_id': 't' || i, 'created_on': DATE '2026-09-12', 'group_name': 'Suporte', "
    "'type': 'question', 'priority': 'low', 'status': 'solved'}]",
    "invoices": "[{'invoice_id': 'f' || i, 'issued_on': DATE '2026-09-01', 'due_on': DATE '2026-09-20', "
    "'paid_on': NULL, 'amount': 100.50, 'status': 'VENCIDA', 'days_late': 41}]",
    "orders": "[{'order_id': 'p' || i, 'ordered_on': DATE '2026-08-20', 'amount': 77.70, 'status': 'FATURADO'}]",
    "quotes": "[{'quote_id': 'q' || i, 'quoted_on': DATE '2026-07-01', 'items': 2, 'total': 500.0}]",
    "opportunities": "[{'opportunity_id': 'o' || i, 'kind': 'upsell', 'product_family': 'CRM', 'value': 900.00, "
    "'stage': 'proposta', 'result': 'aberto', 'created_on': DATE '2026-08-03', 'closed_on': NULL, "
    "'expected_close_on': DATE '2026-12-01', 'owner_id': 'U0002', 'loss_reason': NULL, 'competitor': NULL}]",
    "activities": "[{'at': TIMESTAMP '2026-10-02 14:30:00', 'kind': 'ligacao', 'result': 'atendida', 'minutes': 12, "
    "'user_id': 'U0002'}]",
    "campaigns": "[{'at': TIMESTAMP '2026-06-01 12:00:00', 'kind': 'open', 'campaign_id': 'c1', 'channel': 'email', "
    "'variant': 'A'}]",
    "contacts": "[{'contact_id': 'k' || i, 'name': 'Maria Pessoa ' || i, 'job_title': 'Diretora', "
    "'email': printf('pessoa%d@segredo.example', i), 'phone': '(11) 9' || i, 'preferred_channel': 'email', "
    "'role': 'decisor', 'sentiment': 'positivo', 'consent_email': true, 'consent_whatsapp': false, "
    "'consent_sms': NULL, 'consented_on': DATE '2025-02-01'}]",
    "telemetry": "[{'day': DATE '2026-10-30', 'events': 40, 'hours_capped': 3.5, 'modules': 2, 'connected': 38, "
    "'denied': 1}]",
}
_NPS = {
    "customer_id": CUSTOMER["customer_id"],
    "survey": "'relacional'",
    "answered_on": "DATE '2026-05-02' + (i % 90)::INTEGER",
    "score": "i % 11",
    "class": "CASE WHEN i % 11 >= 9 THEN 'promotor' WHEN i % 11 >= 7 THEN 'neutro' ELSE 'detrator' END",
}
_FEATURES = {
    "usage_ratio": "CASE WHEN i % 3 <> 0 THEN (i % 40) / 20.0 END",
    "usage_trend_3m": "CASE WHEN i % 3 <> 0 THEN (i % 9 - 4) / 10.0 END",
    "days_disconnected": "i % 30",
    "nps_value": "CASE WHEN i % 2 = 0 THEN i % 201 - 100.0 END",
    "nps_value_shrunk": "i % 4 = 0",
    "tickets_90d": "i % 6",
    "overdue_amount": "CASE WHEN i % 4 = 0 THEN 10.5 + i ELSE 0 END",
}


def specs() -> dict[str, Specs]:
    """The three packages' declarations."""
    return {name: load_specs(_PACKAGES / name / "tables.yaml") for name in ("identify", "differentiate", "interact")}


def stage_all(session: Session, customers: int = 60) -> None:
    """Stage every table the records read, over that many customers."""
    told = specs()
    identify, differentiate, interact = told["identify"], told["differentiate"], told["interact"]
    stage(session, identify, "customers", customers, CUSTOMER)
    stage(session, identify, "users", 8, PEOPLE)
    stage(session, identify, "contacts", customers, _CONTACTS)
    stage(session, identify, "customer_360", customers, VIEW360)
    pages.write(session, identify[pages.TABLE])
    stage(session, identify, "nps_answers", customers, _NPS)
    stage(session, identify, "quality", 2, _QUALITY)
    stage(session, identify, "loads", 3, _LOADS)
    stage(session, identify, "rejects", 120, _REJECTS)
    stage(session, identify, "repairs", 30, _REPAIRS)
    stage(session, differentiate, "segments", customers, _SEGMENTS)
    stage(session, differentiate, "segment_catalogue", 3, _CATALOGUE | {"customers": str(customers // 3)})
    stage(session, differentiate, "segment_profiles", 9, _TRAITS)
    stage(session, differentiate, "segment_models", 6, _MODELS)
    stage(session, differentiate, "segment_flows", 6, _FLOWS)
    stage(session, differentiate, "segment_events", 1, _EVENTS)
    stage(session, differentiate, "segment_outlook_cards", 2, _OUTLOOK_CARDS)
    stage(session, differentiate, "segment_outlook_flows", 5, _OUTLOOK_FLOWS)
    stage(session, differentiate, "features", customers, _OF_CUSTOMER, further=_FEATURES)
    stage(session, differentiate, "scores", customers, _SCORES)
    stage(session, differentiate, "score_cards", 1, _CARDS)
    stage(session, interact, "proposals", customers // 2, PROPOSALS)
    stage(session, interact, "next_actions", customers // 2, ACTIONS)
    stage(session, interact, "action_limits", 2, _LIMITS)
    stage(session, interact, "contact_rules", 2, _RULES)
    stage(session, interact, "segment_archetypes", 3, _ARCHETYPES)


def stage(
    session: Session,
    declared: Specs,
    name: str,
    rows: int,
    expressions: dict[str, str],
    *,
    further: dict[str, str] | None = None,
) -> None:
    """Stage a table of `rows` rows; `i` counts them from 0, declared columns without an expression are null."""
    spec = declared[name]
    columns = {column.name: expressions.get(column.name, "NULL") for column in spec.columns} | (further or {})
    told = ", ".join(f'{expression} AS "{column}"' for column, expression in columns.items())
    session.write(spec, f"SELECT {told} FROM range({rows}) AS t(i)")


PAID = {
    "customer_id": CUSTOMER["customer_id"].replace("i", "(i // 14)").replace("pr(i // 14)ntf", "printf"),
    "month": "(DATE '2025-09-01' + (i % 14) * INTERVAL 1 MONTH)::DATE",
    "product_family": "'ERP'",
    "mrr": "100 + (i // 14) % 7 * 10 + i % 14",
}
"""Fourteen months of payments of each of the sixty customers."""
BRIDGE = {
    "month": "DATE '2026-09-01'", "start_mrr": "100", "new_mrr": "20", "reactivated_mrr": "5", "expansion_mrr": "10",
    "contraction_mrr": "7", "churned_mrr": "8", "end_mrr": "120",
}  # fmt: skip


def make_home(home: Path, customers: int = 60) -> Path:
    """A home whose lake holds every table."""
    with writing(home) as session:
        stage_all(session, customers)
        session.commit(AS_OF)
    return home


def make_paying_home(home: Path) -> Path:
    """A home whose lake holds every table, and payments whose bridge adds up."""
    with writing(home) as session:
        stage_all(session)
        stage(session, specs()["identify"], "recurring_revenue", 60 * 14, PAID)
        stage(session, specs()["identify"], "revenue_bridge", 1, BRIDGE)
        session.commit(AS_OF)
    return home
