"""Whatever the journey and the order of events: one place at a time, each contact asked once, the held never asked."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.interact.journey_maker import ANSWERS, journeys

from b2shift.interact.api import advance_journey, begin_journey, check_journey, journey_text, load_policy
from b2shift.interact.api import may_enter_journey as may_enter
from b2shift.interact.contracts import Heard, Journey, Known, Position

POLICY = load_policy()
START = datetime(2025, 1, 6, 15, 0, tzinfo=UTC)


class World:
    """One enrolment driven by events in any order; it records every contact asked for."""

    def __init__(self, journey: Journey, key: str) -> None:
        self.journey, self.key, self.now = journey, key, START
        self.at: Position | None = begin_journey(journey, START)
        self.answers: list[Heard] = []
        self.settled: dict[str, str] = {}
        self.asked: Counter[str] = Counter()
        self.places: list[str] = [journey.steps[0].id]
        self.held, self.ends = False, 0

    def tick(self, settle: str) -> None:
        while self.at is not None:
            known = Known.model_validate(
                {"facts": {"class_now": "promotor"}, "answers": self.answers, "settled": self.settled}
            )
            told = advance_journey(self.journey, self.key, self.at, known, self.now)
            assert told == advance_journey(self.journey, self.key, self.at, known, self.now), "pure"
            assert (told.position is None) == (told.outcome is not None), "inside or ended, never both"
            self.places += [one.step for one in told.happened if one.kind == "seguiu"]
            self.held |= told.held
            self.ends += told.outcome is not None
            assert not (self.held and told.ask), "who is held back is never contacted"
            self.at = told.position
            if told.ask is None:
                return
            self.asked[told.ask] += 1
            self.settled[told.ask] = settle


_EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("tick"), st.sampled_from(["feito", "impedido", "espera"])),
        st.tuples(st.just("answer"), ANSWERS),
        st.tuples(st.just("days"), st.sampled_from(["1", "5", "40"])),
        st.tuples(st.just("settle"), st.sampled_from(["feito", "impedido"])),
    ),
    max_size=25,
)


@settings(max_examples=150, derandomize=True)
@given(journeys(), _EVENTS, st.integers(0, 30))
def test_one_place_one_contact_a_step_and_the_held_left_alone(
    journey: Journey, events: list[tuple[str, str]], number: int
) -> None:
    world = World(journey, f"C{number}/x")
    for what, told in events:
        match what:
            case "tick":
                world.tick(told)
            case "answer":
                world.answers.append(Heard(number=len(world.answers) + 1, value=told))
            case "days":
                world.now += timedelta(days=int(told))
            case _:
                world.settled = {name: told if was == "espera" else was for name, was in world.settled.items()}
    assert max(world.asked.values(), default=0) <= 1, "no message twice"
    assert max(Counter(world.places).values()) == 1, "no step twice"
    assert world.ends <= 1
    assert (world.ends == 1) == (world.at is None)
    assert not (world.held and world.asked)


@settings(max_examples=60, derandomize=True)
@given(journeys())
def test_a_sound_journey_is_found_sound_and_written_back_the_same(journey: Journey) -> None:
    found = check_journey(journey_text(journey), "j.yaml", POLICY).findings
    told = {one.what for one in found}
    # What this maker cannot promise: that every step is reached, or that no holdout follows a contact on some way.
    assert told <= {"passo que ninguém alcança", "nenhum caminho chega a um passo goal", "holdout depois de um contato"}


@settings(max_examples=200, derandomize=True)
@given(journeys(), st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=5), st.integers(60, 200))
def test_the_reentry_rule_holds(journey: Journey, told: list[tuple[int, int]], today: int) -> None:
    day = date(2025, 1, 1)
    stays = [(day + timedelta(min(pair)), day + timedelta(max(pair))) for pair in told]
    allowed = may_enter(journey, stays, day + timedelta(today))
    again, last = journey.enter.reentry_days, max((ended for _began, ended in stays), default=None)
    if last is None:
        assert allowed
    elif again is None:
        assert not allowed
    else:
        assert allowed == ((day + timedelta(today) - last).days >= again)
    assert not (stays and may_enter(journey, [*stays, (day, None)], day + timedelta(5000))), "nobody is inside twice"
