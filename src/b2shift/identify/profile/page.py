"""Profiles as one HTML file that needs nothing else: to send, to print, to keep with a delivery."""

from html import escape

from b2shift.identify.catalogue.portuguese import in_portuguese
from b2shift.identify.profile.pictures import line, picture
from b2shift.identify.profile.shapes import SOURCES, ColumnProfile, Gap, Relation, Shape, TableProfile
from b2shift.identify.profile.words import MEASURES, drift_words, outlier_words, percent, summary
from b2shift.kernel.money import format_number

_STYLE = """
:root{color-scheme:light dark;--ink:#1c2430;--soft:#5d6876;--edge:#dfe4ea;--fill:#2f6fab;--bad:#a3211b;--paper:#fff}
@media(prefers-color-scheme:dark){
:root{--ink:#e6eaef;--soft:#9aa5b1;--edge:#333b45;--fill:#7ab3e8;--bad:#ff8a80;--paper:#14181d}}
body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:76rem;padding:0 1rem;
color:var(--ink);background:var(--paper)}
h1{font-size:1.5rem}h2{font-size:1.2rem;margin-top:2.4rem}h3{font-size:1rem;margin:1.6rem 0 .3rem}
table{border-collapse:collapse;width:100%;margin:.6rem 0}
th,td{text-align:left;padding:.35rem .6rem;border-bottom:1px solid var(--edge);vertical-align:top}
th{font-weight:600;color:var(--soft);font-size:.85rem}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
small,.soft{color:var(--soft)}.bad{color:var(--bad);font-weight:600}
svg{display:block}svg rect{fill:var(--fill)}svg text{fill:var(--ink);font-size:10px}
@media print{body{margin:0;max-width:none;font-size:11px}tr{break-inside:avoid}
:root{--ink:#000;--paper:#fff;--edge:#bbb;--soft:#444;--fill:#555;--bad:#000}}
"""
_SHOWN = 40


def profile_page(profiles: tuple[TableProfile, ...]) -> str:
    """All profiles in Portuguese, one after the other; no value of a personal column is in it."""
    index = "".join(f'<li><a href="#{escape(p.table)}">{escape(p.table)}</a></li>' for p in profiles)
    sources = "".join(f"<li>{escape(text)}</li>" for text in SOURCES.values())
    return (
        '<!doctype html><html lang="pt-BR"><head><meta charset="utf-8"><title>Perfil dos dados</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head><body>'
        f"<h1>Perfil dos dados</h1>{f'<ul>{index}</ul>' if len(profiles) > 1 else ''}"
        f"{''.join(map(_table, profiles))}<h2>De onde vêm as medidas</h2><ul>{sources}</ul></body></html>\n"
    )


def _table(told: TableProfile) -> str:
    sampled = (
        f" Relações sobre uma amostra de {format_number(told.looked_at)} linhas." if told.looked_at < told.rows else ""
    )
    return (
        f'<h2 id="{escape(told.table)}">{escape(told.table)}</h2><p>{escape(in_portuguese(told.description))}</p>'
        f"<p class=soft>{_versions(told)}{sampled}</p>{_columns(told)}{_gaps(told.gaps)}{_relations(told.relations)}"
    )


def _versions(told: TableProfile) -> str:
    rows = f"{format_number(told.rows)} linhas, {len(told.columns)} colunas."
    version = f" Versão {told.version}, dados até {told.as_of:%d/%m/%Y}." if told.as_of else ""
    if told.before is None:
        return f"{rows}{version} Sem versão anterior para comparar."
    if told.unchanged:
        return f"{rows}{version} Igual à versão {told.before}."
    return f"{rows}{version} Comparada com a versão {told.before}, de {format_number(told.rows_before or 0)} linhas."


def _columns(told: TableProfile) -> str:
    heads = ["Coluna", "Distribuição", "*Sem valor", "*Distintos", "Resumo", "Fora do comum"]
    moved = any(column.drift for column in told.columns)
    rows = [_column(column, moved) for column in told.columns]
    return _grid([*heads, "Mudança"] if moved else heads, rows)


def _column(column: ColumnProfile, moved: bool) -> list[str]:
    about = f"<br><small>{escape(in_portuguese(column.description))}</small>" if column.description else ""
    share = column.missing / column.rows if column.rows else 0.0
    cells = [
        f"<b>{escape(column.name)}</b> <small>{escape(column.type[:40])}</small>{about}",
        _picture(column),
        percent(share),
        format_number(column.distinct) if column.shape is not Shape.OTHER else "–",
        _summary(column),
        escape(outlier_words(column)),
    ]
    if moved:
        strong = column.drift is not None and column.drift.verdict == "strong"
        cells.append(f"<span{' class=bad' if strong else ''}>{escape(drift_words(column.drift))}</span>")
    return cells


def _picture(column: ColumnProfile) -> str:
    return "<small>dado pessoal: valores não mostrados</small>" if column.personal else picture(column)


def _summary(column: ColumnProfile) -> str:
    told = summary(column)
    return f"{told[0]}<br><small>{'<br>'.join(told[1:])}</small>" if told else ""


def _gaps(found: tuple[Gap, ...]) -> str:
    if not found:
        return ""
    rows = [
        [
            escape(gap.missing),
            escape(gap.goes_with),
            line(gap.strength),
            f"{escape(gap.without)} <small>(n = {format_number(gap.n_without)})</small>",
            f"{escape(gap.within)} <small>(n = {format_number(gap.n_within)})</small>",
            MEASURES[gap.measure],
        ]
        for gap in found[:_SHOWN]
    ]
    heads = ["Falta o valor de", "Anda junto com", "Força", "Onde falta", "Onde não falta", "Medida"]
    return f"<h3>O que a falta de um valor diz</h3>{_grid(heads, rows)}"


def _relations(found: tuple[Relation, ...]) -> str:
    if not found:
        return ""
    rows = [
        [escape(r.left), escape(r.right), line(r.strength), MEASURES[r.measure], format_number(r.n)]
        for r in found[:_SHOWN]
    ]
    more = f"<p class=soft>Mostradas as {_SHOWN} mais fortes de {len(found)}.</p>" if len(found) > _SHOWN else ""
    return f"<h3>Colunas que andam juntas</h3>{_grid(['Uma', 'Outra', 'Força', 'Medida', '*n'], rows)}{more}"


def _grid(heads: list[str], rows: list[list[str]]) -> str:
    """Columns whose head begins with `*` are numbers."""
    marks = [" class=n" if head.startswith("*") else "" for head in heads]
    top = "".join(f"<th{mark}>{head.lstrip('*')}</th>" for head, mark in zip(heads, marks, strict=True))
    body = "".join(
        "<tr>" + "".join(f"<td{mark}>{cell}</td>" for cell, mark in zip(row, marks, strict=True)) + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"
