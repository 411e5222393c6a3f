"""Life stages: four components over customers, named by what they consume."""

import numpy as np
import pyarrow as pa

from b2shift.differentiate.lifecycle.stages import COLUMNS, STAGES, life_stages


def base(seed: int = 0, each: int = 150) -> tuple[pa.Table, list[str]]:
    """Customers of four plain kinds."""
    kinds = {  # years, lines, lines of 12 months, families, contract, MRR
        "Novos": (1, 3, 1, 1, 500, 80),
        "Em Expansão": (5, 14, 9, 3, 9_000, 400),
        "Fiéis": (14, 18, 0, 3, 9_000, 400),
        "Estratégicos": (12, 60, 5, 6, 400_000, 8_000),
    }
    rng = np.random.default_rng(seed)
    rows, truth = [], []
    for stage, middle in kinds.items():
        rows.append(np.array(middle) * rng.lognormal(0, 0.15, size=(each, len(middle))))
        truth += [stage] * each
    matrix = np.vstack(rows)
    return pa.table(dict(zip(COLUMNS, matrix.T, strict=True))), truth


def test_plain_kinds_get_their_names() -> None:
    features, truth = base()
    found = life_stages(features, seed=7)
    assert np.mean([a == b for a, b in zip(found.names, truth, strict=True)]) > 0.95


def test_membership_is_a_probability() -> None:
    found = life_stages(base()[0], seed=7)
    assert np.allclose(found.membership.sum(axis=1), 1)
    assert found.probability.min() >= 0.25
    assert set(found.names) == set(STAGES)


def test_the_order_of_customers_does_not_matter() -> None:
    features, _ = base()
    order = np.random.default_rng(1).permutation(len(features))
    names = np.array(life_stages(features, seed=7).names)
    assert np.array_equal(names[order], life_stages(features.take(order), seed=7).names)


def test_few_and_empty_customers_have_a_stage() -> None:
    empty = pa.table({name: pa.array([None, None, None], pa.float64()) for name in COLUMNS})
    found = life_stages(empty, seed=7)
    assert len(found.names) == 3
    assert np.isfinite(found.probability).all()
