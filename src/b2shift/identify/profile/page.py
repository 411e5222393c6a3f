"""Profiles as one self-contained HTML file."""

from html import escape

from b2shift.identify.catalogue.portuguese import in_portuguese
from b2shift.identify.profile.charts import chart, line
from b2shift.identify.profile.contracts import SOURCES, ColumnProfile, Gap, Relation, Shape, TableProfile
from b2shift.identify.profile.labels import MEASURES, VERDICTS, drift_label, outlier_label, summary
from b2shift.kernel.money import format_number, format_percent

_STYLE = """
:root{color-scheme:light dark;--ink:#14201f;--soft:#4f5d5e;--edge:#e3e8e8;--fill:#0a7288;--bad:#b3261e;--paper:#f6f8f8;
--card:#fff;--good-soft:#e3f4ea;--good:#13703f;--warn-soft:#fbf0dc;--warn:#855200;--bad-soft:#fdeae8}
@media(prefers-color-scheme:dark){:root{--ink:#e8eeee;--soft:#a2b0b1;--edge:#283233;--fill:#4cc3d9;--bad:#ff8f87;
--paper:#0c1112;--card:#121819;--good-soft:#12301f;--good:#58cd92;--warn-soft:#352808;--warn:#e6b85c;--bad-soft:#3d1a18}}
*{box-sizing:border-box}
body{font:14px/1.5 Inter,system-ui,sans-serif;margin:0;color:var(--ink);background:var(--paper);
font-variant-numeric:tabular-nums}
main,header{max-width:84rem;margin:0 auto;padding:0 1.25rem}header{padding-top:2rem}
h1{font-size:1.5rem;margin:0}h2{font-size:1.25rem;margin:2.5rem 0 .25rem}h3{font-size:1rem;margin:2rem 0 .5rem}
p{margin:.25rem 0;max-width:75ch}small,.soft{color:var(--soft);font-size:.86rem}.bad{color:var(--bad)}
nav{display:flex;flex-wrap:wrap;gap:.375rem;margin-top:1rem}
nav a,.chip{border:1px solid var(--edge);border-radius:6px;padding:.0625rem .5rem;background:var(--card);color:inherit;
text-decoration:none;font-size:.86rem;white-space:nowrap}nav a:hover{border-color:var(--fill)}
.stable{background:var(--good-soft);color:var(--good);border-color:transparent}
.moderate{background:var(--warn-soft);color:var(--warn);border-color:transparent}
.strong{background:var(--bad-soft);color:var(--bad);border-color:transparent}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(9rem,1fr));gap:1px;margin:1rem 0;
background:var(--edge);border:1px solid var(--edge);border-radius:8px;overflow:hidden}
.tiles div{background:var(--card);padding:.75rem 1rem}
.tiles b{display:block;font-size:1.5rem;line-height:1.3;letter-spacing:-.02em}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(19rem,100%),1fr));gap:.75rem;padding:0}
.card{display:flex;flex-direction:column;gap:.5rem;border:1px solid var(--edge);border-radius:8px;
background:var(--card);padding:.875rem 1rem}
.card h4{display:flex;justify-content:space-between;gap:.5rem;margin:0;font-size:.93rem;
overflow-wrap:anywhere;font-family:ui-monospace,monospace}.card p{font-size:.86rem;color:var(--soft);margin:0}
.card dl{display:grid;grid-template-columns:auto 1fr;gap:.125rem .75rem;margin:auto 0 0;font-size:.86rem}
.card dt{color:var(--soft)}.card dd{margin:0;text-align:right}
.wrap{overflow-x:auto;border:1px solid var(--edge);border-radius:8px;background:var(--card)}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:.4rem .75rem;border-bottom:1px solid var(--edge);vertical-align:top}
tr:last-child td{border-bottom:0}th{font-weight:600;color:var(--soft);font-size:.86rem;white-space:nowrap}
td.n,th.n{text-align:right}footer{max-width:84rem;margin:3rem auto 2rem;padding:0 1.25rem;color:var(--soft)}
svg{display:block;max-width:100%}svg rect{fill:var(--fill)}svg text{fill:var(--ink);font-size:10px}
.card svg{width:100%;height:auto;max-height:7.5rem}
@media print{body{font-size:11px}.card,tr{break-inside:avoid}
:root{--ink:#000;--paper:#fff;--card:#fff;--edge:#bbb;--soft:#444;--fill:#555;--bad:#000}}
"""
_SHOWN = 40


def profile_page(profiles: tuple[TableProfile, ...]) -> str:
    """All profiles in Portuguese; values of personal columns are not in it."""
    index = "".join(f'<a href="#{escape(p.table)}">{escape(p.table)}</a>' for p in profiles)
    sources = "".join(f"<li>{escape(text)}</li>" for text in SOURCES.values())
    return (
        '<!doctype html><html lang="pt-BR"><head><meta charset="utf-8"><title>Perfil dos dados</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_STYLE}</style></head><body>'
        f"<header><h1>Perfil dos dados</h1>{f'<nav>{index}</nav>' if len(profiles) > 1 else ''}</header>"
        f"<main>{''.join(map(_table, profiles))}</main>"
        f"<footer><h3>De onde vêm as medidas</h3><ul>{sources}</ul></footer></body></html>\n"
    )


def _table(profile: TableProfile) -> str:
    sampled = (
        f" Relações sobre uma amostra de {format_number(profile.looked_at)} linhas."
        if profile.looked_at < profile.rows
        else ""
    )
    cards = "".join(_card(column) for column in profile.columns)
    return (
        f'<section id="{escape(profile.table)}"><h2>{escape(profile.table)}</h2>'
        f"<p>{escape(in_portuguese(profile.description))}</p>"
        f'<p class="soft">{_versions(profile)}{sampled}</p>{_tiles(profile)}<div class="cards">{cards}</div>'
        f"{_gaps(profile.gaps)}{_relations(profile.relations)}</section>"
    )


def _versions(profile: TableProfile) -> str:
    version = f"Versão {profile.version}, dados até {profile.as_of:%d/%m/%Y}. " if profile.as_of else ""
    if profile.before is None:
        return f"{version}Sem versão anterior para comparar."
    if profile.unchanged:
        return f"{version}Igual à versão {profile.before}."
    return f"{version}Comparada com a versão {profile.before}, de {format_number(profile.rows_before or 0)} linhas."


def _tiles(profile: TableProfile) -> str:
    strong = sum(column.drift is not None and column.drift.verdict == "strong" for column in profile.columns)
    figures = [
        ("linhas", format_number(profile.rows)),
        ("colunas", format_number(len(profile.columns))),
        ("com valores ausentes", format_number(sum(column.missing > 0 for column in profile.columns))),
        ("pessoais, sem valores", format_number(sum(column.personal for column in profile.columns))),
        ("mudaram muito", format_number(strong) if any(column.drift for column in profile.columns) else "–"),
    ]
    cells = "".join(f'<div><b>{value}</b><span class="soft">{label}</span></div>' for label, value in figures)
    return f'<div class="tiles">{cells}</div>'


def _card(column: ColumnProfile) -> str:
    share = column.missing / column.rows if column.rows else 0.0
    facts = [("sem valor", format_percent(share))]
    if column.shape is not Shape.OTHER:
        facts.append(("distintos", format_number(column.distinct)))
    facts += [(text.split(" ", 1)[0], text.split(" ", 1)[1]) for text in summary(column)]
    if outliers := outlier_label(column):
        facts.append(("fora do comum", outliers))
    listed = "".join(f"<dt>{label}</dt><dd>{escape(value)}</dd>" for label, value in facts)
    return (
        f'<article class="card"><h4>{escape(column.name)}{_badge(column)}</h4>'
        f"<p>{escape(in_portuguese(column.description))} <small>{escape(column.type[:40])}</small></p>"
        f"{_picture(column)}<dl>{listed}</dl></article>"
    )


def _badge(column: ColumnProfile) -> str:
    """The verdict on drift, with the figures as a tooltip."""
    if column.drift is None:
        return ""
    title = escape(drift_label(column.drift))
    return f'<span class="chip {column.drift.verdict}" title="{title}">{VERDICTS[column.drift.verdict]}</span>'


def _picture(column: ColumnProfile) -> str:
    return "<small>dado pessoal: valores não mostrados</small>" if column.personal else chart(column)


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
    more = f'<p class="soft">Mostradas as {_SHOWN} mais fortes de {len(found)}.</p>' if len(found) > _SHOWN else ""
    return f"<h3>Colunas que andam juntas</h3>{_grid(['Uma', 'Outra', 'Força', 'Medida', '*n'], rows)}{more}"


def _grid(heads: list[str], rows: list[list[str]]) -> str:
    """Columns whose head begins with `*` are numbers."""
    marks = [' class="n"' if head.startswith("*") else "" for head in heads]
    top = "".join(f"<th{mark}>{head.lstrip('*')}</th>" for head, mark in zip(heads, marks, strict=True))
    body = "".join(
        "<tr>" + "".join(f"<td{mark}>{cell}</td>" for cell, mark in zip(row, marks, strict=True)) + "</tr>"
        for row in rows
    )
    return f'<div class="wrap"><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'
