"""Summary tables of a run: sources, segments, proposals, timings."""

from decimal import Decimal

from b2shift.cli import screen
from b2shift.cli.contracts import LoopSummary, ProposalLine, SegmentLine, SourceLine
from b2shift.cli.words import KINDS
from b2shift.kernel.money import format_brl, format_number, format_percent
from b2shift.lake.api import Lake

_SOURCES = """
    SELECT source,
           count(*) FILTER (status = 'loaded') AS files,
           count(*) FILTER (status = 'kept') AS kept,
           count(*) FILTER (status = 'missing') AS missing,
           count(*) FILTER (status = 'failed') AS failed,
           coalesce(sum(rows_read), 0)::BIGINT AS rows_read,
           coalesce(sum(rows_accepted), 0)::BIGINT AS rows_accepted,
           coalesce(sum(rows_rejected), 0)::BIGINT AS rows_rejected,
           coalesce(sum(values_repaired), 0)::BIGINT AS values_repaired,
           coalesce(string_agg(if(status = 'unknown', concat(file, ': ', message), message), '; ' ORDER BY file)
                    FILTER (status <> 'loaded'), '') AS message
    FROM loads GROUP BY source ORDER BY source
"""
_SEGMENTS = "SELECT segment_id, name, customers, share, mrr FROM segment_catalogue ORDER BY mrr DESC, segment_id"
_PROPOSALS = """
    SELECT kind, count(*) AS proposals, count(DISTINCT customer_id) AS customers,
           (SELECT sum(stake) FROM (SELECT max(q.mrr_at_stake) AS stake FROM proposals q
                                    WHERE q.kind = p.kind GROUP BY q.customer_id)) AS mrr_at_stake
    FROM proposals p GROUP BY kind ORDER BY proposals DESC, kind
"""


def source_lines(lake: Lake) -> tuple[SourceLine, ...]:
    """What each source brought."""
    return tuple(SourceLine.model_validate(row) for row in lake.query(_SOURCES).to_pylist())


def segment_lines(lake: Lake) -> tuple[SegmentLine, ...]:
    """The segments, the one with most revenue first."""
    unknown = {} if _revenue_delivered(lake) else {"mrr": None}
    return tuple(SegmentLine.model_validate(row | unknown) for row in lake.query(_SEGMENTS).to_pylist())


def proposal_lines(lake: Lake) -> tuple[ProposalLine, ...]:
    """How many proposals of each kind, and the revenue of the customers they are for (each counted once)."""
    rows, nothing = lake.query(_PROPOSALS).to_pylist(), Decimal(0) if _revenue_delivered(lake) else None
    return tuple(ProposalLine.model_validate({**row, "mrr_at_stake": row["mrr_at_stake"] or nothing}) for row in rows)


def _revenue_delivered(lake: Lake) -> bool:
    """Whether any recurring revenue ever came: where none did nobody knows that it is zero."""
    return lake.query("SELECT 1 FROM recurring_revenue LIMIT 1").num_rows > 0


def _mrr(amount: Decimal | None) -> str:
    return "não entregue" if amount is None else format_brl(amount)


def show(run: LoopSummary) -> None:
    """Print a run."""
    count = format_number
    screen.table(
        "Fontes",
        ["fonte", "arquivos", "lidas", "aceitas", "rejeitadas", "alterados"],
        [
            (
                s.source,
                _files(s),
                count(s.rows_read),
                count(s.rows_accepted),
                count(s.rows_rejected),
                count(s.values_repaired),
            )
            for s in run.sources
        ],
    )
    for source in run.sources:
        if source.message:
            screen.warn(f"{source.source}: {source.message}")
    screen.table(
        f"Segmentos · {count(run.customers)} clientes",
        ["segmento", "clientes", "parte", "MRR"],
        [(s.name, count(s.customers), format_percent(s.share), _mrr(s.mrr)) for s in run.segments],
    )
    if not run.proposals:
        screen.tell("Nenhum contato proposto: nenhuma regra da régua se aplica a estes dados.")
    else:
        screen.table(
            "Contatos propostos",
            ["tipo", "propostas", "clientes", "MRR dos clientes"],
            [
                (KINDS.get(p.kind, p.kind), count(p.proposals), count(p.customers), _mrr(p.mrr_at_stake))
                for p in run.proposals
            ],
        )
    screen.table(
        "Onde foi o tempo",
        ["etapa", "segundos", "parte"],
        [(s.label, format_number(s.seconds, 2), format_percent(s.share)) for s in run.steps],
    )
    if run.by_months:
        screen.warn(f"Os arquivos só dizem meses: a data é o fim do mais novo, {run.as_of:%d/%m/%Y}")
    news = "nova" if run.changed else "nada mudou, a mesma"
    screen.tell(
        f"Versão {run.version} ({news}) · dados até {run.as_of:%d/%m/%Y} · {format_number(run.seconds, 1)} s · "
        f"pico de {count(run.peak_memory_mb)} MB · {run.home}"
    )


def _files(source: SourceLine) -> str:
    lost = source.kept + source.missing + source.failed
    return f"{source.files}" + (f" de {source.files + lost}" if lost else "")
