"""A delivery small enough to read: two registered customers, their lines, one ticket file, some telemetry."""

from pathlib import Path
from typing import Any

from b2shift.identify.api import Drop, ingest
from b2shift.lake.api import writing
from b2shift.lake.session import Session

REGISTRY = "\ufeffCLIENTE;CLIENTE_DESDE\r\nTFAAA1;2020-05-17\r\nTFBBB2;2021-03-04\r\n"
LINES = (
    "CD_CLIENTE;DS_PROD;DS_SEGMENTO;SITUACAO_CONTRATO;VL_TOTAL_CONTRATO;DT_ASSINATURA_CONTRATO\n"
    "TFAAA1;ERP;VAREJO;ATIVO;1234,5;2020-05-17\n"
    "TFBBB2;ERP;VAREJO;ATIVO;7,25;2021-03-04\n"
)
TICKETS = (
    "CODIGO_ORGANIZACAO;NOME_GRUPO;TIPO_TICKET;STATUS_TICKET;DT_CRIACAO;DT_ATUALIZACAO;BK_TICKET;PRIORIDADE_TICKET\n"
    "TFAAA1;CST - Cobrança;question;closed;2025-01-10;2025-01-12;1;low\n"
    "TFBBB2;PC - WMS;question;open;2025-01-11;2025-01-15;2;high\n"
)
EVENTS = "clienteid,eventduration,moduloid,productlineid,referencedatestart,slotid,statuslicenca,tcloud,clienteprime\n"
TELEMETRY = EVENTS + (
    "TFAAA100,3.000,7,2,2025-03-17,0,Conectado,,\n"
    "TFAAA100,3.500,7,2,2025-03-17,0,Conectado,,\n"
    "TFBBB201,0.000,7,2,2025-03-18,0,,,\n"
)


def write_small(folder: Path, **replaced: str | bytes | None) -> Path:
    """The delivery, with other contents for some files (name without its extension; None: not delivered)."""
    files: dict[str, str | bytes | None] = {
        "clientes_desde": REGISTRY, "dados_clientes": LINES, "tickets": TICKETS, "telemetria_1": TELEMETRY,
    }  # fmt: skip
    folder.mkdir(exist_ok=True)
    for name, content in (files | replaced).items():
        path = folder / (name if "." in name else f"{name}.csv")
        if content is None:
            path.unlink(missing_ok=True)
        else:
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def deliver(home: Path, drop: Drop, *queries: str) -> tuple[bool, list[list[dict[str, Any]]]]:
    """Ingest and commit; whether anything changed, and the answers to some queries."""
    from datetime import date

    with writing(home) as session:
        ingest(session, drop)
        answers = [session.query(query).to_pylist() for query in queries]
        changed = session.changed
        session.commit(date(2025, 3, 31))
    return changed, answers


def touched(session: Session) -> set[str]:
    """The stages this session computed."""
    return {name for name in session.stages if session.recomputed(name)}
