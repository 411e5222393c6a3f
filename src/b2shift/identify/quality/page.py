"""The quality report as one self-contained HTML file."""

from html import escape

from b2shift.identify.contracts import QualityReport, SourceQuality
from b2shift.identify.quality.labels import DEFECTS
from b2shift.kernel.money import format_number

_STYLE = """
body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem;color:#1c2430;background:#fff}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2.2rem}table{border-collapse:collapse;width:100%;margin:.6rem 0}
th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #dfe4ea;vertical-align:top}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}.bad{color:#a3211b;font-weight:600}.good{color:#1d6b3c}
.muted{color:#5d6876}@media(prefers-color-scheme:dark){body{background:#14181d;color:#e6eaef}th,td{border-color:#333b45}
.bad{color:#ff8a80}.good{color:#7bd88f}.muted{color:#9aa5b1}}
"""
_TREATMENT = {"repaired": "corrigido", "unknown": "deixado sem valor", "rejected": "rejeitado"}


def quality_page(report: QualityReport) -> str:
    """The whole report in Portuguese: a line per source, then each source with its rules, loads and defects."""
    broken = sum(not rule.passed for source in report.sources for rule in source.rules)
    summary = _table(
        ["Fonte", "*Nota", "*Linhas", "*Aceitas", "*Rejeitadas", "*Valores alterados", "Situação"],
        [_line(source) for source in report.sources],
    )
    return (
        '<!doctype html><html lang="pt-BR"><head><meta charset="utf-8"><title>Qualidade dos dados</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head><body>'
        f"<h1>Qualidade dos dados</h1><p>Versão {report.version}, dados até {report.as_of:%d/%m/%Y}. "
        f"Regras descumpridas: <span class='{'bad' if broken else 'good'}'>{broken}</span>.</p>{summary}"
        f"{''.join(map(_source, report.sources))}</body></html>\n"
    )


def _line(source: SourceQuality) -> list[str]:
    score = f"{source.scores[-1].score:.0f}" if source.scores else "–"
    worst = next((file for file in source.files if file.status != "loaded"), None)
    counts = (source.rows_read, source.rows_accepted, source.rows_rejected, source.values_repaired)
    status = f"<span class='bad'>{escape(worst.message or worst.status)}</span>" if worst else "lida"
    return [escape(source.source), score, *map(format_number, counts), status]


def _source(source: SourceQuality) -> str:
    parts = [f"<h2>{escape(source.source)}</h2>"]
    if source.rules:
        rows = [
            ["<span class='good'>cumprida</span>" if r.passed else "<span class='bad'>descumprida</span>",
             "crítica" if r.critical else "aviso", escape(r.told), str(r.load)]
            for r in source.rules
        ]  # fmt: skip
        parts.append(_table(["Regra", "Peso", "O que se viu", "*Carga"], rows))
    if source.loads:
        names = ("new", "late", "changed", "corrected", "spoilt", "recovered", "withdrawn", "refused", "unchanged")
        heads = ["*Carga", "*Novas", "*Tardias", "*Alteradas", "*Retificadas", "*Danificadas", "*Recuperadas",
                 "*Retiradas", "*Recusadas", "*Iguais"]  # fmt: skip
        rows = [[str(one.load), *(format_number(getattr(one, name)) for name in names)] for one in source.loads]
        parts.append(_table(heads, rows))
    if source.defects:
        rows = [
            [
                escape(DEFECTS.get(d.kind, d.kind)),
                escape(d.column or "–"),
                _TREATMENT.get(d.treatment, d.treatment),
                format_number(d.count),
            ]
            for d in source.defects
        ]
        parts.append(_table(["Defeito", "Coluna", "Tratamento", "*Casos"], rows))
    return "".join(parts)


def _table(heads: list[str], rows: list[list[str]]) -> str:
    """Columns whose head begins with `*` are numbers."""
    numeric = [head.startswith("*") for head in heads]
    top = "".join(
        f"<th{' class=n' if n else ''}>{head.lstrip('*')}</th>" for head, n in zip(heads, numeric, strict=True)
    )
    body = "".join(
        "<tr>" + "".join(f"<td{' class=n' if n else ''}>{c}</td>" for c, n in zip(row, numeric, strict=True)) + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"
