"""The demo drop: complete, deterministic, and as dirty as its log says."""

import csv
import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from b2shift.demo.api import write_drop
from b2shift.kernel.errors import InputError, StorageError

FILES = {
    *(f"telemetria_{n}.csv" for n in range(1, 12)),
    *(f"nps_transacional_{s}.csv" for s in ("aquisicao", "implantacao", "onboarding", "produto", "suporte")),
    "clientes_desde.csv", "contratacoes_ultimos_12_meses.csv", "dados_clientes.csv", "historico.csv", "mrr.csv",
    "nps_relacional.csv", "tickets.csv", "opportunities.csv", "activities.csv", "users.csv", "prospects.csv",
    "events.jsonl", "receita_mensal.csv", "uso_mensal.csv", "faturas.csv", "contatos.csv", "empresas.csv",
}  # fmt: skip
KINDS = {
    "duplicate_row", "category_variant", "mojibake", "city_typo", "invalid_or_other_date", "mixed_decimal",
    "orphan_key",
    "key_whitespace_or_case", "cnpj_unformatted_or_wrong_digit", "repeated_header", "foreign_bytes_line",
    "truncated_last_line", "duplicate_event",
}  # fmt: skip


def rows(folder: Path, file: str) -> list[dict[str, str]]:
    with (folder / file).open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="," if "_truth" in file or file.startswith("telemetria") else ";"))


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clean")
    write_drop(folder, customers=120, seed=5, dirty=0)
    return folder


def test_writes_the_33_files_and_counts_their_rows(tmp_path: Path) -> None:
    summary = write_drop(tmp_path, customers=60, seed=3, dirty=0)
    assert len(FILES) == 33
    assert {path.name for path in tmp_path.iterdir()} == FILES | {"_truth"}
    assert set(summary.files) == FILES
    assert summary.files["clientes_desde.csv"] == len(rows(tmp_path, "clientes_desde.csv")) == 60
    assert summary.defects == 0
    assert rows(tmp_path, "_truth/defects.csv") == []


def test_same_arguments_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        write_drop(tmp_path / name, customers=40, seed=seed, dirty=0.5)
    for file in sorted(FILES):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes(), file
    assert (tmp_path / "a/dados_clientes.csv").read_bytes() != (tmp_path / "c/dados_clientes.csv").read_bytes()


def test_every_kind_of_defect_is_planted_and_logged(demo_drop: Path) -> None:
    log = rows(demo_drop, "_truth/defects.csv")
    assert {entry["kind"] for entry in log} == KINDS
    assert all(entry["before"] != entry["after"] for entry in log if entry["column"])


def test_the_log_points_at_the_values(tmp_path: Path) -> None:
    """Undo the cell defects of a file row by row: what the log says stands there, stands there."""
    write_drop(tmp_path, customers=150, seed=9, dirty=1)
    with (tmp_path / "dados_clientes.csv").open("rb") as raw:
        lines = raw.read().split(b"\n")
    header = lines[0]
    data = [line for line in lines[1:] if line and line != header and b"\xe7\xe3o" not in line]
    found = [dict(zip(header.decode().split(";"), line.decode().split(";"), strict=True)) for line in data]
    log = [e for e in rows(tmp_path, "_truth/defects.csv") if e["file"] == "dados_clientes.csv" and e["column"]]
    assert len(log) > 200
    for entry in log:
        assert found[int(entry["row"])][entry["column"]] == entry["after"]


def test_the_vendors_quirks_stay_in_a_clean_drop(clean: Path) -> None:
    assert (clean / "clientes_desde.csv").read_bytes().startswith(b"\xef\xbb\xbfCLIENTE;CLIENTE_DESDE\r\n")
    assert "Cód. T".encode("latin-1") in (clean / "nps_transacional_produto.csv").read_bytes()[:120]
    assert b"NULL" in (clean / "nps_relacional.csv").read_bytes()
    assert b"SAAS\xc2\xa0TECHFIN" in (clean / "dados_clientes.csv").read_bytes()
    assert rows(clean, "mrr.csv")[0]["MRR_12M"].count(".") == 1
    assert {r["clienteid"][:-2] for r in rows(clean, "telemetria_1.csv")} <= {
        r["CLIENTE"] for r in rows(clean, "clientes_desde.csv")
    }
    first = json.loads((clean / "events.jsonl").read_text().splitlines()[0])
    assert list(first) == [
        "event_id",
        "ts",
        "type",
        "campaign_id",
        "family",
        "channel",
        "variant",
        "cliente",
        "prospect_id",
    ]


def test_each_customer_has_telemetry_in_one_file_only(clean: Path) -> None:
    homes: dict[str, set[int]] = {}
    for number in range(1, 12):
        for row in rows(clean, f"telemetria_{number}.csv"):
            homes.setdefault(row["clienteid"][:-2], set()).add(number)
    assert homes
    assert all(len(files) == 1 for files in homes.values())


def test_an_end_is_the_end(clean: Path) -> None:
    """Nobody pays, uses or asks after leaving, and every end of the window is a lost renewal on that day."""
    left = {r["cliente"]: r["cancelled_on"] for r in rows(clean, "_truth/customers.csv") if r["cancelled_on"]}
    assert left
    for file in ("receita_mensal.csv", "uso_mensal.csv"):
        assert all(r["mes"] <= left.get(r["cliente"], "9999") for r in rows(clean, file))
    assert all(r["DT_CRIACAO"] <= left.get(r["CODIGO_ORGANIZACAO"], "9999") for r in rows(clean, "tickets.csv"))
    lost = {
        (r["cliente"], r["fechado_em"])
        for r in rows(clean, "opportunities.csv")
        if r["tipo"] == "renovacao" and r["resultado"] == "perdido"
    }
    assert lost <= set(left.items())
    assert {(customer, day) for customer, day in left.items() if day > "2023-06-01"} <= lost


def test_use_fades_before_an_end(tmp_path: Path) -> None:
    write_drop(tmp_path, customers=800, seed=2, dirty=0)
    left = {r["cliente"]: r["cancelled_on"] for r in rows(tmp_path, "_truth/customers.csv") if r["cancelled_on"]}
    near, far = [], []
    for row in rows(tmp_path, "uso_mensal.csv"):
        if row["cliente"] in left:
            months = (date.fromisoformat(left[row["cliente"]]) - date.fromisoformat(row["mes"])).days / 30
            (near if months < 3 else far if months > 9 else []).append(float(row["horas_uso"].replace(",", ".")))
    assert sorted(near)[len(near) // 2] < 0.7 * sorted(far)[len(far) // 2]


def test_churn_probability_is_calibrated_with_what_happens(tmp_path: Path) -> None:
    write_drop(tmp_path, customers=3000, seed=1, dirty=0)
    told = [r for r in rows(tmp_path, "_truth/customers.csv") if r["already_cancelled"] == "False"]
    expected = sum(float(r["churn_probability_90d"]) for r in told)
    happened = Counter(r["cancels_next_90d"] for r in told)["True"]
    assert abs(happened - expected) < 4 * expected**0.5


def test_refuses_what_makes_no_drop(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="customers=3"):
        write_drop(tmp_path, customers=3)
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    with pytest.raises(StorageError, match="não pode ser escrita"):
        write_drop(blocked, customers=30)
