"""What a version of a journey changes is told in words, in the language of the page."""

import pytest
from django.utils import translation

from b2shift.interact.api import published_journey, ready_journeys
from b2shift.web.console.journeys.changes import change_descriptions

TEXT = ready_journeys()["detrator"]
CHANGES = {
    ("due_days: 2", "due_days: 5"): ["Ligar para o cliente · Prazo, em dias úteis: de 2 para 5"],
    ("channel: telefone", "channel: visita"): ["Ligar para o cliente · Como: de Telefone para Visita"],
    ("channels: [email, whatsapp]", "channels: [sms]"): [
        "Reconhecer e perguntar · Canais, em ordem: de E-mail, WhatsApp para SMS"
    ],
    ("    approval: sempre\n    next: ligar", "    next: ligar"): [
        "Reconhecer e perguntar · Aprovação: de sempre para quando as regras pedem"
    ],
    ("next: ligar", "next: ouvir"): [
        "Reconhecer e perguntar · Depois vai para: de Ligar para o cliente para Resposta do cliente"
    ],
    ("name: Recuperar detratores", "name: Ouvir"): ["Nome: de “Recuperar detratores” para “Ouvir”"],
    ("owner_role: executor", "owner_role: gestor"): ["Quem cuida: de Executor para Gestor"],
    ("reentry_days: 180", "reentry_days: null"): ["Dias para poder voltar: de 180 para nada"],
    ("within_days: 60", "within_days: 30"): ["O que faz entrar mudou: o texto diz como"],
    ("  - {id: recusou, name: Recusou, kind: exit", "  - {id: recusou, name: Recusou, kind: goal"): [
        "O passo Recusou passa de saída a objetivo"
    ],
}


def test_nothing_changes_from_a_journey_to_itself() -> None:
    for text in ready_journeys().values():
        assert change_descriptions(published_journey(text), published_journey(text)) == []


@pytest.mark.parametrize(("replaced", "told"), CHANGES.items(), ids=range(len(CHANGES)))
def test_a_change_is_shown_by_the_names_of_the_form(replaced: tuple[str, str], told: list[str]) -> None:
    assert TEXT.count(replaced[0]) >= 1
    assert change_descriptions(published_journey(TEXT), published_journey(TEXT.replace(*replaced, 1))) == told


def test_the_ways_of_a_branch_are_shown_as_on_its_picture() -> None:
    other = TEXT.replace("        next: reconquistado", "        next: sem_retorno", 1)
    (told,) = change_descriptions(published_journey(TEXT), published_journey(other))
    assert told.startswith("Já há desfecho? · Casos: de aceitou → Reconquistado")
    assert "aceitou → Sem retorno" in told


def test_steps_come_in_and_go_out_by_their_names() -> None:
    less = TEXT.replace("  - {id: recusou, name: Recusou, kind: exit, outcome: recusou}\n", "")
    assert change_descriptions(published_journey(TEXT), published_journey(less))[0] == "Sai o passo Recusou (saída)"
    assert "Entra o passo Recusou (saída)" in change_descriptions(published_journey(less), published_journey(TEXT))


def test_a_change_is_translated_to_english_on_english_pages() -> None:
    other = TEXT.replace("due_days: 2", "due_days: 5")
    with translation.override("en"):
        (told,) = change_descriptions(published_journey(TEXT), published_journey(other))
    assert "from 2 to 5" in told
    assert "Ligar" not in told
