"""A wrong rule is refused with its line, its value and the near names."""

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from b2shift.interact.api import load_policy
from b2shift.interact.policy.load import parse
from b2shift.kernel.errors import PolicyError

HERE = Path(__file__).parent
GOOD = (HERE / "good_policy.yaml").read_text(encoding="utf-8")
WRONG = yaml.safe_load((HERE / "wrong_policies.yaml").read_text(encoding="utf-8"))


def refused(text: str) -> str:
    with pytest.raises(PolicyError) as caught:
        parse(text.encode(), "regua.yaml")
    return str(caught.value)


def test_the_good_one_is_accepted() -> None:
    told = parse(GOOD.encode(), "regua.yaml")
    assert [rule.id for rule in told.rules][:2] == ["lojas.uso", "lojas.nps_baixo"]
    assert told.archetypes[1].profile.tenure_bands == ("3_10",), "a word, not the number 310"


@pytest.mark.parametrize("wrong", WRONG, ids=[wrong["case"] for wrong in WRONG])
def test_a_wrong_policy_is_refused_where_it_is_wrong(wrong: dict[str, str]) -> None:
    assert wrong["before"] in GOOD
    message = refused(GOOD.replace(wrong["before"], wrong["after"], 1))
    assert message.startswith(f"regua.yaml, linha {wrong['line']}: ")
    assert wrong["says"] in message


def test_the_message_names_the_rule_and_the_other_problems() -> None:
    message = refused(GOOD.replace("usage_ratio,", "usage_ration,").replace("theme: agenda", "theme: agenta"))
    assert message.startswith("regua.yaml, linha 32: regra lojas.uso: métrica desconhecida: usage_ration. Quis dizer")
    assert "Há outros problemas (2): linha 73: regra fabricas.reuniao: tema desconhecido: agenta; linha 87" in message


def test_an_offer_and_a_rescue_may_not_answer_to_the_same_value() -> None:
    offer = GOOD.split("  - id: lojas.nps_baixo")[0].split("rules:\n")[1]
    offer = offer.replace("lojas.uso", "lojas.oferta").replace("kind: retencao", "kind: expansao")
    text = GOOD + offer.replace("below: 0.2, release: 0.25", "at_most: 0.9, above: 0.1")
    assert "regras contraditórias para o mesmo valor: usage_ratio. A regra lojas.uso é de retencao" in refused(text)
    parse((GOOD + offer.replace("below: 0.2, release: 0.25", "above: 0.9")).encode(), "regua.yaml")
    apart = offer.replace("below: 0.2, release: 0.25", "above: 0.1").replace("mrr, at_least: 100", "mrr, below: 100")
    parse((GOOD + apart).encode(), "regua.yaml")


def test_an_archetype_nobody_writes_for_is_refused() -> None:
    message = refused(GOOD.replace("[fabricas]", "[lojas]"))
    assert message.startswith("regua.yaml, linha 16: arquétipo fabricas: arquétipo sem regra: fabricas")


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "linha 1: o arquivo est"),
        (b"# nada\n", "linha 1: o arquivo est"),
        (b"- 1\n", "o valor precisa ser um grupo de campos"),
        ("name: Régua\n".encode("latin-1"), "linha 1: o arquivo não está em UTF-8"),
        (b"version: '1'\nname: a\x00b\n", "linha 2: há um caractere que o YAML não aceita: #x0000"),
        (b"a: 1\n---\nb: 2\n", "linha 2: o YAML está malformado"),
        (b"a: " + b"[" * 40 + b"]" * 40, "o arquivo tem níveis demais"),
        (b"a: *b\n", "âncoras e referências não são aceitas"),
        (b"? [1, 2]\n: 3\n", "uma chave precisa ser uma palavra"),
        (b"a: !!int dez\n", "linha 1: tipo de valor n"),
        (b"a: !!bool yes\n", "linha 1: tipo de valor n"),
        (b"x" * 600_000, "o arquivo é grande demais"),
    ],
)
def test_what_is_no_policy_at_all(raw: bytes, says: str, tmp_path: Path) -> None:
    file = tmp_path / "regua.yaml"
    file.write_bytes(raw)
    with pytest.raises(PolicyError) as caught:
        load_policy(file)
    assert says in str(caught.value)
    assert str(caught.value).startswith("regua.yaml, linha")


@pytest.mark.parametrize(
    ("number", "says"),
    [
        ("09", None),
        ("1_0", "o valor precisa ser um número inteiro: 1_0"),
        ("0x10", "o valor precisa ser um número inteiro: 0x10"),
        (".inf", "o valor precisa ser um número inteiro: .inf"),
        ("9" * 5000, "o valor precisa ser um número inteiro: 999"),
    ],
)
def test_numbers_are_read_as_people_read_them(number: str, says: str | None) -> None:
    text = GOOD.replace("priority: 70", f"priority: {number}")
    if says:
        assert says in refused(text)
    else:
        assert parse(text.encode(), "regua.yaml").rules[0].priority == 9


_PIECES = [
    "null",
    "true",
    "-1",
    "1e999",
    "[]",
    "{}",
    "&a",
    "*a",
    "!!x",
    "'",
    '"',
    ":",
    "-",
    "\t",
    "\x00",
    "é",
    "rules",
    "#",
]


@given(st.integers(0, len(GOOD) - 1), st.integers(0, 40), st.sampled_from(_PIECES))
def test_whatever_is_written_is_accepted_or_refused_with_a_line(start: int, length: int, piece: str) -> None:
    text, refusal = GOOD[:start] + piece + GOOD[start + length :], ""
    try:
        parse(text.encode(), "regua.yaml")
    except PolicyError as error:
        refusal = str(error)
    assert not refusal or re.match(r"regua\.yaml, linha [1-9][0-9]*: ", refusal)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="não pode ser lida"):
        load_policy(tmp_path / "nenhuma.yaml")
    with pytest.raises(PolicyError, match="não pode ser lida"):
        load_policy(tmp_path)
