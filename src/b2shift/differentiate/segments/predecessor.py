"""`features_b2shift37`: the predecessor's 37 binary features, as it documented them but with dates read strictly.

Its own run parsed dates month first and lost every customer none of whose recent contracts fell on a day up to 12;
its tenure depended on the day of the run. Here the population is every customer with a line signed in or after 2015,
and tenure is whole years (days // 365) to an explicit date.
"""

from datetime import date
from pathlib import Path

SQL = Path(__file__).with_name("b2shift37.sql")

_LINES = {
    "line_saas": "SAAS",
    "line_cdu": "CDU",
    "line_sms": "SMS",
    "line_consultoria": "CONSULTORIA & SERVIÇOS",
    "line_cloud": "CLOUD",
    "line_outros": "OUTROS",
}
_SEGMENTS = {
    "segment_agroindustria": "AGROINDUSTRIA",
    "segment_construcao_e_projetos": "CONSTRUCAO E PROJETOS",
    "segment_distribuicao": "DISTRIBUICAO",
    "segment_educacional": "EDUCACIONAL",
    "segment_financial_services": "FINANCIAL SERVICES",
    "segment_hospitality": "HOSPITALITY",
    "segment_juridico": "JURIDICO",
    "segment_logistica": "LOGISTICA",
    "segment_manufatura": "MANUFATURA",
    "segment_saude": "SAUDE",
    "segment_servicos": "SERVICOS",
    "segment_supermercados": "SUPERMERCADOS",
    "segment_totvs": "TOTVS",
    "segment_varejo": "VAREJO",
}
_REVENUE = {
    "revenue_ate_15m": "range_number BETWEEN 0 AND 2",
    "revenue_15_50m": "range_number BETWEEN 3 AND 5",
    "revenue_50_150m": "range_number BETWEEN 6 AND 7",
    "revenue_acima_150m": "range_number BETWEEN 8 AND 11",
    "revenue_sem_info": "coalesce(range_number, -1) NOT BETWEEN 0 AND 11",
}
_VALUE = {
    "value_negativo": "value < 0",
    "value_zero": "value = 0",
    "value_ate_5k": "value > 0 AND value <= 5000",
    "value_5_20k": "value > 5000 AND value <= 20000",
    "value_20_100k": "value > 20000 AND value <= 100000",
    "value_100_500k": "value > 100000 AND value <= 500000",
    "value_500k_1m": "value > 500000 AND value <= 1000000",
    "value_acima_1m": "value > 1000000",
}
_TENURE = {
    "tenure_recente": "years BETWEEN 0 AND 3",
    "tenure_estabelecido": "years > 3 AND years <= 10",
    "tenure_madura": "years > 10",
}


def _conditions() -> dict[str, str]:
    lines = {name: f"revenue_line_group = '{group}'" for name, group in _LINES.items()}
    segments = {name: f"market_segment = '{segment}'" for name, segment in _SEGMENTS.items()}
    return lines | segments | _REVENUE | _VALUE | _TENURE


VARIABLES: tuple[tuple[str, ...], ...] = (
    *((name,) for name in _LINES),
    tuple(_SEGMENTS),
    tuple(_REVENUE),
    tuple(_VALUE),
    tuple(_TENURE),
    ("cliente_ativo",),
)
"""Columns of each variable, shuffled together in the null model."""
COLUMNS = tuple(column for variable in VARIABLES for column in variable)


def predecessor_sql(as_of: date) -> str:
    """SQL of the view from `contract_lines` and `customer_registry`."""
    columns = [f"CAST(coalesce(bool_or({rule}), FALSE) AS TINYINT) AS {name}" for name, rule in _conditions().items()]
    text = SQL.read_text(encoding="utf-8")
    return text.replace("$columns", ",\n       ".join(columns)).replace("$as_of", f"DATE '{as_of}'")
