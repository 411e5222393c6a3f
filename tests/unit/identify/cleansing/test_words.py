"""Categories, company names and free texts: spellings meet, words never merge."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from b2shift.identify.cleansing.names import harmonise_names
from b2shift.identify.cleansing.spellings import harmonise
from b2shift.identify.cleansing.texts import judge_text
from b2shift.kernel.text import fold


def test_spellings_become_the_most_frequent_one() -> None:
    counts = {
        "SERVICOS": 900,
        "Servicos": 4,
        "  SERVICOS ": 3,
        "SERVIÇOS": 2,
        "servicos": 5,
        "SERVIÃ‡OS": 1,
        "VAREJO": 700,
    }
    verdicts = harmonise(counts)
    assert {value: verdict.after for value, verdict in verdicts.items()} == dict.fromkeys(
        ["Servicos", "  SERVICOS ", "SERVIÇOS", "servicos", "SERVIÃ‡OS"], "SERVICOS"
    )
    assert verdicts["SERVIÃ‡OS"].kind == "mojibake"
    assert verdicts["servicos"].kind == "category_variant"
    assert verdicts["servicos"].confidence == 0.99


def test_different_words_never_merge() -> None:
    counts = {"UTILITIES": 104, "UTILITES": 16, "PROVEDOR SERVICOS": 1234, "PROVEDOR DE SERVICOS": 95, "utilites": 1}
    assert {value: verdict.after for value, verdict in harmonise(counts).items()} == {"utilites": "UTILITES"}


def test_a_lost_letter_is_found_when_only_one_word_fits() -> None:
    verdicts = harmonise({"Consinco": 80, "Protheus": 900, "Ã?onsinco": 1, "LOGÃSTICA": 1, "LOGISTICA": 300})
    assert verdicts["Ã?onsinco"].after == "Consinco"
    assert verdicts["LOGÃSTICA"].after == "LOGISTICA"


def test_a_rare_word_is_written_as_its_column_writes() -> None:
    column = {f"PRODUTO {n}": 40 for n in range(30)}
    verdicts = harmonise(column | {"ahgora estrategico": 1, "CRM  SFA  FULL": 1, "SUBSÃ‡ PIX": 1})
    assert verdicts["ahgora estrategico"].after == "AHGORA ESTRATEGICO"
    assert verdicts["CRM  SFA  FULL"].after == "CRM SFA FULL"
    assert verdicts["SUBSÃ‡ PIX"].after == "SUBSC PIX"


def test_a_frequent_spelling_keeps_its_oddities() -> None:
    counts = {"CLOUD  EXPRESS": 60, "Sem Informações de Faturamento": 500, "Faixa 02": 90}
    assert harmonise(counts) == {}


def test_invisible_spaces_of_the_usual_spelling_are_taken_away() -> None:
    verdict = harmonise({"SAAS\u00a0TECHFIN": 50, "CDU": 90})["SAAS\u00a0TECHFIN"]
    assert (verdict.after, verdict.kind) == ("SAAS TECHFIN", "whitespace")


@given(st.dictionaries(st.text("aAãÃ bÇc", min_size=1, max_size=6).filter(str.strip), st.integers(1, 50), max_size=8))
def test_harmonising_twice_changes_nothing_more(counts: dict[str, int]) -> None:
    verdicts = harmonise(counts)
    written: Counter[str] = Counter()
    for value, count in counts.items():
        written[verdicts[value].after if value in verdicts else value] += count
    folded: dict[str, set[str]] = {}
    for value in written:
        folded.setdefault(fold(value), set()).add(value)
    assert all(len(spellings) == 1 for spellings in folded.values())


def test_each_word_of_a_name_takes_its_usual_spelling() -> None:
    heard = {"Transportes Aurora 03Q EIRELI": 1, "Industria Vale Verde 1EI EIRELI": 1, "Transportes Cristal 1FD ME": 2,
             "transportes aurora 03q eireli": 1, "Ãndustria Vale Verde 1EI EIRELI": 1, "Ã‡omercio Aurora": 1,
             "Comercio Central": 3}  # fmt: skip
    verdicts = harmonise_names(heard, heard)
    assert verdicts["transportes aurora 03q eireli"].after == "Transportes Aurora 03Q EIRELI"
    assert verdicts["Ã‡omercio Aurora"].after == "Comercio Aurora"
    assert verdicts["Ã‡omercio Aurora"].kind == "mojibake"
    assert "Transportes Aurora 03Q EIRELI" not in verdicts


def test_free_text_loses_only_what_nobody_meant() -> None:
    assert judge_text("  a  b ").after == "a  b"
    assert judge_text("preÃ§o").kind == "mojibake"
    assert judge_text("São João").kind == ""
    assert judge_text("   ").after is None
