"""From levels to words: traits, views, profiles, names, identity, the map, and the choice."""

from dataclasses import asdict, replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from b2shift.differentiate.features.declarations import declarations
from b2shift.differentiate.segments import identity, selection
from b2shift.differentiate.segments.candidates import Candidate, Outcomes
from b2shift.differentiate.segments.descriptions import paragraph, top_traits
from b2shift.differentiate.segments.distinct import distinct
from b2shift.differentiate.segments.identity import PreviousSegmentation, match_segments
from b2shift.differentiate.segments.model_store import stored_name
from b2shift.differentiate.segments.names import Name, name_segments, still_holds
from b2shift.differentiate.segments.profiles import Prevalence, profiles
from b2shift.differentiate.segments.projection import map_positions
from b2shift.differentiate.segments.search_loop import search
from b2shift.differentiate.segments.search_plan import SearchPlan
from b2shift.differentiate.segments.selection import judge
from b2shift.differentiate.segments.trait_declarations import Level, Variable, declared_variables, parse
from b2shift.differentiate.segments.traits import MISSING, Trait, levels_of
from b2shift.differentiate.segments.view import BEHAVIOUR, behaviour_view, build_view
from b2shift.kernel.errors import SchemaError
from b2shift.kernel.wilson import wilson


def texts(names: list[Name]) -> list[str]:
    return [name.text for name in names]


BY_NAME = {variable.name: variable for variable in declared_variables()}


def test_every_variable_reads_a_declared_feature() -> None:
    known = {feature.name for feature in declarations().published()}
    assert {variable.source for variable in declared_variables()} <= known
    assert {variable.present for variable in declared_variables() if variable.present} <= known


def test_traits_have_unique_names_and_phrases() -> None:
    names = [
        f"{v.name}={level.key}"
        for v in declared_variables()
        for level in (*v.levels, *([v.missing] if v.missing else []))
    ]
    phrases = [level.phrase for v in declared_variables() for level in (*v.levels, *([v.missing] if v.missing else []))]
    assert len(set(names)) == len(names)
    assert len(set(phrases)) == len(phrases)


def test_a_wrong_declaration_says_which() -> None:
    with pytest.raises(SchemaError, match="size"):
        parse("- {name: size, theme: x, levels: [{key: a, phrase: p}, {key: b, phrase: q}]}")
    with pytest.raises(SchemaError, match="size"):
        parse("- {name: size, theme: x, colour: red, levels: [{key: a, phrase: p}]}")


def test_levels_by_value_by_limit_and_by_quantile() -> None:
    features = pa.table(
        {
            "market_segment": ["VAREJO", None, "UNKNOWN", "MANUFATURA"],
            "mrr_growth_12m": [-0.5, 0.0, 0.5, None],
            "mrr": [0.0, 10.0, 10.0, 30.0],
            "tickets_90d": [0, 0, 5, 9],
            "has_tickets": [False, True, True, True],
        }
    )
    told = [BY_NAME[name] for name in ("market_segment", "growth", "mrr_level", "tickets_level")]
    levels = levels_of(features, told)
    assert levels.codes["market_segment"].tolist() == [0, MISSING, MISSING, 1]
    assert levels.codes["growth"].tolist() == [0, 1, 2, MISSING]
    assert levels.codes["mrr_level"].tolist() == [MISSING, 0, 0, 2]
    assert levels.codes["tickets_level"].tolist() == [MISSING, 0, 1, 2]
    held = {trait.name: trait.holders.tolist() for trait in levels.traits()}
    assert held["mrr_level=nenhuma"] == [True, False, False, False]


def test_all_missing_and_constant_columns_make_a_view() -> None:
    count = 30
    nothing = {variable.source: pa.nulls(count, pa.float64()) for variable in declared_variables() if variable.numeric}
    names = {variable.source: pa.nulls(count, pa.string()) for variable in declared_variables() if not variable.numeric}
    flags = {variable.present: pa.nulls(count, pa.bool_()) for variable in declared_variables() if variable.present}
    view = behaviour_view(levels_of(pa.table(nothing | names | flags), declared_variables()))
    assert np.isfinite(view.points.rows).all()
    assert len(view.distinct.rows) == 1
    found = search(view, Outcomes(), SearchPlan(sizes=(6,)), floor=0.01, seed=0, report=lambda spent, note: None)
    assert found.all_candidates == []


def test_shuffling_keeps_margins_and_variables_together() -> None:
    rng = np.random.default_rng(0)
    one_hot = np.eye(3)[rng.integers(0, 3, 200)]
    view = build_view("v", [(("a", "b", "c"), one_hot), (("d",), rng.random((200, 1)))])
    shuffled = view.shuffled(np.random.default_rng(1))
    assert (shuffled.matrix()[:, :3].sum(axis=1) == 1).all()
    assert np.allclose(np.sort(shuffled.matrix(), axis=0), np.sort(view.matrix(), axis=0))
    assert not np.array_equal(shuffled.matrix(), view.matrix())


def test_wilson_by_hand() -> None:
    assert wilson(5, 10) == pytest.approx((0.2366, 0.7634), abs=1e-4)
    assert wilson(0, 10) == pytest.approx((0.0, 0.2775), abs=1e-4)
    assert wilson(10, 10)[1] == pytest.approx(1.0)
    assert wilson(0, 0) == (0.0, 1.0)


def row(variable: str, key: str, share: float, overall: float, members: int = 100) -> Prevalence:
    told = BY_NAME[variable]
    found = [*told.levels, *([told.missing] if told.missing else [])]
    level = next(level for level in found if level.key == key)
    holders = round(share * members)
    low, high = wilson(holders, members)
    return Prevalence(Trait(told, level, np.zeros(0, bool)), holders, share, low, high, overall)


def sorted_rows(*rows: Prevalence) -> list[Prevalence]:
    return sorted(rows, key=lambda one: -one.lift)


SHOP = sorted_rows(
    row("market_segment", "VAREJO", 0.9, 0.2),
    row("tenure_band", "ate_3", 0.8, 0.3),
    row("contract_level", "baixo", 0.95, 0.5),
)


def test_a_name_follows_from_the_traits() -> None:
    assert texts(name_segments([SHOP], [100], [None])) == ["Varejo recente de baixo contrato"]


def test_plural_nouns_and_joined_facts() -> None:
    services = sorted_rows(
        row("market_segment", "SERVICOS", 0.9, 0.2),
        row("mrr_level", "nenhuma", 0.99, 0.3),
        row("tickets_level", "nenhum", 0.99, 0.3),
    )
    assert texts(name_segments([services], [1], [None])) == [
        "Prestadores de serviços sem receita recorrente nem chamados"
    ]
    young = sorted_rows(row("market_segment", "SERVICOS", 0.9, 0.2), row("tenure_band", "ate_3", 0.9, 0.3))
    assert texts(name_segments([young], [1], [None])) == ["Prestadores de serviços recentes"]


@pytest.mark.parametrize(
    ("revenue", "tickets", "name"),
    [
        (0.98, 0.98, "Varejo sem receita recorrente nem chamados"),
        (0.97, 0.98, "Varejo sem chamados e na maioria sem receita recorrente"),
        (0.98, 0.7, "Varejo sem receita recorrente e na maioria sem chamados"),
        (0.97, 0.7, "Varejo na maioria sem receita recorrente nem chamados"),
    ],
)
def test_a_name_says_without_of_nearly_all_members_only(revenue: float, tickets: float, name: str) -> None:
    shop, *facts = (
        row("market_segment", "VAREJO", 0.9, 0.2),
        row("mrr_level", "nenhuma", revenue, 0.3),
        row("tickets_level", "nenhum", tickets, 0.3),
    )
    assert texts(name_segments([sorted_rows(shop, *facts)], [1], [None])) == [name]


def test_an_earlier_name_that_says_without_gives_way_once_some_have_it() -> None:
    def shops(revenue: float, tickets: float) -> list[Prevalence]:
        return sorted_rows(
            row("market_segment", "VAREJO", 0.9, 0.2),
            row("mrr_level", "nenhuma", revenue, 0.3),
            row("tickets_level", "nenhum", tickets, 0.3),
        )

    (both,) = name_segments([shops(0.99, 0.99)], [1], [None])
    assert still_holds(both, shops(0.98, 0.98))
    assert not still_holds(both, shops(0.97, 0.99))
    assert not still_holds(both, shops(0.99, 0.97))
    (mixed,) = name_segments([shops(0.99, 0.7)], [1], [None])
    assert still_holds(mixed, shops(0.98, 0.5))
    assert not still_holds(mixed, shops(0.97, 0.7))
    (most,) = name_segments([shops(0.9, 0.7)], [1], [None])
    assert still_holds(most, shops(0.6, 0.6))
    assert not still_holds(replace(both, text="Lojas quietas"), shops(0.97, 0.99))  # whatever its words are


def test_a_name_that_a_former_release_stored_is_held_to_what_it_may_say() -> None:
    shop, quiet = row("market_segment", "VAREJO", 0.9, 0.2), row("tickets_level", "nenhum", 0.99, 0.3)
    (name,) = name_segments([[shop, quiet]], [1], [None])
    assert stored_name(**asdict(name)) == name
    old = stored_name(name.text, list(name.traits))
    assert still_holds(old, [shop, quiet])
    assert not still_holds(old, [shop, row("tickets_level", "nenhum", 0.97, 0.3)])
    assert still_holds(old, [row("market_segment", "VAREJO", 0.5, 0.2), quiet])


def test_those_who_left_are_called_so() -> None:
    gone = sorted_rows(row("active", "cancelado", 1.0, 0.05), *SHOP)
    assert texts(name_segments([gone], [10], [None])) == ["Ex-clientes"]


def test_names_are_unique_even_for_twins() -> None:
    names = texts(name_segments([SHOP, SHOP, SHOP, [], []], [50, 40, 30, 20, 10], [None] * 5))
    assert len(set(names)) == 5
    assert names[0] == "Varejo recente de baixo contrato"
    assert names[3] == "Clientes"


def test_a_kept_name_stays_and_is_not_given_twice() -> None:
    kept = Name("Varejo recente de baixo contrato", ())
    names = name_segments([SHOP, SHOP], [10, 20], [kept, None])
    assert names[0] is kept
    assert names[1].text != kept.text


def test_an_earlier_name_holds_while_its_facts_do() -> None:
    name = name_segments([SHOP], [100], [None])[0]
    assert name.traits == ("market_segment=VAREJO", "tenure_band=ate_3", "contract_level=baixo")
    assert still_holds(name, SHOP)
    assert still_holds(name, [*SHOP[:2], row("contract_level", "baixo", 0.45, 0.5)])
    assert not still_holds(name, [*SHOP[:2], row("contract_level", "baixo", 0.3, 0.5)])
    assert not still_holds(name, SHOP[1:])


def test_profiles_by_hand() -> None:
    variable = Variable(name="v", theme="t", levels=(Level(key="k", phrase="p", values=("x",)),))
    trait = Trait(variable, variable.levels[0], np.array([True, True, False, False]))
    found = profiles([trait], np.array([0, 0, 1, 1]), 2)
    assert (found[0][0].share, found[0][0].overall, found[0][0].lift, found[0][0].members) == (1.0, 0.5, 2.0, 2)
    assert found[1][0].lift == 0.0


def test_the_paragraph_says_only_what_is_known() -> None:
    told = paragraph(
        customers=20, share=0.1, mrr=Decimal("1234.5"), mrr_median=None, churn=None, health=None, nps=None,
        traits=top_traits(SHOP),
    )  # fmt: skip
    assert told.startswith("20 clientes (10,0% da base), com R$ 1.234,50 de receita recorrente mensal.")
    assert "90,0% do varejo (20,0% na base)" in told
    assert "NPS" not in told


def past_of(keys: tuple[str, ...], members: dict[str, str], centres: np.ndarray) -> PreviousSegmentation:
    names = tuple(Name(f"Nome {key}", ()) for key in keys)
    return PreviousSegmentation(keys, names, centres, ("a", "b"), 10, members, {})


def test_segments_keep_their_keys_when_labels_change_places() -> None:
    customers = [f"C{i}" for i in range(9)]
    members = dict(zip(customers, ["s01"] * 4 + ["s02"] * 5, strict=True))
    found = match_segments(
        past_of(("s01", "s02"), members, np.zeros((2, 2))),
        customers,
        np.array([1] * 4 + [0] * 5),
        np.ones((2, 2)),
        ("a", "b"),
    )
    assert found.keys == ("s02", "s01")
    assert found.names == (Name("Nome s02", ()), Name("Nome s01", ()))


def test_a_new_segment_gets_a_number_never_used() -> None:
    customers = [f"C{i}" for i in range(6)]
    members = dict(zip(customers[:3], ["s01"] * 3, strict=True))
    found = match_segments(
        past_of(("s01",), members, np.zeros((1, 2))),
        customers,
        np.array([0, 0, 0, 1, 1, 1]),
        np.ones((2, 2)),
        ("a", "b"),
    )
    assert found.keys == ("s01", "s10")
    assert found.names == (Name("Nome s01", ()), None)
    assert found.next_number == 11


def test_without_shared_customers_centres_decide() -> None:
    centres = np.array([[0.0, 0.0], [10.0, 0.0]])
    found = match_segments(
        past_of(("s01", "s02"), {"X": "s01"}, centres), ["A", "B"], np.array([0, 1]), centres[::-1] + 0.5, ("a", "b")
    )
    assert found.keys == ("s02", "s01")
    other = match_segments(
        past_of(("s01", "s02"), {"X": "s01"}, centres), ["A", "B"], np.array([0, 1]), centres, ("a", "c")
    )
    assert other.keys == ("s10", "s11")
    assert 0 < identity.MIN_OVERLAP < 1


def test_the_map_stays_the_same_way_up() -> None:
    rng = np.random.default_rng(0)
    matrix = np.vstack([rng.normal(centre, 0.3, size=(50, 3)) for centre in ((0, 0, 0), (5, 0, 0), (0, 4, 0))])
    labels = np.repeat([0, 1, 2], 50)
    points = distinct(matrix)
    of_rows = np.zeros(len(points.rows), np.intp)
    of_rows[points.inverse] = labels
    customers = [f"C{i}" for i in range(150)]
    sizes = rng.random(150)
    first = map_positions(points, of_rows, customers, sizes, {})
    before = {customer: (float(x), float(y)) for customer, (x, y) in zip(customers, first, strict=True)}
    mirrored = distinct(matrix @ np.array([[0, 1.0, 0], [-1, 0, 0], [0, 0, -1]]))
    of_mirrored = np.zeros(len(mirrored.rows), np.intp)
    of_mirrored[mirrored.inverse] = labels
    second = map_positions(mirrored, of_mirrored, customers, sizes, before)
    assert np.allclose(first, second, atol=1e-6)


def candidate(**changes: object) -> Candidate:
    told: dict[str, object] = {
        "view": BEHAVIOUR, "representation": "padronizada", "algorithm": "kmeans",
        "labels": np.array([0, 0, 1, 1]), "silhouette": 0.2,
        "davies_bouldin": 1.0, "calinski_harabasz": 100.0, "null_silhouette": 0.1, "stability": 0.9,
        "smallest_share": 0.1, "explainability": 0.9, "churn_explained": 0.02,
        "mrr_explained": 0.5, "seconds": 0.1,
    }  # fmt: skip
    return Candidate(**{**told, **changes})  # type: ignore[arg-type]


def test_a_new_segment_does_not_take_the_name_of_one_that_ended() -> None:
    profile = [row("market_segment", declared_key(), 0.9, 0.2)]
    (first,) = name_segments([profile], [10], [None])
    (second,) = name_segments([profile], [10], [None], [first.text])
    assert first.text != second.text
    assert second.text.startswith(first.text.split(",")[0])


def declared_key() -> str:
    return BY_NAME["market_segment"].levels[0].key


def test_the_choice_weighs_what_matters_and_gives_reasons() -> None:
    best = candidate()
    tiny = candidate(smallest_share=0.001, silhouette=0.9)
    shaky = candidate(stability=0.3, silhouette=0.5)
    loose = candidate(silhouette=0.15)
    other = candidate(view="b2shift37", silhouette=0.4)
    verdicts = judge([tiny, shaky, best, loose, other], 0.003, 100, 100)
    assert [one.chosen for one in verdicts] == [False, False, True, False, False]
    assert [one.meets_floor for one in verdicts] == [False, True, True, True, True]
    assert [one.on_front for one in verdicts] == [False, True, True, False, True]
    assert "piso" in verdicts[0].reason
    assert "estabilidade 0,300" in verdicts[1].reason
    assert "o segmento de mercado sozinho, 0,3%" in verdicts[2].reason
    assert "separação acima do acaso" in verdicts[3].reason
    assert "37 indicadores" in verdicts[4].reason


def test_a_sampled_search_says_so_and_demands_drop_when_nobody_meets_them() -> None:
    only = candidate(smallest_share=0.001, stability=0.1)
    verdict = judge([only], None, 10, 20)[0]
    assert verdict.chosen
    assert "amostra de 10 dos 20" in verdict.reason
    assert selection.score(only, [only]) == 1.0


def test_candidates_are_measured_and_independent_data_have_no_excess() -> None:
    rng = np.random.default_rng(0)
    kind = rng.integers(0, 3, 240)
    blocks = np.eye(3)[kind] + rng.normal(0, 0.05, (240, 3))
    view = build_view("v", [((f"c{i}",), blocks[:, [i]]) for i in range(3)])
    outcomes = Outcomes((kind == 1).astype(float), kind.astype(float))
    plan = SearchPlan(sizes=(3,), refits=2)
    found = search(view, outcomes, plan, floor=0.1, seed=0, report=lambda spent, note: None).all_candidates
    kmeans = next(one for one in found if (one.algorithm, one.k) == ("kmeans", 3))
    assert kmeans.k == 3
    assert kmeans.silhouette > 0.8
    assert kmeans.null_excess is not None
    assert kmeans.null_excess > 0.2
    assert (kmeans.stability, kmeans.explainability) == (1.0, 1.0)
    assert kmeans.churn_explained == pytest.approx(1.0)
    assert len({(one.algorithm, one.k) for one in found}) == len(found)


def test_the_declarations_lie_beside_the_code() -> None:
    assert Path(selection.__file__).with_name("traits.yaml").exists()
