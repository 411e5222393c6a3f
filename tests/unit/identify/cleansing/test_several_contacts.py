"""Cells of several e-mails or telephones: the first counts and the repair says so; others stay as they are."""

import re
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.identify.wizard.test_accounts import firms, load
from tests.unit.identify.wizard.test_accounts import lines as invoices

from b2shift.identify.api import propose_sources, write_sources
from b2shift.identify.cleansing.several_contacts import (
    EMAIL_SQL,
    KIND,
    PHONE_SQL,
    is_email,
    is_phone,
    judge_email,
    judge_phone,
)
from b2shift.lake.api import literal

SEVERAL = {
    "a@x.com; b@y.com": "a@x.com", "a@x.com,b@y.com": "a@x.com", "a@x.com / b@y.com": "a@x.com",
    "Ana <a@x.com>; Bia <b@y.com>": "a@x.com", "a@x.com\nb@y.com": "a@x.com", "a@x.com e b@y.com": "a@x.com",
    "(11) 3333-4444 / (11) 99999-8888": "(11) 3333-4444", "11 3333-4444/4445": "11 3333-4444",
    "3333-4444 ou 99999-8888": "3333-4444", "+55 11 3333-4444; +55 11 99999-8888": "+55 11 3333-4444",
}  # fmt: skip
ONE = (
    "a@x.com",
    "Ana <a@x.com>",
    "o'brien@x.com",
    "(11) 3333-4444",
    "3333-4444, ramal 22",
    "sem telefone",
    "@@",
    "a;b",
)


@pytest.mark.parametrize("text", SEVERAL)
def test_the_first_of_several_counts(text: str) -> None:
    judge, pattern = (judge_email, EMAIL_SQL) if "@" in text else (judge_phone, PHONE_SQL)
    verdict = judge(text)
    assert (verdict.after, verdict.kind) == (SEVERAL[text], KIND)
    assert duckdb.sql(f"SELECT regexp_matches({literal(text)}, {literal(pattern)})").fetchall() == [(True,)]


@pytest.mark.parametrize("text", ONE)
def test_one_stays_as_it_is(text: str) -> None:
    assert judge_email(text).after == judge_phone(text).after == text


@given(st.text(alphabet="ab@.;,/ 123-()+eou\n", max_size=40))
def test_what_counts_is_a_part_of_the_cell_and_seen_at_a_glance(text: str) -> None:
    for judge, test, pattern in ((judge_email, is_email, EMAIL_SQL), (judge_phone, is_phone, PHONE_SQL)):
        verdict = judge(text)
        assert (verdict.after or "") in text
        if verdict.kind == KIND:
            assert verdict.after is not None
            assert test(verdict.after)
            assert re.search(pattern, text)


def test_contacts_with_cells_of_several_are_loaded_with_the_first(tmp_path: Path) -> None:
    drop, home = tmp_path / "drop", tmp_path / "home"
    drop.mkdir()
    lines = [
        f'P{i};Pessoa {i};"p{i}@x.com.br; q{i}@y.com.br";(11) 3333-{i:04d} / (11) 99999-{i:04d};{1000 + 7 * i:06d}'
        if i % 2 else f"P{i};Pessoa {i};p{i}@x.com.br;(11) 3333-{i:04d};{1000 + 7 * i:06d}" for i in range(20)
    ]  # fmt: skip
    people = drop / "contatos.csv"
    people.write_text("\n".join(["Id;Nome;E-mail;Telefone;Código do cliente", *lines, ""]), encoding="utf-8")
    proposal = propose_sources([firms(drop), invoices(drop), people])
    write_sources(proposal, home)
    lake = load(home, drop)
    rows = lake.query("SELECT contact_id, email, phone FROM contacts ORDER BY CAST(contact_id[2:] AS INTEGER)")
    assert rows.to_pylist() == [
        {"contact_id": f"P{i}", "email": f"p{i}@x.com.br", "phone": f"(11) 3333-{i:04d}"} for i in range(20)
    ]
    told = lake.query('SELECT "column", before, after FROM repairs WHERE kind = ? ORDER BY "row", 1', [KIND])
    assert told.num_rows == 20
    assert told.to_pylist()[0] == {"column": "E-mail", "before": "p1@x.com.br; q1@y.com.br", "after": "p1@x.com.br"}
