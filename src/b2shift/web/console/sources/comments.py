"""The comments that the wizard writes on top of a declaration, in the language of the page."""

import re

from django.utils.translation import gettext as _

from b2shift.web.console.wording import error_text, shipped

_COMMENT = re.compile(r"^# (.+)$", re.MULTILINE)
_WARNING = re.compile(r"Atenção: (.+)")
_MAPPED = re.compile(r"(\d+% .+ → [a-z_]\w*): (.+)")
_DOUBT = re.compile(r"Em dúvida, fora: (.+ → \w+\?) \((.+)\)")
_NAMED = re.compile(r"""nome ('.*?'|".*?"); (.+)""")
_RIVAL = re.compile(r"também serve (.+)")
_DECLARED = re.compile(r"Declarada na página por (\S+) em (\d{4}-\d\d-\d\d)")


def told(text: str) -> str:
    """The YAML of a declaration as it is shown: its own comments in words of the page, the rest as it is written."""
    return _COMMENT.sub(lambda found: f"# {_comment(found[1])}", text)


def _comment(text: str) -> str:
    if found := _WARNING.fullmatch(text):
        return _("Atenção: %(text)s") % {"text": error_text(found[1])}
    if found := _MAPPED.fullmatch(text):
        return f"{found[1]}: {_evidence(found[2])}"
    if found := _DOUBT.fullmatch(text):
        return _("Em dúvida, fora: %(column)s (%(why)s)") % {"column": found[1], "why": _evidence(found[2])}
    if found := _DECLARED.fullmatch(text):
        return _("Declarada na página por %(who)s em %(day)s") % {"who": found[1], "day": found[2]}
    return shipped(text)


def _evidence(text: str) -> str:
    told, _mark, doubt = text.rpartition("; ")
    if doubt == "confiança baixa":
        return "; ".join([_evidence(told), _("confiança baixa")])
    if found := _RIVAL.fullmatch(doubt):
        return "; ".join([_evidence(told), _("também serve %(header)s") % {"header": found[1]}])
    if found := _NAMED.fullmatch(text):
        return "; ".join([_("nome %(name)s") % {"name": found[1]}, shipped(found[2])])
    return shipped(text)
