"""Model comparison and score cards as a page."""

import json
import re
from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from b2shift.differentiate.contracts import ScoreModel
from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import Role
from b2shift.web.console.selection import scores
from b2shift.web.console.selection.candidates import front_picture, sentence
from b2shift.web.console.selection.cards import cards_of, measures_of, reliability_picture
from b2shift.web.console.selection.drift import drift_overview, drift_picture
from b2shift.web.crm.histograms import histograms
from b2shift.web.crm.models import ScoreCard, SegmentModel

SignIn = Callable[[Role], Client]


def test_only_who_may_see_models_enters(signed_in: SignIn) -> None:
    for role in Role:
        expected = 200 if role in (Role.MARKETING, Role.ANALYST) else 403
        assert signed_in(role).get("/modelos/").status_code == expected, role
    assert Client().get("/modelos/").status_code == 302
    assert signed_in(Role.ANALYST).post("/modelos/").status_code == 405


def test_the_chosen_one_and_why(signed_in: SignIn) -> None:
    page = signed_in(Role.ANALYST).get("/modelos/")
    assert "Melhor equilíbrio" in page.text
    assert "K-Means com 4 segmentos, escolhido entre 6 candidatos: silhueta 0,200, estabilidade 0,90." in page.text
    assert page.context["candidates"][0][0].chosen


def test_the_table_is_sorted_as_asked(signed_in: SignIn) -> None:
    browser = signed_in(Role.ANALYST)
    ks = [one.k for one, _name in browser.get("/modelos/?sort=-k").context["candidates"]]
    assert ks == [9, 8, 7, 6, 5, 4]
    partial = browser.get("/modelos/?sort=silhouette", headers={"HX-Request": "true"})
    assert "<html" not in partial.text
    assert 'aria-sort="ascending"' in partial.text
    assert browser.get("/modelos/?sort=cor").status_code == 400


def test_unknown_values_stand_last(signed_in: SignIn) -> None:
    SegmentModel.objects.filter(k=9).update(silhouette=None)
    for sort in ("silhouette", "-silhouette"):
        shown = signed_in(Role.ANALYST).get(f"/modelos/?sort={sort}").context["candidates"]
        assert shown[-1][0].k == 9


def test_the_front_draws_who_can_be_placed(signed_in: SignIn) -> None:
    SegmentModel.objects.filter(k=9).update(stability=None)
    SegmentModel.objects.filter(k__lte=5).update(on_front=True, smallest_share=0.031)
    figure = front_picture(list(SegmentModel.objects.all()))
    assert figure is not None
    assert len(figure.table.rows) == 5
    assert "2 de 5 candidatos na fronteira" in str(figure.reading)
    assert "o menor segmento tem 3,1% dos clientes" in str(figure.reading)
    assert front_picture([]) is None
    page = signed_in(Role.ANALYST).get("/modelos/").text
    found = re.search(r'<script id="fronteira-data" type="application/json">(.*?)</script>', page, re.DOTALL)
    assert found
    assert [column["part"] for column in json.loads(found[1])["columns"]] == [
        "x", "y", "group", "label", "", "front", "chosen",
        "link",
    ]  # fmt: skip


def test_the_values_of_today_are_drawn_as_they_are_spread(signed_in: SignIn, people: dict[Role, User]) -> None:
    [told] = histograms(people[Role.ANALYST], ["churn_90d", "moon"]).values()
    assert sum(count for _low, _high, count in told.bins) == told.customers > 0
    assert told.bins[0][0] <= told.median <= told.ninth
    assert histograms(people[Role.EXECUTOR], ["churn_90d"]) == {}
    page = signed_in(Role.ANALYST).get("/modelos/scores/churn_90d/").text
    assert 'id="distribuicao-churn-90d-data"' in page
    assert "Metade de" in page


def card(**told: object) -> ScoreCard:
    """A score card with everything measured."""
    usual: dict[str, object] = {
        "score": "x", "label": "X", "usable": True, "auc": 0.8, "auc_baseline": 0.7, "log_loss": 0.2,
        "log_loss_base": 0.1, "ece": 0.01, "ece_floor": 0.009, "lift_top_decile": 3.0, "brier": 0.04, "base_rate": 0.05,
        "reliability": [
            {"predicted": 0.1, "observed": 0.12, "customers": 50},
            {"predicted": 0.5, "observed": 0.1, "customers": 50},
            {"predicted": 0.7, "observed": 0.0, "customers": 0},
        ],
    }  # fmt: skip
    return ScoreCard(**(usual | told))


def test_measures_say_against_what_and_whether_they_passed() -> None:
    told = {measure.label: measure for measure in measures_of(card())}
    assert (told["AUC"].value, told["AUC"].against, told["AUC"].passed) == (
        "0,800",
        "modelo de referência: 0,700",
        True,
    )
    assert told["Log-loss"].passed is False
    assert told["Erro de calibração"].passed is None
    assert told["Brier"].against == "taxa base: 0,0475"
    assert measures_of(card(auc=None, log_loss=None, ece=None, lift_top_decile=None, brier=None)) == []


def test_reliability_draws_the_bins_with_people_and_their_intervals() -> None:
    figure = reliability_picture(card())
    assert figure is not None
    assert len(figure.table.rows) == 2
    predicted, observed, low, high, customers = figure.table.rows[0]
    assert (predicted, observed, customers) == (0.1, 0.12, 50)
    assert 0 < low < observed < high < 1
    assert low == pytest.approx(0.0561, abs=1e-3)  # Wilson, 6 of 50
    assert "Em 1 de 2 faixas" in str(figure.reading)
    assert "previsto 50,0%, observado 10,0%" in str(figure.reading)
    assert reliability_picture(card(reliability=[])) is None


def test_rare_events_stand_on_axes_of_the_square_root_that_say_so() -> None:
    rare = [{"predicted": one / 1000, "observed": one / 1000, "customers": 50} for one in (4, 6, 8, 60)]
    spread = [{"predicted": one / 10, "observed": one / 10, "customers": 50} for one in (1, 4, 6, 9)]
    pictures = [reliability_picture(card(reliability=bins)) for bins in (rare, spread)]
    assert [picture and picture.options for picture in pictures] == [{"root": "escala de raiz quadrada"}, {}]


def test_a_score_without_signal_says_so_and_stands_last(signed_in: SignIn) -> None:
    ScoreCard.objects.create(score="aaa", label="Aaa", usable=False, verdict="Log-loss acima da taxa base.")
    assert [told.card.score for told in cards_of(list(ScoreCard.objects.all()))] == ["churn_90d", "aaa"]
    browser = signed_in(Role.ANALYST)
    page = browser.get("/modelos/scores/")
    assert "1 de 2 scores utilizáveis, medidos em período posterior ao treino." in page.text
    assert "Log-loss acima da taxa base." in page.text
    assert [row[0] for row in page.context["measured"].rows] == ["Risco de churn"]
    assert "Sem sinal utilizável" in browser.get("/modelos/scores/aaa/").text


def test_each_score_has_a_page_and_leads_to_those_beside_it(signed_in: SignIn) -> None:
    ScoreCard.objects.create(score="aaa", label="Aaa", usable=True, auc=0.9, auc_baseline=0.8)
    browser = signed_in(Role.ANALYST)
    overview = browser.get("/modelos/scores/")
    assert [row[0] for row in overview.context["picture"].table.rows] == ["Aaa", "Risco de churn"]
    assert 'href="/modelos/scores/aaa/"' in overview.text
    assert "Aaa, AUC 0,900; em 1 de 2 o modelo supera a referência." in overview.text
    page = browser.get("/modelos/scores/aaa/")
    assert (page.context["before"], page.context["after"].score) == (None, "churn_90d")
    assert browser.get("/modelos/scores/nada/").status_code == 404
    assert signed_in(Role.MANAGER).get("/modelos/scores/aaa/").status_code == 403
    assert signed_in(Role.MANAGER).get("/modelos/versoes/").status_code == 403


def version(**told: object) -> ScoreModel:
    """A kept version in use."""
    usual: dict[str, object] = {
        "score": "churn_90d", "version": "abc", "label": "Risco de churn", "as_of": date(2026, 10, 31), "in_use": True,
        "promoted": False, "last_used": None, "method": "logística", "verdict": "", "auc": 0.7, "log_loss": None,
        "log_loss_base": None, "drift": (("Uso", 0.31), ("Idade", 0.02)),
    }  # fmt: skip
    return ScoreModel.model_validate(usual | told)


def test_the_register_tells_which_versions_read_data_that_moved(
    signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = signed_in(Role.ANALYST)
    assert "Nenhuma versão guardada" in browser.get("/modelos/versoes/").text
    kept = (version(), version(version="old", in_use=False, promoted=True))
    monkeypatch.setattr(scores, "versions", lambda: kept)
    page = browser.get("/modelos/versoes/")
    assert "2 ajustes guardados; 1 em uso recebe dados que mudaram desde o treino." in page.text
    assert [(row[1], row[3], row[5]) for row in page.context["registry"].rows] == [
        ("abc", "Em uso", 1),
        ("old", "Pedida por uma pessoa", 1),
    ]
    told = browser.get("/modelos/scores/churn_90d/").context["drift"]
    assert "1 variável mudou de modo que pede atenção, de 2; a que mais mudou: Uso (0,31)." in told.reading
    assert drift_picture(version(drift=(("Uso", 0.1),))).reading.startswith("Nenhuma variável mudou")
    assert drift_picture(None) is None


def test_the_drift_of_all_scores_in_use_stands_side_by_side(signed_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    stable = version(score="renewal", label="Renovação", drift=(("Idade", 0.12), ("Uso", 0.02)))
    kept = (stable, version(), version(version="old", in_use=False, drift=(("Uso", 0.9),)), version(drift=()))
    chart = drift_overview(kept, {"churn_90d"})
    assert chart is not None
    assert chart.reading == (
        "1 score recebe dados que mudaram desde o treino, de 2 em uso; mais longe está Risco de churn: Uso (0,31)."
    )
    assert chart.twin is not None
    assert list(chart.twin.rows) == [
        ("Risco de churn", 1, 0, 2, "Uso", 0.31, "/modelos/scores/churn_90d/#drift"),
        ("Renovação", 0, 1, 2, "Idade", 0.12, ""),
    ]
    assert drift_overview((version(in_use=False),), set()) is None
    told = drift_overview((stable,), set())
    assert told is not None
    assert str(told.reading).startswith("Nenhum score recebe dados que mudaram, de 1 em uso")
    monkeypatch.setattr(scores, "versions", lambda: kept)
    assert "Mudança dos dados desde o treino, por score" in signed_in(Role.ANALYST).get("/modelos/scores/").text


def test_empty_states(signed_in: SignIn) -> None:
    SegmentModel.objects.all().delete()
    ScoreCard.objects.all().delete()
    browser = signed_in(Role.ANALYST)
    assert "Nenhuma segmentação comparada" in browser.get("/modelos/").text
    assert "Nenhum score utilizável" in browser.get("/modelos/scores/").text
    assert sentence([]) == "Nenhuma segmentação foi comparada ainda."


def test_the_page_asks_few_questions(signed_in: SignIn) -> None:
    browser = signed_in(Role.ANALYST)
    with CaptureQueriesContext(connection) as asked:
        browser.get("/modelos/")
    assert len(asked) <= 6, "\n".join(one["sql"][:300] for one in asked.captured_queries)


def test_candidates_of_another_view_are_not_compared(signed_in: SignIn) -> None:
    """A silhouette is of its own space: the one of another view neither leads nor stands on the front."""
    SegmentModel.objects.create(
        view="b2shift37", algorithm="kmeans", k=22, silhouette=0.9, stability=0.99, on_front=True
    )
    page = signed_in(Role.ANALYST).get("/modelos/")
    assert [one.k for one, _name in page.context["others"]] == [22]
    assert 22 not in [one.k for one, _name in page.context["candidates"]]
    assert len(page.context["front"].table.rows) == 6
    assert "escolhido entre 6 candidatos" in page.text
    assert "medidos em outro espaço" in page.text
    assert "Fronteira" not in page.text


def test_the_front_is_seen_along_the_measures_asked_for(signed_in: SignIn) -> None:
    SegmentModel.objects.update(explainability=0.9)
    browser = signed_in(Role.ANALYST)
    page = browser.get("/modelos/?x=k&y=explainability")
    figure = page.context["front"]
    assert [column.label for column in figure.table.columns][:2] == ["Segmentos", "Explicabilidade"]
    assert str(figure.title) == "Explicabilidade e segmentos"
    assert figure.options == {"joined": False}
    assert all("x=k&y=explainability" in row[-1] for row in figure.table.rows)
    assert '<option value="explainability" selected>' in page.text
    assert browser.get("/modelos/").context["front"].options == {"joined": True}
    assert "Nenhum candidato tem as duas medidas" in browser.get("/modelos/?y=churn").text
    wrong = browser.get("/modelos/?x=beleza")
    assert wrong.status_code in {400, 404}
    assert "beleza" in wrong.text


def test_each_preset_leads_to_the_candidate_it_prefers(signed_in: SignIn) -> None:
    """4 segments are explained best, 9 are the most that hold, 6 the tightest; 8 would be, but under the floor."""
    SegmentModel.objects.update(stability=0.92, explainability=0.5, silhouette=0.2, null_excess=0.1)
    SegmentModel.objects.filter(k=4).update(explainability=0.99)
    SegmentModel.objects.filter(k=6).update(silhouette=0.25)
    SegmentModel.objects.filter(k=8).update(silhouette=0.9, meets_floor=False)
    SegmentModel.objects.filter(k=7).update(silhouette=0.9, stability=None)
    page = signed_in(Role.ANALYST).get("/modelos/")
    told = [(one.label, one.candidate.k) for one in page.context["presets"]]
    assert told == [("Fácil de explicar", 4), ("Estável", 6), ("Detalhada", 9)]
    for choice in page.context["presets"]:
        assert f'href="/modelos/?candidato={choice.code}#looked-at"' in page.text
    SegmentModel.objects.update(stability=None)
    assert "Predefinições" not in signed_in(Role.ANALYST).get("/modelos/").text


def test_algorithms_and_measures_are_told_in_english(signed_in: SignIn) -> None:
    browser = signed_in(Role.ANALYST)
    browser.post("/preferencias/", {"language": "en"})
    page = browser.get("/modelos/").text
    for told in ("Gaussian mixture", "Above chance", "Smallest segment", "Losses explained"):
        assert told in page
    assert "Mistura" not in page
