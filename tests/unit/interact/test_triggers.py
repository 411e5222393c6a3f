"""Every kind of trigger, with the exact proposal it makes of exact rows."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.unit.interact.world import AS_OF, World, policy, proposals, rule

from b2shift.kernel.ids import stable_id

LAST = "Último contato: sem registro."


def one(found: list[dict[str, Any]]) -> dict[str, Any]:
    assert len(found) == 1, [(row["rule_id"], row["reason"]) for row in found]
    return found[0]


def values(row: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(e["metric"], e["value"], e["threshold"]) for e in row["evidence"]]


def test_a_telemetry_threshold_says_which_of_its_conditions_fired(tmp_path: Path) -> None:
    trigger = {
        "kind": "telemetry",
        "any": [{"metric": "usage_ratio", "below": 0.2}, {"metric": "days_disconnected", "above": 7}],
    }
    world = World().customer(
        has_telemetry=True, usage_months_12m=12, usage_ratio=0.1234, days_disconnected=9, mrr=1234.5
    )
    row = one(proposals(tmp_path, world, policy(rule(trigger))))
    assert row["reason"] == (
        "O cliente usou 12,3% da média do seu segmento de mercado (limite: abaixo de 20%) "
        f"e está há 9 dias úteis sem conexão (limite: acima de 7 dias úteis). {LAST}"
    )
    assert values(row) == [
        ("usage_ratio", "12,3%", "abaixo de 20%"),
        ("days_disconnected", "9 dias úteis", "acima de 7 dias úteis"),
        ("last_contact", "sem registro", "sem descanso"),
    ]
    assert row["proposal_id"] == stable_id("p", "C00001", "r1", "mensal/2025-03")
    # Three days from Monday 10/03 ended on the day of the run, so three days more.
    assert (row["trigger"], row["kind"], row["due_on"]) == ("telemetry", "relacionamento", date(2025, 3, 17))
    assert (row["mrr_at_stake"], row["owner_id"], row["segment_id"]) == (Decimal("1234.50"), "U1", "s1")
    assert (row["objective"], row["message"]) == ("Objetivo de todos", "Mensagem de todos")
    assert row["blocked"] is None


def test_a_telemetry_threshold_needs_telemetry_and_enough_of_it(tmp_path: Path) -> None:
    trigger = {"kind": "telemetry", "any": [{"metric": "usage_ratio", "below": 0.2}]}
    world = World()
    for key, told in {
        "on_the_threshold": {"usage_ratio": 0.2},
        "below": {"usage_ratio": 0.199},
        "unknown": {"usage_ratio": None},
        "never_sent": {"has_telemetry": False, "has_usage": False},
        "sent_before": {"has_telemetry": False, "has_usage": True},
        "one_month": {"usage_months_12m": 1},
        "gone": {"situation": "cancelado"},
    }.items():
        world.customer(key, **{"has_telemetry": True, "usage_months_12m": 12, "usage_ratio": 0.1, **told})
    assert [row["customer_id"] for row in proposals(tmp_path, world, policy(rule(trigger)))] == ["below", "sent_before"]


def test_a_value_that_rounds_to_its_threshold_is_shown_with_more_digits(tmp_path: Path) -> None:
    trigger = {"kind": "telemetry", "any": [{"metric": "usage_ratio", "below": 0.2}]}
    world = World().customer(has_telemetry=True, usage_months_12m=12, usage_ratio=0.19996)
    assert "19,9960%" in one(proposals(tmp_path, world, policy(rule(trigger))))["reason"]


@pytest.mark.parametrize(
    ("hours", "now", "fires"), [([10, 90], 0.22, True), ([90, 90], 0.22, False), ([10, 90], 0.26, False)]
)
def test_hysteresis_remembers_the_closed_months(tmp_path: Path, hours: list[int], now: float, fires: bool) -> None:
    """Between the threshold and the release the last month that decided counts; two peers use 100 hours a month."""
    trigger = {"kind": "telemetry", "any": [{"metric": "usage_ratio", "below": 0.2, "release": 0.25}]}
    world = World().customer(has_telemetry=True, usage_months_12m=12, usage_ratio=now)
    for peer in ("C00002", "C00003"):
        world.customer(peer, has_telemetry=False)
    for month, used in zip((date(2025, 2, 1), date(2025, 1, 1)), hours, strict=True):
        world.add("usage_monthly", {"month": month, "hours": used})
        world.add(
            "usage_monthly", *({"customer_id": peer, "month": month, "hours": 100} for peer in ("C00002", "C00003"))
        )
    found = proposals(tmp_path, world, policy(rule(trigger)))
    assert bool(found) is fires
    if fires:
        assert "usou 22,0% da média" in found[0]["reason"]
        assert "(entrou no alerta abaixo de 20% e só sai em 25%)" in found[0]["reason"]


def test_a_score_in_bounds(tmp_path: Path) -> None:
    trigger = {"kind": "score", "all": [{"metric": "churn_90d", "at_least": 0.08, "below": 0.15}]}
    world = World().customer(churn_90d=0.1).customer("C00002", churn_90d=0.15).customer("C00003", churn_90d=None)
    row = one(proposals(tmp_path, world, policy(rule(trigger))))
    assert row["customer_id"] == "C00001"
    assert (
        row["reason"]
        == f"O cliente tem 10,0% de risco de cancelar em 90 dias (limite: a partir de 8% e abaixo de 15%). {LAST}"
    )


def test_a_score_that_is_not_a_number_is_unknown(tmp_path: Path) -> None:
    trigger = {"kind": "score", "any": [{"metric": "health", "above": 10}]}
    assert proposals(tmp_path, World().customer(health=float("nan")), policy(rule(trigger))) == []


def test_a_nps_band(tmp_path: Path) -> None:
    world = World()
    for key, value in (("C00001", 30.0), ("C00002", 60.0), ("C00003", 29.9), ("C00004", 60.1)):
        world.customer(key, nps_value=value, nps_answers_12m=4, nps_days_since=10)
    found = proposals(tmp_path, world, policy(rule({"kind": "nps", "at_least": 30, "at_most": 60}, due_days=5)))
    assert [row["customer_id"] for row in found] == ["C00001", "C00002"]
    assert found[0]["reason"] == (
        "O NPS do cliente é 30,0, com 4 respostas em doze meses (faixa: de 30 a 60); "
        f"a última resposta foi em 02/03/2025. {LAST}"
    )
    # Answered on Sunday 02/03; Carnival lasts until 05/03, so five business days end on 12/03, five more on 19/03.
    assert found[0]["due_on"] == date(2025, 3, 19)
    assert found[0]["proposal_id"] == stable_id("p", "C00001", "r1", "2025-03-02")


def test_a_nps_of_few_answers_says_it_was_shrunk(tmp_path: Path) -> None:
    world = World().customer(nps_value=12.5, nps_answers_12m=1, nps_days_since=1)
    row = one(proposals(tmp_path, world, policy(rule({"kind": "nps", "below": 20}))))
    assert row["reason"].startswith(
        "O NPS do cliente é 12,5, valor aproximado pelo do seu segmento de mercado por ter só 1 resposta em doze meses"
    )
    assert row["due_on"] == date(2025, 3, 14)


def test_an_old_nps_answer_fires_nothing(tmp_path: Path) -> None:
    world = World().customer(nps_value=0.0, nps_answers_12m=5, nps_days_since=91)
    assert proposals(tmp_path, world, policy(rule({"kind": "nps", "below": 20}))) == []


def test_a_cadence_is_due_until_a_contact_of_its_period(tmp_path: Path) -> None:
    world = World().customer().customer("C00002").customer("C00003").customer("C00004")
    world.add("activities", {"customer_id": "C00002", "kind": "reuniao", "at": date(2025, 3, 3), "result": "conversa"})
    world.add(
        "activities",
        {"customer_id": "C00003", "kind": "ligacao", "at": date(2025, 3, 3), "result": "sem_resposta"},
    )
    world.add("activities", {"customer_id": "C00004", "kind": "ligacao", "at": date(2025, 2, 28), "result": "conversa"})
    told = policy(rule({"kind": "cadence", "every": "mensal"}, channels=["telefone", "reuniao"]))
    found = proposals(tmp_path, world, told)
    assert [row["customer_id"] for row in found] == ["C00001", "C00003", "C00004"]
    assert found[0]["reason"] == (
        "O contato mensal de março de 2025 ainda não foi feito: não há registro de contato por telefone ou em reunião. "
        + LAST
    )
    assert found[2]["reason"] == (
        "O contato mensal de março de 2025 ainda não foi feito: o último por telefone ou em reunião foi em 28/02/2025. "
        "Último contato: 28/02/2025, por telefone."
    )
    assert found[0]["proposal_id"] == stable_id("p", "C00001", "r1", "mensal/2025-03")


def test_the_welcome_of_the_first_week(tmp_path: Path) -> None:
    world = World().customer(customer_since=date(2025, 3, 7)).customer("C00002", customer_since=date(2025, 1, 7))
    row = one(proposals(tmp_path, world, policy(rule({"kind": "cadence", "every": "semana_1"}, channels=["email"]))))
    assert (
        row["reason"]
        == f"O cliente chegou em 07/03/2025 e o contato da primeira semana por e-mail ainda não foi feito. {LAST}"
    )
    assert row["proposal_id"] == stable_id("p", "C00001", "r1", "semana_1/2025-03-07")
    assert row["blocked"] == "Ninguém do cliente consente em ser contatado por e-mail"
    assert row["channels"] == []


def test_the_start_of_a_contract_year(tmp_path: Path) -> None:
    world = World().customer(customer_since=date(2016, 2, 29)).customer("C00002", customer_since=date(2016, 4, 1))
    row = one(proposals(tmp_path, world, policy(rule({"kind": "cadence", "every": "inicio_de_ciclo"}))))
    assert row["reason"].startswith("O ano de contrato do cliente começou em 28/02/2025 e o contato do início do ano")


FIFTH = date(2025, 3, 5)
EVENTS: list[tuple[str, str, dict[str, Any], str]] = [
    (
        "renovacao_perdida",
        "opportunities",
        {"kind": "renovacao", "result": "perdido", "closed_on": FIFTH, "value": 1234.5, "loss_reason": "preco"},
        "O cliente não renovou em 05/03/2025 um contrato de R$ 1.234,50, por preço.",
    ),
    (
        "contratacao_nova",
        "opportunities",
        {"kind": "upsell", "result": "ganho", "closed_on": FIFTH, "product_family": "CRM"},
        "O cliente contratou CRM em 05/03/2025.",
    ),
    (
        "campanha_aceita",
        "campaign_events",
        {"kind": "accept", "at": FIFTH, "campaign_id": "K7", "product_family": "CLOUD"},
        "O cliente aceitou em 05/03/2025 a oferta de CLOUD da campanha K7.",
    ),
    (
        "fatura_vencida",
        "invoices",
        {"issued_on": date(2025, 2, 20), "due_on": FIFTH, "amount": 99.9, "status": "VENCIDA"},
        "O cliente tem 1 fatura vencida no total de R$ 99,90, a mais antiga desde 05/03/2025.",
    ),
    (
        "chamado_critico_aberto",
        "tickets",
        {"ticket_id": "77", "priority": "urgent", "status": "open", "created_on": FIFTH, "updated_on": FIFTH},
        "O cliente espera há 7 dias a solução do chamado crítico 77.",
    ),
    (
        "chamado_resolvido_rapido",
        "tickets",
        {
            "ticket_id": "77",
            "priority": "high",
            "status": "solved",
            "created_on": date(2025, 3, 4),
            "updated_on": FIFTH,
        },
        "O cliente teve o chamado crítico 77 resolvido em 1 dia, em 05/03/2025.",
    ),
]
_KEYS = {"opportunities": "opportunity_id", "campaign_events": "event_id", "invoices": "invoice_id"}
for _event, _table, _row, _ in EVENTS:
    _row.setdefault(_KEYS.get(_table, "ticket_id"), f"key of {_event}")


def test_events(tmp_path: Path) -> None:
    world, rules = World().customer("nobody"), []
    for event, table, row, _ in EVENTS:
        world.customer(event).add(table, {**row, "customer_id": event})
        rules.append(rule({"kind": "event", "event": event, "within_days": 10}, name=event))
    found = {row["customer_id"]: row for row in proposals(tmp_path, world, policy(*rules))}
    assert {key: row["reason"] for key, row in found.items()} == {e: f"{reason} {LAST}" for e, _, _, reason in EVENTS}
    assert all(row["rule_id"] == key for key, row in found.items())
    assert all(e["value"] in row["reason"] for row in found.values() for e in row["evidence"])


def test_an_event_counts_only_in_its_window(tmp_path: Path) -> None:
    event, table, row, _ = EVENTS[0]  # seven days ago
    windows = {"r0_6": (0, 6), "r0_7": (0, 7), "r7_9": (7, 9), "r8_9": (8, 9)}
    rules = [
        rule({"kind": "event", "event": event, "after_days": after, "within_days": within}, name=name, theme=name)
        for name, (after, within) in windows.items()
    ]
    found = proposals(tmp_path, World().customer().add(table, row), policy(*rules, themes=list(windows)))
    assert [row["rule_id"] for row in found] == ["r0_7", "r7_9"]


def test_what_happens_later_is_not_known(tmp_path: Path) -> None:
    """As of 04/03 the events of 05/03 have not happened, and no ticket has been solved."""
    world, rules = World().customer(), []
    for event, table, row, _ in EVENTS:
        world.add(table, row)
        rules.append(rule({"kind": "event", "event": event, "within_days": 30}, name=event, theme=event))
    world.tables["tickets"] = [row | {"created_on": date(2025, 3, 4)} for row in world.tables["tickets"][1:]]
    found = proposals(tmp_path, world, policy(*rules, themes=[e[0] for e in EVENTS]), date(2025, 3, 4))
    assert [row["rule_id"] for row in found] == ["chamado_critico_aberto"]


def test_a_promoter_that_became_a_detractor(tmp_path: Path) -> None:
    answers = [(date(2024, 3, 1), 10), (date(2024, 9, 1), 9), (date(2025, 3, 1), 3)]
    world = World().customer().customer("C00002")
    world.add("nps_answers", *({"survey": "relacional", "answered_on": day, "score": score} for day, score in answers))
    world.add(
        "nps_answers",
        *({"customer_id": "C00002", "survey": "relacional", "answered_on": d, "score": s} for d, s in answers[:2]),
    )
    row = one(
        proposals(
            tmp_path, world, policy(rule({"kind": "event", "event": "promotor_virou_detrator", "within_days": 30}))
        )
    )
    assert row["reason"].startswith(
        "O cliente era promotor (nota 9 em 01/09/2024) e virou detrator (nota 3 em 01/03/2025)."
    )


def test_the_first_month_of_steady_use(tmp_path: Path) -> None:
    world = World().customer()
    world.add("usage_monthly", {"month": date(2025, 1, 1), "hours": 5, "active_days": 9})
    world.add("usage_monthly", {"month": date(2025, 2, 1), "hours": 9, "active_days": 12})
    row = one(proposals(tmp_path, world, policy(rule({"kind": "event", "event": "primeiro_valor"}))))
    assert row["reason"].startswith(
        "O cliente chegou pela primeira vez a 10 dias de uso em um mês: 12 dias em fevereiro de 2025."
    )


def test_a_record_of_use_needs_half_a_year_and_a_tenth_more(tmp_path: Path) -> None:
    world = World().customer().customer("C00002").customer("C00003")
    for key, months, last in (("C00001", 6, 111), ("C00002", 6, 110), ("C00003", 5, 200)):
        for back in range(months):
            month = date(2025, 1, 1) if back == 0 else date(2024, 13 - back, 1)
            world.add("usage_monthly", {"customer_id": key, "month": month, "hours": 100})
        world.add("usage_monthly", {"customer_id": key, "month": date(2025, 2, 1), "hours": last})
    row = one(proposals(tmp_path, world, policy(rule({"kind": "event", "event": "recorde_de_uso"}))))
    assert row["reason"].startswith(
        "O cliente bateu o próprio recorde de uso em fevereiro de 2025: 111 horas, ante 100 horas no melhor"
    )


def test_a_milestone_of_users(tmp_path: Path) -> None:
    world = World().customer()
    for month, users in ((date(2025, 1, 1), 48), (date(2025, 2, 1), 101)):
        world.add("recurring_revenue", {"month": month, "product_family": "CRM", "licensed_users": users, "mrr": 1})
    row = one(proposals(tmp_path, world, policy(rule({"kind": "event", "event": "marco_de_usuarios"}))))
    assert row["reason"].startswith(
        "O cliente passou de 48 para 101 usuários contratados em fevereiro de 2025 e alcançou o marco de 100."
    )


def test_the_anniversary_is_due_on_its_day(tmp_path: Path) -> None:
    """Saturday 22/03/2025: the contact is for Friday 21/03."""
    world = World().customer(customer_since=date(2015, 3, 22)).customer("C00002", customer_since=date(2015, 3, 12))
    trigger = {"kind": "date", "date": "aniversario_de_contrato", "days_before": 10}
    row = one(proposals(tmp_path, world, policy(rule(trigger, due_days=0))))
    assert row["reason"] == f"O cliente completa 10 anos de casa em 22/03/2025, daqui a 10 dias. {LAST}"
    assert row["due_on"] == date(2025, 3, 21)


def test_a_renewal_is_the_open_one_or_the_end_of_the_contract_year(tmp_path: Path) -> None:
    world = World()
    for key in ("C00001", "C00002", "C00003"):
        world.customer(key, customer_since=date(2020, 4, 1))
    renewal = {"kind": "renovacao", "created_on": date(2025, 1, 2), "opportunity_id": "O1"}
    world.add(
        "opportunities",
        {**renewal, "customer_id": "C00002", "expected_close_on": date(2025, 3, 25), "result": "aberto"},
    )
    world.add("opportunities", {**renewal, "customer_id": "C00003", "closed_on": date(2025, 2, 1), "result": "ganho"})
    found = proposals(
        tmp_path, world, policy(rule({"kind": "date", "date": "renovacao", "days_before": 30}, due_days=2))
    )
    assert [(row["customer_id"], row["reason"].split(",")[0]) for row in found] == [
        ("C00001", "O ano de contrato do cliente termina em 01/04/2025"),
        ("C00002", "A renovação em aberto do cliente está prevista para 25/03/2025"),
    ]
    # Terms of two days from the opening of the window: 02/03 was five business days ago, 23/02 was ten.
    assert [row["due_on"] for row in found] == [date(2025, 3, 13), date(2025, 3, 14)]


def test_conditions_of_the_audience_are_told_too(tmp_path: Path) -> None:
    where = [{"metric": "tenure_months", "at_most": 60}, {"metric": "line_cloud", "equals": False}]
    told = rule({"kind": "cadence", "every": "anual"}, audience={"archetypes": ["todos"], "where": where})
    world = World().customer(line_cloud=False).customer("C00002", line_cloud=True).customer("C00003")
    row = one(proposals(tmp_path, world, policy(told, horizon_days=120)))
    assert "Além disso, é cliente há 57 meses (limite: até 60 meses) e ainda não tem Cloud." in row["reason"]


def test_none_is_stated_in_words_and_a_limit_that_says_no_more_is_left_out(tmp_path: Path) -> None:
    where = [
        {"metric": "overdue_count", "at_most": 0},
        {"metric": "families_count", "above": 0},
        {"metric": "nps_answers_12m", "below": 3},
    ]
    told = rule({"kind": "cadence", "every": "anual"}, audience={"archetypes": ["todos"], "where": where})
    world = World().customer(overdue_count=0, families_count=2, nps_answers_12m=0)
    row = one(proposals(tmp_path, world, policy(told, horizon_days=120)))
    assert (
        "Além disso, não tem faturas vencidas, paga por 2 famílias de produto e "
        "não deu respostas de NPS em doze meses (limite: abaixo de 3 respostas de NPS)."
    ) in row["reason"]
    assert ("overdue_count", "0 faturas vencidas", "até 0 faturas vencidas") in values(row)


def test_nothing_is_known_of_a_day_before_the_data(tmp_path: Path) -> None:
    assert AS_OF.isoweekday() == 3
    assert proposals(tmp_path, World(), policy(rule({"kind": "nps", "below": 20}))) == []
