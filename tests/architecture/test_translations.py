"""Every text of the pages has an English twin with the same placeholders, and no twin is left over."""

import re

from tools.translations import english, missing, texts

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


def test_every_text_has_its_english() -> None:
    assert not list(missing()), "run `python -m tools.translations` and translate what it prints"


def test_no_english_text_is_left_over() -> None:
    used = {(message.id if isinstance(message.id, str) else message.id[0], message.context) for message in texts()}
    kept = {(message.id if isinstance(message.id, str) else message.id[0], message.context) for message in english()}
    assert not kept - used


def test_placeholders_agree() -> None:
    different = []
    for message in english():
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        pairs = zip(ids, strings, strict=True)
        different += [told for told, text in pairs if set(PLACEHOLDER.findall(text)) != set(PLACEHOLDER.findall(told))]
    assert not different
