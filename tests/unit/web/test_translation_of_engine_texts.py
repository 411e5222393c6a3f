"""What the engine wrote in Portuguese is told in English on English pages, and nothing of it is left out or made up."""

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from b2shift.differentiate.api import feature_declarations
from b2shift.differentiate.lifecycle.journey import STAGES, Age, Paying, Use
from b2shift.differentiate.lifecycle.rfm_classes import CLASSES
from b2shift.differentiate.segments.trait_declarations import declared_variables
from b2shift.identify.api import propose_sources
from b2shift.identify.quality.rejects import REASONS
from b2shift.interact.evaluation.event_sources import event_sources
from b2shift.interact.policy.vocabulary import metrics
from b2shift.lake.api import open_lake
from b2shift.web.console import wording
from b2shift.web.console.home.executive import bridge_picture
from b2shift.web.console.translation import translate_engine_text
from b2shift.web.console.translation.engine_texts import _read
from b2shift.web.crm.revenue import Bridge

PORTUGUESE = re.compile(
    r"[ãõçêâ]|\b(não|uma|com|sem|dias|clientes|receita|risco|faixa|limite|abaixo|acima)\b", re.IGNORECASE
)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """The page is in English."""
    with translation.override("en"):
        yield


TOLD = {
    "O NPS do cliente é -7,1, com 14 respostas em doze meses (faixa: abaixo de 30); a última resposta foi em "
    "13/03/2025. Último contato: 16/03/2025, por WhatsApp.": "The customer's NPS is -7.1, with 14 answers in twelve "
    "months (band: below 30); the last answer was on 13 Mar 2025. Last contact: 16 Mar 2025, by WhatsApp.",
    "O cliente tem 1 fatura vencida no total de R$ 1.562,05, a mais antiga desde 27/03/2025.": "The customer has 1 "
    "overdue invoice, R$\u00a01,562.05 in all, the oldest since 27 Mar 2025.",
    "O contato bimestral de março e abril de 2025 ainda não foi feito: o último por e-mail, no aplicativo ou no "
    "portal foi em 11/07/2024.": "The two-monthly contact of March and April of 2025 was not made yet: the last one "
    "by e-mail, in the application or on the portal was on 11 Jul 2024.",
    "Prestadores de serviços de baixo contrato e baixa receita": "Service providers with small contracts and low "
    "revenue",
    "não veio nesta entrega; valem as linhas da versão 2 (dados até 31/03/2025)": "did not come in this delivery; the "
    "rows of version 2 hold (data up to 31 Mar 2025)",
    "o arquivo não veio": "the file did not come",
    "executivo, semana 3": "executive, week 3",
    "De 0 a 12,5: 1.234": "From 0 to 12.5: 1,234",
    "sim: 52,3%": "yes: 52.3%",
    "ativo: 62,4%": "active: 62.4%",
    "ACME Sul: 62,4%": "ACME Sul: 62.4%",
    "sem valor: 22,9%": "no value: 22.9%",
    "linhas contra a carga anterior: sem valor (mínimo 50%, máximo 200%)": "rows against the load before: no value "
    "(from 50% to 200%)",
    "mudança na distribuição de mrr: sem valor (máximo 0,25)": "change in the distribution of mrr: no value (at most "
    "0.25)",
    "art. 7º, II, e arts. 18 a 20": "art. 7, II, and arts. 18 to 20",
    "Estágio Fiéis": "Loyal stage",
    "faltam 2 de 11 arquivos": "2 of 11 files are missing",
    "Varejo na maioria sem receita recorrente nem chamados": "Retail mostly without recurring revenue and tickets",
    "Serviços sem receita recorrente e na maioria sem chamados": "Services without recurring revenue and mostly "
    "without tickets",
    "Comércio com Backoffice na maioria sem uso registrado": "Commerce with Backoffice mostly without recorded use",
    "Ex-clientes sem receita recorrente, segundo grupo": "Former customers without recurring revenue, second group",
    "Propensão a RH": "Propensity to HR",
    "Nova: silhueta 0,212 contra 0,228 da que continua; trocar moveria clientes que não mudaram.": "New: silhouette "
    "0.212 against 0.228 of the one carried on; changing would move customers that did not change.",
    "388.986 com o ano na frente; 148 com o ano no fim: 122 só podem ter o dia primeiro, 0 só o mês primeiro, 26 os "
    "dois; decidido pelos dias acima de 12": "388,986 with the year first; 148 with the year last: 122 can only have "
    "the day first, 0 only the month first, 26 either; decided by the days above 12",
    "0 com o ano na frente; 40 com o ano no fim: 9 só podem ter o dia primeiro, 0 só o mês primeiro, 31 os dois; "
    "decidido pelos dias acima de 12; 60 com o nome do mês, 7 deles com dois dígitos do ano, lidos no fim e como "
    "20xx": "0 with the year first; 40 with the year last: 9 can only have the day first, 0 only the month first, 31 "
    "either; decided by the days above 12; 60 with the month as a word, 7 of them with two digits of the year, read "
    "last and as 20xx",
    "0 com o ano na frente; 60 com o nome do mês": "0 with the year first; 60 with the month as a word",
    "-0,50 pontos em saída nos 90 dias depois (intervalo de 95%: -1,20 pontos a -0,10 pontos); sem ajuste seriam -0,70 "
    "pontos; o placebo dá 0,10 pontos.": "-0.50 points in leaving in the 90 days after (interval of 95%: -1.20 points "
    "to -0.10 points); without adjustment it would be -0.70 points; the placebo gives 0.10 points.",
    "0 com o ano na frente; 60 como números de série de planilhas, contados desde 1900": "0 with the year first; 60 "
    "as numbers of workbooks, counted since 1900",
    "datas como números de planilhas; sempre preenchida; nenhum valor se repete": "dates as numbers of workbooks; "
    "always filled; no value repeats",
    "Competência: jan/25 pode ser um dia ou o ano 2025; ficou o ano, confira": "Competência: jan/25 may be a day or "
    "the year 2025; the year was taken, check it",
    "Quem não tem código de cliente fica com a empresa que diz Firma ou o domínio de E-mail; se nada a diz, é "
    "recusado": "Who has no code of a customer is with the company that Firma or the domain of E-mail tells; if "
    "nothing tells it, refused",
    "Quem não tem código de cliente fica com a empresa que diz o domínio de E-mail; se nada a diz, é recusado": "Who "
    "has no code of a customer is with the company that the domain of E-mail tells; if nothing tells it, refused",
    "97% números; mais de 99% preenchida; 1.234 valores diferentes": "97% numbers; more than 99% filled; 1,234 "
    "different values",
    "números inteiros; sempre preenchida; nenhum valor se repete": "whole numbers; always filled; no value repeats",
    "'ID da conta': 100% dos seus valores estão no cadastro": "'ID da conta': 100% of its values are in the registry",
    "Dados certos são direito do titular (art. 6º, V); o valor de antes só aparece a quem cuida dos dados.": "Right "
    "data are a right of the person (art. 6, V); the value before is shown only to who looks after the data.",
    "números: 496 com vírgula e 2 com ponto": "numbers: 496 with a comma and 2 with a point",
    "preenchimento de created_on: 96,25% (mínimo 97%)": "share of created_on that is filled: 96.25% (at least 97%)",
    "linhas contra a carga anterior: 20% (mínimo 80%, máximo 200%)": "rows against the load before: 20% (from 80% to "
    "200%)",
    "linhas de clientes conhecidos: sem valor (mínimo 98%)": "rows of known customers: no value (at least 98%)",
    "Taxa de churn de Varejo acima de 3,00%": "Churn rate of Retail above 3.00%",
    "mudança de MRR abaixo de -5,00%": "change of MRR below -5.00%",
    "Percentil de uso no segmento acima de 80; sai em 75": "Percentile of use in the segment above 80; ends at 75",
}


@pytest.mark.parametrize(("portuguese", "told"), TOLD.items(), ids=range(len(TOLD)))
def test_a_text_of_the_engine_in_english(portuguese: str, told: str) -> None:
    assert translate_engine_text(portuguese) == told


@pytest.mark.parametrize("text", ["Contas do Sudeste que a Marta pediu", "Padaria São João", "", "12.5", "R$ 1,250.00"])
def test_what_nobody_knows_stays_as_it_is_written(text: str) -> None:
    assert wording.shipped(text) == text


def test_portuguese_pages_keep_every_word() -> None:
    with translation.override("pt-br"):
        assert wording.shipped("Tempo de casa") == "Tempo de casa"
        assert wording.figures_too("20,2 anos") == "20,2 anos"


def test_every_word_that_reasons_are_made_of_is_known() -> None:
    names = [one.label for one in feature_declarations()] + [one.label for one in metrics().values()]
    names += [level.phrase for one in declared_variables() for level in (*one.levels, one.missing) if level]
    names += [level.noun for one in declared_variables() for level in one.levels if level.noun]
    names += [value.label for one in event_sources().values() for value in one.values.values()]
    names += [
        *CLASSES,
        *STAGES,
        *STAGES.values(),
        *Age,
        *Paying,
        *Use,
        *(one.label for one in event_sources().values()),
    ]
    names += [f"2 {one}" for unit in metrics().values() for one in unit.unit or ()]
    names += [_filled(one.phrase) for one in (*metrics().values(), *event_sources().values())]
    names += [one.negated for one in metrics().values() if one.format == "boolean"]
    names += [one.none for one in metrics().values() if one.none]
    names += REASONS.values()
    assert not [one for one in dict.fromkeys(names) if _read(one) is None]


def _filled(phrase: str) -> str:
    return re.sub(r"\{\w+\}(?! usu)", "2 dias", phrase).replace("{users}", "2")


@pytest.mark.slow
def test_everything_a_run_wrote_is_translated_to_english(demo_home: Path) -> None:
    lake = open_lake(demo_home)
    written: dict[str, None] = {}
    for table, columns in {
        "proposals": ("reason",),
        "next_actions": ("reason", "would_change"),
        "segment_catalogue": ("name", "paragraph"),
        "score_cards": ("label", "verdict", "method"),
        "segment_models": ("reason",),
        "action_effects": ("label", "verdict"),
        "rejects": ("reason",),
        "repairs": ("rule",),
        "loads": ("date_evidence",),
    }.items():
        if lake.has(table):
            for row in lake.query(f"SELECT DISTINCT {', '.join(columns)} FROM {table}").to_pylist():
                written |= dict.fromkeys(text for text in row.values() if text)
    assert len(written) > 50
    left = [text for text in written if PORTUGUESE.search(translate_engine_text(text))]
    assert not left, json.dumps(left[:3], ensure_ascii=False)


def test_a_place_may_hold_any_name() -> None:
    told: Any = translate_engine_text("“Visita da diretoria” tomaria o lugar se valesse mais R$ 131,11.")
    assert told == "“Visita da diretoria” would take its place if it were worth R$\u00a0131.11 more."


def test_what_may_hold_anything_is_never_taken_for_a_word_of_the_menu() -> None:
    assert wording.shipped("Início") == "Home"
    assert wording.written("Início") == "Início"


def test_the_revenue_bridge_begins_at_its_start() -> None:
    parts = {"start": 10, "new": 3, "reactivated": 0, "expansion": 1, "contraction": 0, "churned": 2, "end": 12}
    picture = bridge_picture(Bridge(first=date(2024, 3, 31), last=date(2025, 3, 31), **parts))
    assert picture is not None
    assert [row[0] for row in picture.table.rows][::6] == ["Start", "End"]


@pytest.mark.parametrize(
    ("text", "english"),
    [
        (
            "Varejo com Backoffice agora se chama Comércio com Backoffice.",
            "Retail with Backoffice is now called Commerce with Backoffice.",
        ),
        (
            "Contas da Marta acabou; os clientes repartiram-se por 4 segmentos.",
            "Contas da Marta ended; its customers went to 4 segments.",
        ),
        (
            "Varejo com Backoffice separou-se de Ex-clientes, com 95 clientes dele.",
            "Retail with Backoffice parted from Former customers, with 95 customers of it.",
        ),
    ],
)
def test_what_became_of_segments_is_translated_to_english(text: str, english: str) -> None:
    assert translate_engine_text(text) == english


DEALS = "Deal ID,Deal Name,Stage,Amount,Currency,Close Date,Status\n"


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("{i},Deal {i},Proposal,{i}.5,BRL,2025-02-17,open", "only 'Deal Name' looks like the name of a customer"),
        ("{i},Deal {i},Proposal,{i}.5,BRL,02/03/2025,open", "The dates do not tell whether day or month comes first"),
        ("{i},Deal {i},Proposal,{i}.5,USD,2025-02-17,odd", "values without a translation stay as they came: odd"),
        ("7,Deal 7,Proposal,{i}.5,BRL,2025-02-17,open", "whole line identifies it"),
    ],
)
def test_what_the_wizard_warns_of_is_told_in_english(tmp_path: Path, row: str, told: str) -> None:
    lines = [row.format(i=i) for i in range(100, 140)]
    (tmp_path / "deals.csv").write_text(DEALS + "\n".join([*lines, "1,Deal,Proposal,1.5,EUR,2025-02-17,won"]) + "\n")
    warnings = [translate_engine_text(text) for text in propose_sources([tmp_path / "deals.csv"])[0].warnings]
    assert any(told in text for text in warnings), warnings
    assert any("different currencies (Currency: " in text for text in warnings)
    assert not [text for text in warnings if PORTUGUESE.search(text)]
