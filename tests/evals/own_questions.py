"""Own questions with their reading: some written by hand, some drawn from a grammar; split once, before any tuning."""

import random
import re
import unicodedata
from datetime import date
from hashlib import blake2b
from pathlib import Path
from typing import Any

from tests.evals.drawn_questions import answered, drawn

AS_OF = date(2026, 6, 15)
_LINE = re.compile(r"^\[(\w+)/(\w+)\] (.*) \|\| (.*)$")
Asked = dict[str, Any]
SLOT_NAMES = {
    "m": "metrics",
    "d": "dimensions",
    "f": "filters",
    "t": "time",
    "o": "order",
    "l": "limit",
    "c": "comparison",
    "k": "calculation",
    "fc": "forecast",
    "cond": "condition",
    "fmt": "format",
    "sch": "schedule",
}


def all_questions() -> list[Asked]:
    """Every own question, written and drawn."""
    return written() + drawn(random.Random(20261125), 300)


def split(questions: list[Asked]) -> tuple[list[Asked], list[Asked]]:
    """Development and held-apart halves, by a hash of the words: the same for ever, whatever is added."""
    parts: tuple[list[Asked], list[Asked]] = ([], [])
    for asked in questions:
        parts[blake2b(asked["question"].encode(), digest_size=1).digest()[0] % 2].append(asked)
    return parts


def written() -> list[Asked]:
    """The questions written by hand."""
    files = sorted((Path(__file__).parent / "questions").glob("written*.txt"))
    lines = [line for file in files for line in file.read_text("utf-8").splitlines() if line.startswith("[")]
    return [_written(number, line) for number, line in enumerate(lines, 1)]


def _written(number: int, line: str) -> Asked:
    match = _LINE.match(line)
    assert match, f"line {number} cannot be read: {line}"
    persona, difficulty, turns, meant = match.groups()
    *context, question = [turn.strip() for turn in turns.split(" >> ")]
    english = bool(
        re.search(r"\b(the|what|which|how|by|customers|with|show|list|me|your|we|is)\b", question.lower())
    ) and not re.search(r"[ãõçáéíóúâêô]|\b(por|qual|quais|me avisa|clientes)\b", question.lower())
    asked = {
        "id": f"own-{number:03d}",
        "lang": "en" if english else "pt-BR",
        "persona": persona,
        "difficulty": difficulty,
        "question": question,
        "expect": expected(meant),
    }
    return asked | ({"context": context} if context else {})


def expected(meant: str) -> Asked:
    """What the short form of a reading stands for."""
    head, *others = [one for one in meant.rstrip("~ ").split(" ~ ") if one.strip()]
    if head[:2] in {"C:", "R:"}:
        told: Asked = {"action": "clarify" if head[0] == "C" else "refuse", "reason": head[2:].strip()}
        return told | ({"accept": [_alternative(one) for one in others]} if others else {})
    intent, *slots = head.split()
    base = answered() | {"intent": intent} | _slots(slots)
    return base | ({"accept": [_alternative(one) for one in others]} if others else {})


def _alternative(one: str) -> Asked:
    """Slots that may differ, or another action: `C:ambiguous_entity`, `answer trend m=mrr`."""
    if one.startswith("answer "):
        return expected(one.removeprefix("answer "))
    return expected(one) if one[:2] in {"C:", "R:"} else _slots(one.split())


def _slots(parts: list[str]) -> Asked:
    out: Asked = {}
    for part in parts:
        key, _, text = part.partition("=")
        name = SLOT_NAMES.get(key, key)
        out[name] = _slot(name, text)
    return out


def _slot(name: str, text: str) -> Any:  # noqa: PLR0911 - one kind of slot per line
    if name in {"metrics", "dimensions"}:
        return text.split(",") if text else []
    if name == "filters":
        return [_filter(one) for one in text.split(";")] if text else []
    if name == "condition":
        return _filter(text)
    if not text:
        return None
    if name in {"time", "forecast"}:
        days, _, grain = text.partition("/")
        start, end = days.split("..")
        return {"start": start or None, "end": end, **({"grain": grain or None} if name == "time" else {})}
    if name == "order":
        by, direction = text.split(":")
        return {"by": by, "dir": direction}
    if name == "limit":
        return int(text)
    return _comparison(text) if name == "comparison" else text


def _filter(text: str) -> Asked:
    field, op, value = text.split(":", 2)
    values = [_number(one) for one in value.split(",")]
    return {"field": field, "op": op, "value": values if len(values) > 1 else values[0]}


def _number(text: str) -> Any:
    if re.fullmatch(r"-?\d+\.\d+", text):
        return float(text)
    return int(text) if re.fullmatch(r"-?\d+", text) else text


def _comparison(text: str) -> Asked:
    kind, _, rest = text.partition(":")
    if kind == "period":
        start, end = rest.split("..")
        return {"type": kind, "start": start, "end": end}
    if kind == "members":
        field, values = rest.split("=")
        return {"type": kind, "field": field, "values": [_number(one) for one in values.split(",")]}
    return {"type": kind}


SAME = {
    "nps": "net promoter score",
    "mrr": "faturamento recorrente",
    "chamados": "tickets",
    "segmento": "setor",
    "segmentos": "setores",
    "vendedor": "executivo de contas",
    "vendedores": "executivos de contas",
    "trimestre passado": "último trimestre",
    "mês passado": "último mês",
    "inadimplência": "taxa de inadimplência",
    "ticket médio": "ARPA",
    "horas de uso": "tempo de uso",
    "maior": "mais alto",
    "maior que": "superior a",
    "menor que": "inferior a",
}
"""Words and others that mean the same."""


def variants(question: str, chance: random.Random) -> dict[str, str]:
    """Ways to type the same, by their kind; only those that change the words."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", question) if not unicodedata.combining(c))
    polite = chance.choice(["Por favor, {}", "Você pode me dizer: {}", "Bom dia! {}", "Oi, {}", "Preciso saber: {}"])
    lowered = question[0].lower() + question[1:]
    made = {
        "accents": plain,
        "small": question.lower(),
        "capitals": question.upper(),
        "courtesy": polite.format(lowered),
        "thanks": f"{question.rstrip('?. ')}, por favor. Obrigado!",
        "marks": f"{question.rstrip('?')}??",
        "slip": slipped(question, chance),
        "slip, no accents": slipped(plain, chance),
        "synonym": _said_otherwise(question, chance),
        "order": _time_first(question),
    }
    return {kind: typed for kind, typed in made.items() if typed != question}


def _said_otherwise(question: str, chance: random.Random) -> str:
    """One word said in another way."""
    found = [word for word in SAME if re.search(rf"\b{word}\b", question.lower())]
    if not found or "entre" in question.lower():
        return question
    word = chance.choice(found)
    return re.sub(rf"\b{word}\b", SAME[word], question, count=1, flags=re.IGNORECASE)


def _time_first(question: str) -> str:
    """`MRR por plano em maio` as `Em maio, MRR por plano`."""
    bare = question.rstrip("? ")
    found = re.search(
        r" ((?:n?[oa]s? (?:mês|trimestre|semestre|ano) passado|n[oa]s últimos \S+ meses|em 20\d\d|em maio))$", bare
    )
    return f"{found[1].capitalize()}, {bare[: found.start()]}" if found else question


def slipped(question: str, chance: random.Random) -> str:
    """One long word with two letters swapped, one doubled, or one left out, not at its start."""
    words = question.split()
    long = [n for n, word in enumerate(words) if word.isalpha() and len(word) >= 6]
    if not long:
        return question
    at = chance.choice(long)
    word = words[at]
    place = chance.randrange(1, len(word) - 2)
    kind = chance.choice(["swap", "double", "drop"])
    if kind == "swap":
        word = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    elif kind == "double":
        word = word[:place] + word[place] + word[place:]
    else:
        word = word[:place] + word[place + 1 :]
    return " ".join([*words[:at], word, *words[at + 1 :]])
