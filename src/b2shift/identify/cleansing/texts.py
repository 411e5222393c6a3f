"""Free texts: only what no one meant is taken away, a broken encoding and white space around."""

from b2shift.identify.cleansing.verdict import Verdict
from b2shift.kernel.text import looks_like_mojibake, repair_mojibake


def judge_text(text: str) -> Verdict:
    """The text without mojibake, no-break spaces and outer white space; the inside stays as people wrote it."""
    repaired = repair_mojibake(text)
    plain = repaired.replace("\u00a0", " ").strip()
    if plain == text or not plain:
        return Verdict(plain or None)
    if looks_like_mojibake(text) and repaired != text:
        return Verdict(plain, "mojibake", "UTF-8 lido como latin-1, desfeito", 0.99)
    return Verdict(plain, "whitespace", "espaços retirados das pontas", 1.0)
