"""How far a load is: steps weighed by time, the inner progress of each, and an end that follows its own pace."""

import pytest

from b2shift.cli.loop import LABELS
from b2shift.web.loading.pace import FIRST_LOAD, Pace, after, of_first_load


def test_the_steps_of_a_first_load_are_those_of_the_loop() -> None:
    assert list(FIRST_LOAD) == list(LABELS.values())


def test_steps_weigh_what_they_took_before_and_count_what_they_have_done() -> None:
    pace = after([{"label": "ler", "seconds": 90}, {"label": "gravar", "seconds": 10}])
    assert (pace.share, pace.left(0)) == (0, 100)
    pace.begin("ler")
    pace.advance("Ler e limpar", 0.5)
    assert pace.share == pytest.approx(0.45)
    pace.advance("Ler e limpar", 0.2)
    assert pace.share == pytest.approx(0.45), "it does not go back"
    pace.begin("gravar")
    assert pace.share == pytest.approx(0.9)


def test_work_made_of_parts_goes_on_from_one_to_the_next() -> None:
    pace = Pace({"Segmentar": 100}, slowest=False, step="Segmentar")
    pace.advance("Segmentos", 1)
    before = pace.share
    pace.advance("Prever segmentos", 0)
    assert pace.share == before
    pace.advance("Prever segmentos", 1)
    assert before < pace.share == 1


def test_a_slow_load_ends_later_and_what_was_taken_over_does_not_promise_speed() -> None:
    pace = after([{"label": "ler", "seconds": 90}, {"label": "gravar", "seconds": 110}])
    pace.begin("gravar")
    assert pace.left(190) == pytest.approx(220), "twice as slow as before"
    assert pace.left(1) == pytest.approx(110), "unchanged files were not read: the rest takes what it took"


def test_a_first_load_on_a_fast_machine_ends_sooner() -> None:
    pace = of_first_load(100_000_000)
    pace.begin("Publicar para as páginas")
    expected = pace.left(sum(list(pace.seconds.values())[:-1]))
    assert pace.left(10) < expected / 2


def test_a_step_nobody_knows_is_the_beginning() -> None:
    pace = after([{"label": "ler", "seconds": 90}])
    pace.begin("outra")
    assert pace.share == 0
