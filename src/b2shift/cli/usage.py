"""Portuguese translations of the option parser's messages."""

import re
from collections.abc import Sequence

_SENTENCES = (
    (r"No such command '(.*)'\.", r"Não existe o comando '\1'"),
    (r"No such command '(.*)'\. Did you mean (?:one of: )?(.*)\?", r"Não existe o comando '\1'. Quis dizer \2?"),
    (r"No such option: (\S+)", r"Não existe a opção '\1'"),
    (r"No such option: (\S+) \(Possible options: (.*)\)", r"Não existe a opção '\1'. Quis dizer \2?"),
    (r"Missing argument (.*)\.", r"Falta o argumento \1"),
    (r"Missing option (.*)\.", r"Falta a opção \1"),
    (r"Missing command\.", "Falta o comando"),
    (r"Option (.*) requires an argument\.", r"A opção \1 pede um valor"),
    (r"Option (.*) does not take a value\.", r"A opção \1 não leva valor"),
    (r"Got unexpected extra argument\(s\) \((.*)\)", r"Sobra na linha de comando: \1"),
)
_VALUES = (
    (r"(?:Value error, )?'(.*)' does not match the formats? '%Y-%m-%d'\.", r"'\1' não está no formato AAAA-MM-DD"),
    (r"Input should be greater than or equal to (.*)", r"o menor é \1"),
    (r"Input should be less than or equal to (.*)", r"o maior é \1"),
    (r"Input should be a valid integer.*", "precisa ser um número inteiro"),
    (r"Input should be a valid number.*", "precisa ser um número"),
)


def in_portuguese(message: str) -> str:
    """A message translated; an unknown one unchanged."""
    value = re.fullmatch(r"Invalid value for (.*?): (.*)", message, re.DOTALL)
    if value:
        return f"Valor que não serve para {value[1]}: {_translated(value[2], _VALUES)}"
    return _translated(message, _SENTENCES)


def _translated(message: str, known: Sequence[tuple[str, str]]) -> str:
    for pattern, sentence in known:
        found = re.fullmatch(pattern, message, re.DOTALL)
        if found:
            return found.expand(sentence)
    return message
