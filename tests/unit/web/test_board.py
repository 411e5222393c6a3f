"""A board is arranged by its owner, shared by role over the rows of who looks, and narrowed as a whole."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client
from tests.unit.web.factory import AS_OF, specs, stage, stage_all
from tests.unit.web.test_alerts import PAID

from b2shift.lake.api import writing
from b2shift.metrics.contracts import Filter, Period, TypedQuery
from b2shift.web.accounts.models import Tile, User
from b2shift.web.accounts.roles import Role
from b2shift.web.console.board.narrowing import Narrowing

SignIn = Callable[[Role], Client]
MRR = {"intent": "metric", "metrics": ["mrr"]}


@pytest.fixture(scope="module")
def boarded_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The factory's lake with fourteen months of payments."""
    home = tmp_path_factory.mktemp("boarded")
    with writing(home) as session:
        stage_all(session)
        stage(session, specs()["identify"], "revenue_monthly", 60 * 14, PAID)
        session.commit(AS_OF)
    return home


@pytest.fixture(autouse=True)
def home_of_board(settings: LazySettings, records: None, boarded_home: Path) -> None:
    settings.HOME = boarded_home


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
    browser.post(f"/painel/{tiles[2].pk}/mover/", {"place": "1"})
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
    whole = browser.get("/painel/").context["panes"][0].answer
    seen = signed_in(Role.EXECUTOR).get("/painel/").context["shared"]
    assert [pane.title for pane in seen] == ["MRR da casa"]
    assert "U0002" in seen[0].answer.scope
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


def test_filters_reach_every_tile(signed_in: SignIn, tiles: list[Tile]) -> None:
    page = signed_in(Role.ANALYST).get("/painel/", {"segmento": "varejo", "estado": "sp", "periodo": "3m"})
    first, second, third = page.context["panes"]
    for pane in (first, second, third):
        assert {one.field for one in pane.answer.query.filters} == {"segment", "state"}
    assert [row["segment"] for row in second.answer.rows] == ["varejo"]
    assert first.answer.rows[0]["mrr"] == pytest.approx(second.answer.rows[0]["mrr"])
    assert f"{first.answer.period.start} {first.answer.period.end}" == "2026-08-01 2026-10-31"
    assert third.note
    assert not first.note


def test_what_is_no_filter_narrows_nothing() -> None:
    assert Narrowing.of({"segmento": "x'; --", "estado": "zz", "periodo": "9m"}) == Narrowing()


def test_a_tiles_own_filter_and_steps_stay() -> None:
    own = Filter(field="segment", op="eq", value="saude")
    query = TypedQuery(
        intent="trend", metrics=("mrr",), filters=(own,), time=Period(start=AS_OF, end=AS_OF, grain="quarter")
    )
    told = Narrowing(segmento="varejo", periodo="12m").applied(query, AS_OF)
    assert told.filters == (own,)
    assert told.time is not None
    assert told.time.grain == "quarter"


@pytest.mark.parametrize("address", ["/painel/?arrumar=1", "/painel/?segmento=varejo"])
def test_every_control_has_its_words(signed_in: SignIn, tiles: list[Tile], address: str) -> None:
    text = signed_in(Role.ANALYST).get(address).text
    for word in ('for="filtro-segmento"', 'for="filtro-estado"', 'for="filtro-periodo"'):
        assert word in text
