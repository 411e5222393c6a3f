"""Write proposals as YAML declarations of a home, with evidence and doubts as comments."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from b2shift.identify.sources.declarations import load
from b2shift.identify.wizard.proposal import SourceProposal
from b2shift.kernel.errors import InputError, StorageError
from b2shift.lake.api import write_durably


def as_yaml(proposal: SourceProposal, note: str = "", translate: Callable[[str], str] = str) -> str:
    """The text of the declaration; note, evidence, warnings, confidences and doubts are comments on top.

    Comments are pt-BR unless translated; the note is as it comes.
    """
    lines = [f"# {note}"] if note else []
    lines += [f"# {translate(text)}" for text in proposal.evidence]
    lines += [f"# {translate('Atenção: %s') % translate(warning)}" for warning in proposal.warnings]
    lines += [f"# {m.confidence:.0%} {m.header} → {m.to}: {m.evidence.described(translate)}" for m in proposal.mapped]
    doubt = translate("Em dúvida, fora: %s → %s? (%s)")
    lines += [f"# {doubt % (d.header, d.to, d.evidence.described(translate))}" for d in proposal.doubts]
    comments = "\n".join(" ".join(line.split()) for line in lines)
    text = yaml.safe_dump(proposal.declaration, allow_unicode=True, sort_keys=False, width=100)
    return f"{comments}\n{text}"


def write(
    proposals: tuple[SourceProposal, ...], home: Path, *, note: str = "", translate: Callable[[str], str] = str
) -> tuple[Path, ...]:
    """Write `home/sources/<source>.yaml` for each once the loader accepts all; InputError where a file exists.

    `note` is their first line: who declared them and when. The other comments are pt-BR unless translated.
    """
    paths = tuple(home / "sources" / f"{proposal.source}.yaml" for proposal in proposals)
    existing = next((path for path in paths if path.exists()), None)
    if existing is not None:
        raise InputError("A fonte já está declarada", value=existing, hint="Apague o arquivo para propor de novo")
    texts = [as_yaml(proposal, note, translate) for proposal in proposals]
    with TemporaryDirectory() as folder:
        for path, text in zip(paths, texts, strict=True):
            (Path(folder) / path.name).write_text(text, encoding="utf-8")
        load(Path(folder))
    try:
        (home / "sources").mkdir(parents=True, exist_ok=True)
        for path, text in zip(paths, texts, strict=True):
            write_durably(path, text)
    except OSError as error:
        raise StorageError("A declaração não pôde ser escrita", value=home, hint=error) from error
    return paths
