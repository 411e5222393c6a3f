"""A board is arranged by its owner, shared by role over the rows of who looks, and narrowed as a whole."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils.html import escape
from tests.unit.web.factory import AS_OF

from b2shift.insight.contracts import Answer
from b2shift.metrics.contracts import Filter, Period, TypedQuery
from b2shift.web.accounts.models import Tile, User
from b2shift.web.accounts.roles import Role
from b2shift.web.console.board.boards import BOARDS, Board
from b2shift.web.console.board.narrowing import Narrowing, options
from b2shift.web.console.charts import Chart
from b2shift.web.crm.questions import answer
from b2shift.web.crm.reading import visible_customers

SignIn = Callable[[Role], Client]
MRR = {"intent": "metric", "metrics": ["mrr"]}


@pytest.fixture(autouse=True)
def home_of_board(settings: LazySettings, records: None, paying_home: Path) -> None:
    settings.HOME = paying_home


@pytest.fixture
def tiles(people: dict[Role, User]) -> list[Tile]:
    """Three tiles of an analyst."""
    told = [
        ("a", MRR),
        ("b", MRR | {"dimensions": ["segment"]}),
        ("c", {"intent": "metric", "metrics": ["health_score"]}),
    ]
    return [
        Tile.objects.create(owner=people[Role.ANALYST], title=title, query=query, place=place)
        for place, (title, query) in enumerate(told, 1)
    ]


def titles() -> list[str]:
    return list(Tile.objects.order_by("place", "id").values_list("title", flat=True))


def test_a_tile_moves_and_the_others_make_room(signed_in: SignIn, tiles: list[Tile]) -> None:
    browser = signed_in(Role.ANALYST)
    moved = browser.post(f"/painel/{tiles[2].pk}/mover/", {"place": "1"}, follow=True)
    assert moved.redirect_chain[-1][0].endswith(f"#lugar-{tiles[2].pk}"), "where the keyboard was"
    assert f"{tiles[2].title} está no lugar 1 de 3." in moved.text
    assert titles() == ["c", "a", "b"]
    browser.post(f"/painel/{tiles[2].pk}/mover/", {"place": "99"})
    assert titles() == ["a", "b", "c"]
    browser.post(f"/painel/{tiles[0].pk}/mover/", {"place": "x"})
    assert titles() == ["a", "b", "c"]


def test_a_tile_is_named_widened_and_shared(signed_in: SignIn, tiles: list[Tile], people: dict[Role, User]) -> None:
    browser = signed_in(Role.ANALYST)
    told = {"title": "  MRR  da casa ", "wide": "1", "roles": ["executor", "nobody"]}
    assert browser.post(f"/painel/{tiles[0].pk}/mudar/", told).status_code == 302
    kept = Tile.objects.get(pk=tiles[0].pk)
    assert (kept.title, kept.wide, kept.roles) == ("MRR da casa", True, ["executor"])
    assert browser.post(f"/painel/{tiles[0].pk}/mudar/", {"title": " "}).status_code == 400
    whole = browser.get("/painel/").context["tiles"][0].answer
    seen = signed_in(Role.EXECUTOR).get("/painel/").context["shared"]
    assert [tile.title for tile in seen] == ["MRR da casa"]
    assert seen[0].answer.scope.owners == ("U0002",)
    assert 0 < seen[0].answer.rows[0]["mrr"] < whole.rows[0]["mrr"]
    assert signed_in(Role.MARKETING).get("/painel/").context["shared"] == []


def test_a_removal_is_taken_back_by_its_owner_only(signed_in: SignIn, tiles: list[Tile]) -> None:
    browser = signed_in(Role.ANALYST)
    page = browser.post(f"/painel/{tiles[1].pk}/tirar/", follow=True)
    assert titles() == ["a", "c"]
    undo = next(message.extra_tags for message in page.context["messages"])
    assert signed_in(Role.EXECUTIVE).post(undo).status_code == 404
    assert browser.post("/painel/voltar/?antes=made-up").status_code == 400
    assert titles() == ["a", "c"]
    browser.post(undo)
    assert titles() == ["a", "b", "c"]


def test_anothers_tile_is_not_arranged(signed_in: SignIn, tiles: list[Tile]) -> None:
    for role, status in ((Role.EXECUTIVE, 404), (Role.ADMINISTRATOR, 403)):
        browser = signed_in(role)
        assert browser.post(f"/painel/{tiles[0].pk}/mover/", {"place": "3"}).status_code == status
        assert browser.post(f"/painel/{tiles[0].pk}/mudar/", {"title": "x"}).status_code == status
    assert titles() == ["a", "b", "c"]


def test_filters_reach_every_tile_and_bars_keep_their_values(signed_in: SignIn, tiles: list[Tile]) -> None:
    page = signed_in(Role.ANALYST).get("/painel/", {"segmento": "varejo", "estado": "sp", "periodo": "3m"})
    first, second, third = page.context["tiles"]
    assert [{one.field for one in tile.answer.query.filters} for tile in (first, second, third)] == [
        {"segment", "state"},
        {"state"},
        {"segment", "state"},
    ]
    bars = {row["segment"]: row["mrr"] for row in second.answer.rows}
    assert len(bars) > 1
    assert first.answer.rows[0]["mrr"] == pytest.approx(bars["varejo"])
    assert f"{first.answer.period.start} {first.answer.period.end}" == "2026-08-01 2026-10-31"
    assert third.notes
    assert not first.notes
    assert [(chip.label, chip.value) for chip in page.context["chips"]] == [
        ("Segmento de mercado", "Varejo"),
        ("Estado", "SP"),
        ("Período", "3 meses"),
    ]
    assert page.context["chips"][0].without == "?estado=sp&periodo=3m"


def test_a_bar_narrows_the_board_and_the_chosen_one_widens_it_again(signed_in: SignIn, tiles: list[Tile]) -> None:
    browser = signed_in(Role.ANALYST)
    whole = browser.get("/painel/").context["tiles"]
    ways = by_segment(whole[1].chart)
    assert ways["Varejo"] == ("?segmento=varejo", False)
    part = browser.get(f"/painel/{ways['Varejo'][0]}", headers={"HX-Request": "true"})
    assert part.templates[0].name == "console/board/body.html"
    narrowed = part.context["tiles"]
    assert 0 < narrowed[0].answer.rows[0]["mrr"] < whole[0].answer.rows[0]["mrr"]
    again = by_segment(narrowed[1].chart)
    assert again["Varejo"] == ("?", True)
    assert not any(chosen for name, (_way, chosen) in again.items() if name != "Varejo")
    for way in ("?segmento=varejo", whole[1].chart.table.rows[0][2]):
        assert escape(way) in browser.get("/painel/").text  # the first cell narrows, the second opens the rows


def by_segment(chart: Chart) -> dict[str, tuple[str, bool]]:
    """Each bar's way to narrow, and whether it is the chosen one."""
    parts = {column.part: n for n, column in enumerate(chart.table.columns)}
    return {row[parts["x"]]: (row[parts["narrow"]], row[parts["chosen"]]) for row in chart.table.rows}


def test_what_is_no_filter_narrows_nothing(people: dict[Role, User]) -> None:
    told = {"segmento": "x'; --", "estado": "zz", "cluster": "99", "responsavel": "U9999", "periodo": "9m"}
    assert Narrowing.of(people[Role.ANALYST], told) == Narrowing()


def test_nobody_narrows_to_a_colleague_whose_customers_they_do_not_see(people: dict[Role, User]) -> None:
    own = dict(options(people[Role.EXECUTOR], "responsavel"))
    everybody = dict(options(people[Role.EXECUTIVE], "responsavel"))
    assert own.keys() < everybody.keys()
    other = next(iter(everybody.keys() - own.keys()))
    assert Narrowing.of(people[Role.EXECUTOR], {"responsavel": other}) == Narrowing()


@pytest.mark.parametrize("name", ["segmento", "cluster", "estado", "regiao", "porte", "risco", "nps", "responsavel"])
def test_pictures_and_numbers_are_narrowed_to_the_same_customers(people: dict[Role, User], name: str) -> None:
    user = people[Role.ANALYST]
    seen = visible_customers(user)
    everybody = counted(user, Narrowing())
    for value, _word in options(user, name):
        narrowed = Narrowing.of(user, {name: value})
        held = narrowed.customers(seen)
        assert narrowed.values == {name: value}
        assert held is not None
        assert everybody & set(held.values_list("customer_id", flat=True)) == counted(user, narrowed)


def counted(user: User, narrowed: Narrowing) -> set[str]:
    """The customers a narrowed number is of."""
    query = TypedQuery(intent="metric", metrics=("health_score",), dimensions=("customer",))
    told = answer(user, narrowed.applied(query, AS_OF))
    assert isinstance(told, Answer)
    return {row["customer"] for row in told.rows}


def test_a_tiles_own_filter_and_steps_stay() -> None:
    own = Filter(field="segment", op="eq", value="saude")
    query = TypedQuery(
        intent="trend", metrics=("mrr",), filters=(own,), time=Period(start=AS_OF, end=AS_OF, grain="quarter")
    )
    told = Narrowing({"segmento": "varejo"}, "12m").applied(query, AS_OF)
    assert told.filters == (own,)
    assert told.time is not None
    assert told.time.grain == "quarter"


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
@pytest.mark.parametrize("board", [one for one in BOARDS if not one.needs], ids=lambda one: one.name)
def test_every_ready_board_opens_to_who_may_ask(signed_in: SignIn, role: Role, board: Board) -> None:
    page = signed_in(role).get(f"/painel/{board.name}/")
    tiles = page.context["tiles"]
    left = page.context["left_out"]
    usual = [str(tile.title) for tile in board.tiles if not tile.optional]
    assert sorted([*(tile.title for tile in tiles), *left]) == sorted(usual)
    assert "MRR por segmento de mercado" not in left, "the house has what it has data for"
    assert not [tile.why for tile in tiles if tile.failed]
    assert all(tile.shown or tile.why for tile in tiles)
    assert len({tile.key for tile in tiles}) == len(tiles)


def test_a_board_of_what_the_house_does_not_have_is_not_there(signed_in: SignIn) -> None:
    browser = signed_in(Role.EXECUTIVE)
    page = browser.get("/painel/executivo/")
    assert browser.get("/painel/pedidos/").status_code == 404
    assert "/painel/pedidos/" not in page.text
    assert "Valor de pedidos" not in page.text


def test_a_ready_tile_is_kept_as_it_is_seen(signed_in: SignIn) -> None:
    browser = signed_in(Role.EXECUTIVE)
    tile = next(one for one in browser.get("/painel/executivo/?segmento=varejo").context["tiles"] if one.query)
    browser.post("/painel/guardar/", {"q": tile.query, "question": tile.question})
    (kept,) = browser.get("/painel/").context["tiles"]
    assert kept.title == tile.title
    assert kept.answer.fingerprint == tile.answer.fingerprint


def test_a_tile_without_rows_says_why(signed_in: SignIn, tiles: list[Tile], monkeypatch: pytest.MonkeyPatch) -> None:
    told = answer(tiles[0].owner, TypedQuery.model_validate(MRR))
    assert isinstance(told, Answer)
    silent = told.model_copy(update={"rows": (), "notes": ("Sem sinal para isto.",)})
    monkeypatch.setattr("b2shift.web.console.board.tiles.answer", lambda user, query: silent)
    page = signed_in(Role.ANALYST).get("/painel/").content.decode()
    assert page.count("Sem sinal para isto.") == len(tiles)


def test_who_opens_no_boards_opens_no_ready_one(signed_in: SignIn) -> None:
    assert signed_in(Role.ADMINISTRATOR).get("/painel/executivo/").status_code == 403
    assert signed_in(Role.EXECUTIVE).get("/painel/nada/").status_code == 404


@pytest.mark.parametrize("address", ["/painel/?arrumar=1", "/painel/?segmento=varejo"])
def test_every_control_has_its_words(signed_in: SignIn, tiles: list[Tile], address: str) -> None:
    text = signed_in(Role.ANALYST).get(address).text
    for word in ('for="filter-segmento"', 'for="filter-estado"', 'for="filter-periodo"'):
        assert word in text
