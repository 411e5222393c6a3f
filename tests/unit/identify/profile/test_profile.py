"""The profile of a table whose truth is known."""

from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pytest
from scipy.stats import ks_2samp, spearmanr

from b2shift.identify.api import TableProfile, profile_file, profile_page, profile_summary, profile_table
from b2shift.identify.profile.contracts import ColumnProfile
from b2shift.identify.profile.engine import engine
from b2shift.identify.profile.relations import cramers_v
from b2shift.kernel.errors import InputError, UnknownNameError
from b2shift.lake.api import load_specs, open_lake, writing

DECLARED = """
- name: people
  layer: refined
  grain: one person
  description: People.
  columns:
    size: [DOUBLE, "size"]
    kind: [VARCHAR, "kind"]
    secret: [VARCHAR, "name of a person", personal]
"""
N = 4000
ROWS = f"""
    SELECT CASE WHEN i % 4 = 0 THEN NULL ELSE i END AS size, CASE WHEN i % 4 = 0 THEN 'novo' ELSE 'velho' END AS kind,
           'Fulana ' || (i % 7) AS secret FROM range({N}) AS t(i)
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """4,000 rows: b grows with a, w says which third of a, far has ten far values, g is absent where w is 'baixo'."""
    path = tmp_path / "known.parquet"
    duckdb.execute(
        f"""COPY (SELECT CAST(i AS DOUBLE) AS a, exp(i / 500.0) AS b,
            ['baixo', 'meio', 'alto'][1 + CAST(floor(3 * i / {N}.0) AS INTEGER)] AS w,
            CASE WHEN i < 10 THEN 1e9 ELSE hash(i) % 100 END AS far,
            CASE WHEN 3 * i >= {N} THEN hash(i, 1) % 50 END AS g,
            'p' || i || '@empresa.example' AS quem, DATE '2026-01-01' + CAST(i % 28 AS INTEGER) AS dia
            FROM range({N}) AS t(i)) TO '{path}' (FORMAT parquet)"""
    )
    return path


@pytest.fixture
def told(file: Path) -> TableProfile:
    """Its profile."""
    return profile_file(file)


def _of(told: TableProfile, name: str) -> ColumnProfile:
    return next(column for column in told.columns if column.name == name)


def test_distributions_are_the_true_ones(told: TableProfile) -> None:
    a = _of(told, "a")
    assert (a.rows, a.missing, a.distinct, a.mean) == (N, 0, N, (N - 1) / 2)
    assert a.quantiles[3] == (N - 1) / 2
    assert sum(b.rows for b in a.histogram) == N
    assert {v.value: v.rows for v in _of(told, "w").frequent} == {"baixo": 1334, "meio": 1333, "alto": 1333}


def test_far_values_are_counted(told: TableProfile) -> None:
    far = _of(told, "far").outliers
    assert far is not None
    assert (far.below, far.above) == (0, 10)


def test_relations_have_their_measure(told: TableProfile) -> None:
    found = {(r.left, r.right): r for r in told.relations}
    assert found["a", "b"].measure == "spearman"
    assert found["a", "b"].strength == pytest.approx(1.0)
    assert found["w", "a"].measure == "correlation_ratio"
    assert found["w", "a"].strength == pytest.approx(np.sqrt(8 / 9), abs=1e-3)


def test_spearman_is_the_reference_with_ties(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    left = rng.integers(0, 9, 500)
    right = left + rng.integers(0, 9, 500)
    path = tmp_path / "ties.csv"
    path.write_text("x,y\n" + "\n".join(f"{x},{y}" for x, y in zip(left, right, strict=True)))
    (found,) = profile_file(path).relations
    assert found.strength == pytest.approx(spearmanr(left, right).statistic)


def test_absence_says_what_it_goes_with(told: TableProfile) -> None:
    gap = next(g for g in told.gaps if (g.missing, g.goes_with) == ("g", "w"))
    assert gap.strength == pytest.approx(1.0, abs=0.01)
    assert (gap.without, gap.within) == ("baixo: 100,0%", "baixo: 0,0%")
    assert (gap.n_without, gap.n_within) == (1334, 2666)


def test_cramers_v_of_chance_is_zero_and_of_identity_one() -> None:
    assert cramers_v(np.full((3, 3), 10.0)) == 0.0
    assert cramers_v(np.diag([50.0, 50.0])) == pytest.approx(1.0)


def test_personal_values_are_nowhere(told: TableProfile) -> None:
    who = _of(told, "quem")
    assert who.personal
    assert who.distinct == N
    assert "empresa.example" not in told.model_dump_json() + profile_page((told,))


def test_page_needs_nothing_else(told: TableProfile) -> None:
    page = profile_page((told,))
    assert "http" not in page
    assert "<script" not in page
    assert "prefers-color-scheme:dark" in page
    assert "@media print" in page
    assert page.count("<svg") > 5


def test_text_is_escaped(tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_text("k\n" + "<b>x</b>\n" * 40 + "y\n" * 40)
    assert "<b>x</b>" not in profile_page((profile_file(path),))


def test_unreadable_files_are_stated(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="não existe"):
        profile_file(tmp_path / "none.csv")
    (tmp_path / "x.docx").write_text("x")
    with pytest.raises(InputError, match="tipo de arquivo"):
        profile_file(tmp_path / "x.docx")


def test_tables_are_compared_with_the_version_before(tmp_path: Path) -> None:
    (tmp_path / "tables.yaml").write_text(DECLARED)
    spec, home = load_specs(tmp_path / "tables.yaml")["people"], tmp_path / "home"
    moved = ROWS.replace("ELSE i END AS size", f"ELSE i + {N // 2} END AS size")
    for day, rows in enumerate((ROWS, moved), start=1):
        with writing(home) as session:
            session.write(spec, rows)
            session.commit(date(2026, 1, day))
    before, now = open_lake(home, 1), open_lake(home)
    told = profile_table(now, "people", before)
    size = _of(told, "size").drift
    assert size is not None
    assert size.verdict == "strong"
    sizes = np.array([i for i in range(N) if i % 4])
    assert size.ks == pytest.approx(ks_2samp(sizes, sizes + N // 2).statistic)
    kind = _of(told, "kind").drift
    assert kind is not None
    assert (kind.verdict, kind.psi, kind.n_before, kind.n_after) == ("stable", 0.0, N, N)
    assert _of(told, "secret").drift is None
    assert "Fulana" not in told.model_dump_json() + profile_page((told,))
    assert profile_table(now, "people", now).unchanged
    with pytest.raises(UnknownNameError):
        profile_table(now, "peple", None)


DELIVERED = """
- {name: raw_contatos, layer: raw, grain: one line, description: As delivered., columns: {nome: [VARCHAR, name]}}
- {name: raw_tickets, layer: raw, grain: one line, description: As delivered.,
   columns: {STATUS_TICKET: [VARCHAR, status], NOVA: [VARCHAR, nobody declared it]}}
- {name: spellings, layer: trusted, grain: one spelling, description: Spellings.,
   columns: {delivered: [VARCHAR, as delivered], kind: [VARCHAR, kind]}}
"""


def test_the_day_of_the_run_is_shown_as_one_value_and_drifts_nowhere(tmp_path: Path) -> None:
    declared = DECLARED.replace("    secret", '    as_of: [DATE, "day of the run"]\n    secret')
    (tmp_path / "tables.yaml").write_text(declared)
    spec, home = load_specs(tmp_path / "tables.yaml")["people"], tmp_path / "home"
    for day in (1, 2):
        with writing(home) as session:
            session.write(spec, ROWS.replace("AS kind,", f"AS kind, DATE '2026-01-0{day}' AS as_of,"))
            session.commit(date(2026, 1, day))
    as_of = _of(profile_table(open_lake(home), "people", open_lake(home, 1)), "as_of")
    assert as_of.drift is None
    assert profile_summary(as_of) == ("sempre 02/01/2026",)


def test_what_absence_says_of_yes_and_no_is_shown_in_words(tmp_path: Path) -> None:
    path = tmp_path / "flags.parquet"
    duckdb.execute(
        f"COPY (SELECT i % 2 = 0 AS known, CASE WHEN i % 2 = 0 THEN i END AS n FROM range({N}) AS t(i)) TO '{path}'"
    )
    (gap,) = (one for one in profile_file(path).gaps if one.goes_with == "known")
    assert {gap.without, gap.within} in ({"não: 100,0%", "não: 0,0%"}, {"sim: 100,0%", "sim: 0,0%"})


def test_what_was_delivered_is_shown_only_where_it_is_declared_free_of_personal_data(tmp_path: Path) -> None:
    (tmp_path / "tables.yaml").write_text(DELIVERED)
    specs, home = load_specs(tmp_path / "tables.yaml"), tmp_path / "home"
    with writing(home) as session:
        session.write(specs["raw_contatos"], "SELECT 'Fulana ' || (i % 3) AS nome FROM range(90) AS t(i)")
        session.write(
            specs["raw_tickets"],
            "SELECT 'aberto' || (i % 3) AS STATUS_TICKET, 'Fulana ' || (i % 3) AS NOVA FROM range(90) AS t(i)",
        )
        session.write(specs["spellings"], "SELECT 'Fulana' AS delivered, 'nome' AS kind FROM range(90) AS t(i)")
        session.commit(date(2026, 1, 1))
    lake = open_lake(home)
    told = [profile_table(lake, spec.name, None) for spec in specs]
    assert "Fulana" not in profile_page(tuple(told)) + "".join(one.model_dump_json() for one in told)
    shown = {column.name for one in told for column in one.columns if column.frequent}
    assert shown == {"STATUS_TICKET", "kind"}


def test_a_csv_is_taken_apart_once(tmp_path: Path) -> None:
    path = tmp_path / "base.csv"
    path.write_text("a;b\n1;x\n2;y\n", encoding="utf-8")
    with engine(1, 256) as running:
        running.name("now", [path])
        path.unlink()
        assert running.rows("SELECT sum(a), count(b) FROM now") == [(3, 2)]
