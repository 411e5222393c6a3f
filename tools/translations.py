"""The English catalogue: `python -m tools.translations` brings it up to the code's texts, `… compile` compiles it."""

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import django
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings

from b2shift.identify.api import DEFECTS
from b2shift.interact.api import load_actions, load_policy, published_journey, ready_journeys
from b2shift.interact.contracts import TaskStep

ROOT = Path(__file__).parent.parent
WEB = ROOT / "src" / "b2shift" / "web"
ENGLISH = WEB / "locale" / "en" / "LC_MESSAGES" / "django.po"
_STRING = r"u?(?:'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\")"
_CALL = re.compile(rf"(?:_|\bn?p?gettext)\(\s*{_STRING}(?:\s*,\s*(?:{_STRING}|[\w.]+))*\s*\)")
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def texts() -> Catalog:
    """Every text of the Python files and templates, with where it stands, and of the rules that come with them."""
    found = Catalog()
    for path in sorted([*WEB.rglob("*.py"), *WEB.rglob("*.html")]):
        place = str(path.relative_to(ROOT))
        for line, told, comments, context in extract("python", io.BytesIO(_python(path)), keywords=KEYWORDS):
            found.add(told, locations=[(place, line)], auto_comments=comments, context=context)
    for told in _shipped():
        found.add(told)
    return found


def english() -> Catalog:
    """The catalogue as it is kept."""
    with ENGLISH.open("rb") as file:
        return read_po(file, locale="en")


def missing() -> Iterator[str]:
    """Texts without an English translation."""
    known = english()
    for told in texts():
        if not told.id:
            continue
        kept = known.get(told.id, told.context)
        strings = [] if kept is None else kept.string if isinstance(kept.string, tuple | list) else [kept.string]
        if not strings or not all(strings):
            yield str(told.id)


def update() -> None:
    """Add new texts without a translation, drop those nobody uses, never guess."""
    known = english()
    known.update(texts(), no_fuzzy_matching=True, update_creation_date=False)
    known.obsolete.clear()
    with ENGLISH.open("wb") as file:
        write_po(file, known, sort_output=True, no_location=True, omit_header=True, width=110)
    header = (
        'msgid ""\nmsgstr ""\n"Language: en\\n"\n"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=UTF-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
        '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
    )
    ENGLISH.write_text(header + ENGLISH.read_text(encoding="utf-8").lstrip(), encoding="utf-8")


def compile_english() -> None:
    """Write the catalogue Django reads; placeholders are compared by our own test, which knows "10% de" is none."""
    with ENGLISH.with_suffix(".mo").open("wb") as file:
        write_mo(file, english())


def _shipped() -> Iterator[str]:
    """What defects are called, and what rules, actions and journeys that come with the product are called and say."""
    yield from DEFECTS.values()
    for rule in load_policy().rules:
        yield from (rule.name, rule.action)
    for action in load_actions().actions:
        yield action.name
    for text in ready_journeys().values():
        journey = published_journey(text)
        yield from (journey.name, journey.about, *(step.name for step in journey.steps))
        yield from (step.text for step in journey.steps if isinstance(step, TaskStep))


def _python(path: Path) -> bytes:
    """Templates as the Python that holds their texts."""
    if path.suffix == ".py":
        return path.read_bytes()
    if not settings.configured:
        settings.configure(USE_I18N=True)
        django.setup()
    from django.utils.translation.template import templatize

    return "\n".join(_CALL.findall(templatize(path.read_text(encoding="utf-8"), origin=str(path)))).encode()


if __name__ == "__main__":
    if sys.argv[1:] == ["compile"]:
        compile_english()
    else:
        update()
        absent = list(missing())
        sys.stdout.write("".join(f"{text}\n" for text in absent) + f"{len(absent)} texts without English\n")
