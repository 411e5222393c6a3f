"""The demo drop's front door."""

from datetime import date
from pathlib import Path

import numpy as np

from b2shift.demo import campaigns, contract_lines, ledgers, money, people, sales, support, surveys, usage
from b2shift.demo.chance import stream
from b2shift.demo.columns import Table, iso
from b2shift.demo.contracts import DropSummary
from b2shift.demo.defects import Log, Spoiler, Weak
from b2shift.demo.families import NAMES
from b2shift.demo.files import Format, write_events, write_table, write_truth
from b2shift.demo.population import Population, populate
from b2shift.kernel.errors import InputError, StorageError

__all__ = ["DropSummary", "write_drop"]

_LATIN = Format(encoding="latin-1")
_FORMATS = {
    "clientes_desde.csv": Format(end="\r\n", encoding="utf-8-sig"),
    "historico.csv": Format(end="\r\n", truncated=True),
    "nps_relacional.csv": Format(end="\r\n"),
    "nps_transacional_suporte.csv": Format(end="\r\n"),
    "nps_transacional_aquisicao.csv": _LATIN,
    "nps_transacional_implantacao.csv": _LATIN,
    "nps_transacional_onboarding.csv": _LATIN,
    "nps_transacional_produto.csv": _LATIN,
    "tickets.csv": Format(truncated=True),
} | {f"telemetria_{n}.csv": Format(separator=",", truncated=n == usage.FILES) for n in range(1, usage.FILES + 1)}

_WEAK = {
    "clientes_desde.csv": Weak(dates=("CLIENTE_DESDE",)),
    "dados_clientes.csv": Weak(
        words=("DS_SEGMENTO", "DS_SUBSEGMENTO", "FAT_FAIXA", "SITUACAO_CONTRATO", "UF", "DS_PROD"),
        city="CIDADE", dates=("DT_ASSINATURA_CONTRATO",), numbers=("VL_TOTAL_CONTRATO",), key="CD_CLIENTE",
    ),
    "contratacoes_ultimos_12_meses.csv": Weak(numbers=("VLR_CONTRATACOES_12M",), key="CD_CLIENTE"),
    "historico.csv": Weak(
        words=("HOSPEDAGEM", "FAT_FAIXA"), dates=("DT_UPLOAD",), numbers=("PRC_UNITARIO", "VL_TOTAL"), key="CD_CLI",
    ),
    "mrr.csv": Weak(key="CLIENTE"),
    "nps_relacional.csv": Weak(key="metadata_codcliente"),
    "nps_transacional_produto.csv": Weak(
        words=("Linha de Produto",), key="Cód. T", misread="latin-1",
    ),
    "nps_transacional_suporte.csv": Weak(key="cliente"),
    "tickets.csv": Weak(
        words=("NOME_GRUPO", "STATUS_TICKET"), dates=("DT_CRIACAO",), key="CODIGO_ORGANIZACAO",
    ),
    "opportunities.csv": Weak(words=("familia_produto",)),
    "activities.csv": Weak(words=("resultado",)),
    "receita_mensal.csv": Weak(words=("familia_produto",), dates=("mes",), numbers=("mrr",), key="cliente"),
    "uso_mensal.csv": Weak(dates=("mes",), numbers=("horas_uso",), key="cliente"),
    "faturas.csv": Weak(words=("situacao",), dates=("emissao", "vencimento"), numbers=("valor",), key="cliente"),
    "contatos.csv": Weak(words=("cargo", "papel"), dates=("consentimento_em",), key="cliente"),
    "empresas.csv": Weak(words=("nome_fantasia",), city="municipio", key="cliente", cnpj="cnpj"),
    "users.csv": Weak(repeats=False),
    "prospects.csv": Weak(repeats=False),
    "nps_transacional_aquisicao.csv": Weak(repeats=False),
    "nps_transacional_implantacao.csv": Weak(repeats=False),
    "nps_transacional_onboarding.csv": Weak(repeats=False),
} | {f"telemetria_{n}.csv": Weak(key="clienteid") for n in range(1, usage.FILES + 1)}  # fmt: skip


def write_drop(
    folder: Path,
    *,
    customers: int = 2000,
    seed: int = 7,
    dirty: float = 0.3,
    as_of: date = date(2025, 3, 31),
    months: int = 24,
) -> DropSummary:
    """Write the vendor's 33 files for an invented customer base; the same arguments give the same bytes.

    `dirty` scales the planted defects (0 none, 1 many); the vendor's own quirks stay in a clean drop. The defects are
    listed in `_truth/defects.csv`, the true probabilities in `_truth/customers.csv` and `_truth/propensity.csv`.
    Raises InputError for a size that makes no drop, StorageError when the folder cannot be written.
    """
    if customers < 20 or not 0 <= dirty <= 1 or months < 3:
        raise InputError(
            "Com estes números não se faz uma entrega",
            value=f"customers={customers}, dirty={dirty}, months={months}",
            hint="Ao menos 20 clientes e 3 meses, dirty entre 0 e 1",
        )
    try:
        (folder / "_truth").mkdir(parents=True, exist_ok=True)
        return _write(folder, populate(customers, seed, as_of, months), seed, dirty, as_of)
    except OSError as error:
        raise StorageError("A entrega não pode ser escrita", value=folder, hint=error) from error


def _write(folder: Path, who: Population, seed: int, dirty: float, as_of: date) -> DropSummary:
    proposals = money.propose(who, seed)
    ledger = money.earn(who, proposals, seed)
    use = usage.pulse(who, seed)
    team = people.team(who, seed)
    found = sales.prospects(who, team, seed)
    drawn = sales.deals(who, ledger, proposals, found, team, seed)
    deals = sales.opportunities(who, drawn, found, team, seed)
    asked = support.tickets(who, seed)
    tables: dict[str, Table] = {
        "clientes_desde.csv": contract_lines.since(who),
        "dados_clientes.csv": contract_lines.lines(who, seed),
        "contratacoes_ultimos_12_meses.csv": contract_lines.hirings(who, proposals, seed),
        "historico.csv": contract_lines.quotes(who, proposals, seed),
        "mrr.csv": ledgers.average_revenue(who, ledger, seed),
        "nps_relacional.csv": surveys.relational(who, seed),
        "nps_transacional_aquisicao.csv": surveys.acquisition(who, seed),
        "nps_transacional_implantacao.csv": surveys.implementation(who, seed),
        "nps_transacional_onboarding.csv": surveys.onboarding(who, seed),
        "nps_transacional_produto.csv": surveys.product(who, seed),
        "nps_transacional_suporte.csv": surveys.support(who, asked, seed),
        "tickets.csv": asked,
        "opportunities.csv": deals,
        "activities.csv": sales.activities(who, drawn, deals, team, seed),
        "users.csv": team.table,
        "prospects.csv": found.table,
        "receita_mensal.csv": ledgers.monthly_revenue(who, ledger),
        "uso_mensal.csv": usage.monthly_usage(who, use, seed),
        "faturas.csv": ledgers.invoices(who, ledger, seed),
        "contatos.csv": people.contacts(who, seed),
        "empresas.csv": people.companies(who, seed),
    }
    tables |= {f"telemetria_{n}.csv": table for n, table in enumerate(usage.telemetry(who, use, seed), 1)}
    log = Log()
    spoiler = Spoiler(dirty, seed, log)
    rows = {}
    for file, table in tables.items():
        spoilt = spoiler.spoil(file, table, _WEAK[file])
        rows[file] = write_table(folder, file, spoilt, _FORMATS.get(file, Format()), dirty, seed, log)
    happened = campaigns.events(who, found, seed)
    repeats = spoiler.again(len(happened["event_id"]), stream(seed, "repeated events")) if dirty else []
    rows["events.jsonl"] = write_events(folder, "events.jsonl", happened, repeats, dirty, log)
    _write_truth(folder, who, found, proposals, log)
    return DropSummary(folder=folder, as_of=as_of, customers=who.size, files=rows, defects=len(log.rows))


def _write_truth(folder: Path, who: Population, found: sales.Prospects, proposals: money.Proposals, log: Log) -> None:
    write_truth(
        folder,
        "customers.csv",
        {
            "cliente": who.code,
            "archetype": who.archetype,
            "already_cancelled": who.gone,
            "cancelled_on": iso(np.where(who.gone, who.leaves_on, np.datetime64("NaT"))),
            "churn_probability_90d": np.round(who.churn_probability, 6),
            "cancels_next_90d": who.leaves_on > who.as_of,
            **{f"latent_{name}": np.round(trait, 4) for name, trait in who.traits.items()},
        },
    )
    horizon = who.as_of + np.timedelta64(90, "D")
    soon = proposals.won & (proposals.decided_on > who.as_of) & (proposals.decided_on <= horizon)
    buys = np.zeros(who.owned.shape, bool)
    buys[proposals.who[soon], proposals.family[soon]] = True
    rate = np.where(who.gone[:, None], 0, 1 - np.exp(-money.purchase_rate(who)))
    write_truth(
        folder,
        "propensity.csv",
        {
            "cliente": np.repeat(who.code, len(NAMES)),
            "family": np.tile(np.array(NAMES, object), who.size),
            "owned": who.owned.ravel(),
            "propensity_90d": np.round(rate, 6).ravel(),
            "buys_next_90d": buys.ravel(),
        },
    )
    known = [str(who.code[i]) if i >= 0 else "" for i in found.customer]
    write_truth(
        folder,
        "prospects.csv",
        {
            "prospect_id": found.ids,
            "entity": found.entity,
            "existing_customer": known,
            "true_fit": np.round(found.fit, 4),
        },
    )
    columns = zip(*log.rows, strict=True) if log.rows else [()] * 6
    write_truth(
        folder, "defects.csv", dict(zip(("file", "kind", "column", "row", "before", "after"), columns, strict=True))
    )
