"""People at the two customers of the small delivery, one of them written in many ways, and a search of every byte."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
from tests.unit.identify.sources.small import deliver, write_small

from b2shift.identify.api import ErasurePlan, begin_erasure, erase_from_lake, finish_erasure, plan_erasure

NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
HEAD = (
    "contato_id;cliente;nome;cargo;email;telefone;canal_preferido;consentimento_email;consentimento_whatsapp;"
    "consentimento_sms;consentimento_em;papel;sentimento;cpf;observacao\n"
)
JOAO = (
    "K1;TFAAA1;João Assunção;Sócio;joao.assuncao@padaria.example;(27) 90000-5076;email;S;N;S;2025-03-01;decisor;"
    "positivo;529.982.247-25;\n"
)
ANA = (
    "K2;TFAAA1;Ana Souza;Gerente;ana@padaria.example;(27) 3300-0000;email;S;N;N;2025-03-02;usuario;neutro;;"
    "fala com K1, João  Assuncao\n"
)
NAMESAKE = "K3;TFBBB2;Ana Souza;Compras;ana.souza@forja.example;(27) 3311-0000;email;N;N;N;;usuario;neutro;;\n"
PEOPLE = HEAD + JOAO + ANA + NAMESAKE
COMPANIES = (
    "cliente;razao_social;nome_fantasia;cnpj;dominio;municipio;uf;telefone;funcionarios\n"
    "TFAAA1;Padaria Ltda;Padaria;99.000.000/0001-59;padaria.example;VITORIA;ES;(27) 3300-0000;12\n"
    "TFBBB2;Forja S.A.;Forja;99.000.037/0001-87;forja.example;VITORIA;ES;(27) 3311-0000;30\n"
)
# João again, with his name misread and his job moved: another delivery, one month later.
LATER = JOAO.replace("João Assunção", "JoÃ£o AssunÃ§Ã£o").replace("positivo", "negativo")
BROKEN = "K1;TFAAA1;João Assunção;joao.assuncao@padaria.example\n"


def two_versions(tmp_path: Path) -> Path:
    """A home whose two kept versions know João: as delivered, misread, and on a line that is broken."""
    home = tmp_path / "home"
    deliver(home, write_small(tmp_path / "drop", contatos=PEOPLE, empresas=COMPANIES))
    deliver(home, write_small(tmp_path / "drop", contatos=HEAD + LATER + ANA + NAMESAKE + BROKEN, empresas=COMPANIES))
    return home


def planned(home: Path, reference: str = "contacts/K1", erasure: str = "e1") -> ErasurePlan:
    return plan_erasure(home, reference, erasure=erasure, at=NOW, by="dpo@empresa.example", reason="pedido do titular")


def forget(home: Path, reference: str = "contacts/K1", erasure: str = "e1") -> ErasurePlan:
    plan = planned(home, reference, erasure)
    begin_erasure(home, plan)
    erase_from_lake(home, plan)
    finish_erasure(home, plan)
    return plan


def found_in(home: Path, *texts: str) -> list[str]:
    """Where a home still says any of the texts: every byte of every file, and every value of every Parquet file."""
    sought = [re.compile(re.escape(form), re.IGNORECASE) for text in texts for form in _forms(text)]
    return [f"{place}: {one.pattern}" for place, content in _contents(home) for one in sought if one.search(content)]


def _forms(text: str) -> set[str]:
    number = re.sub(r"\D", "", text)
    return {text, text.encode().decode("latin-1"), *([number] if len(number) >= 8 and "@" not in text else [])}


def _contents(home: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(one for one in home.rglob("*") if one.is_file()):
        try:
            told = path.read_bytes()
        except FileNotFoundError:  # a database's own file beside it, gone when the last reader left
            continue
        yield str(path), told.decode("utf-8", "replace")
        yield str(path), told.decode("latin-1")
        if path.suffix == ".parquet":
            for row in duckdb.sql(f"FROM read_parquet('{path}')").fetchall():
                yield str(path), str(row)
