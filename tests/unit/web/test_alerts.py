"""Alerts: typed, tried on the past, looked at once a publication, told once a crossing, over frozen rows."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone, translation
from tests.unit.web.factory import AS_OF

from b2shift.cli.main import main
from b2shift.insight.contracts import AlertRule, Answer
from b2shift.kernel.errors import InputError
from b2shift.metrics.contracts import Filter, TypedQuery
from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import Role
from b2shift.web.channels.configured import channels
from b2shift.web.config.entry import publish
from b2shift.web.console.alerts.views import EXAMPLES
from b2shift.web.crm.questions import ask, rows_of
from b2shift.web.outbox.models import Message
from b2shift.web.watch import alerts, evaluation
from b2shift.web.watch.alert_texts import condition_text
from b2shift.web.watch.alerts import NewAlert, create, parse_alert
from b2shift.web.watch.models import Alert, Firing, HouseNotice

SignIn = Callable[[Role], Client]
NOW = datetime(2026, 11, 3, 12, tzinfo=UTC)
EVERY_WAY = ("notice", "email", "slack")


@pytest.fixture(autouse=True)
def watched_home(settings: LazySettings, records: None, paying_home: Path) -> None:
    settings.HOME = paying_home


def kept(user: User, text: str, **more: object) -> Alert:
    query, rule = parse_alert(user, text)
    return create(user, NewAlert(text, query, rule, **more))  # type: ignore[arg-type]


def test_a_crossing_is_reported_once_by_every_way(people: dict[Role, User]) -> None:
    alert = kept(people[Role.EXECUTIVE], "avise quando o MRR passar de 1000", via=EVERY_WAY)
    first = evaluation.check_alerts(NOW)
    again = evaluation.check_alerts(NOW)
    assert (first.looked, first.fired, again.looked) == (1, 1, 0)
    assert sorted(Message.objects.values_list("channel", flat=True)) == ["aviso", "email", "slack"]
    firing = Firing.objects.get()
    told = ask(people[Role.EXECUTIVE], "Qual foi o MRR em outubro de 2026?").result
    assert isinstance(told, Answer)
    assert (firing.value, firing.fingerprint) == (told.rows[0]["mrr"], told.fingerprint)
    assert firing.fingerprint in Message.objects.get(channel="email").payload["text"]
    alert.refresh_from_db()
    assert alert.standing == [""]


def test_a_number_beyond_the_line_fires_again_only_after_it_came_back(people: dict[Role, User]) -> None:
    alert = kept(people[Role.EXECUTIVE], "avise quando o MRR passar de 1000")
    Alert.objects.update(standing=[""])
    assert evaluation.check_alerts(NOW).fired == 0
    Alert.objects.update(last_look="", rule=AlertRule(condition=Filter(field="mrr", op="gt", value=10**9)).model_dump())
    evaluation.check_alerts(NOW)
    alert.refresh_from_db()
    assert alert.standing == []


def test_the_notice_reaches_its_person_and_nobody_else(people: dict[Role, User], signed_in: SignIn) -> None:
    kept(people[Role.EXECUTIVE], "avise quando o MRR passar de 1000")
    evaluation.check_alerts(NOW)
    message = Message.objects.get()
    for _twice in range(2):
        channels({}).senders[message.channel].send(message.dedupe_key, message.payload)
    notice = HouseNotice.objects.get()
    assert notice.person == people[Role.EXECUTIVE]
    browser = signed_in(Role.EXECUTIVE)
    assert notice.text in browser.get("/avisos/").text
    assert "Nenhum aviso" in signed_in(Role.ANALYST).get("/avisos/").text
    notice.refresh_from_db()
    assert notice.read_at is not None


def test_rows_are_those_of_its_making_while_one_sees_them(people: dict[Role, User]) -> None:
    seller = people[Role.EXECUTOR]
    alert = kept(seller, "avise quando o MRR passar de 10")
    assert alert.rows.owners == ("U0002",)
    User.objects.filter(pk=seller.pk).update(vendor_user_id="U0005")
    assert evaluation.check_alerts(NOW).held_back == 1
    assert not Message.objects.exists()
    alert.refresh_from_db()
    assert "confirme" in alert.trouble
    alerts.confirm(alert)
    assert evaluation.check_alerts(NOW).fired == 1
    assert Firing.objects.get().fingerprint == _fingerprint(User.objects.get(pk=seller.pk))


def _fingerprint(user: User) -> str:
    told = ask(user, "Qual foi o MRR em outubro de 2026?").result
    assert isinstance(told, Answer)
    return told.fingerprint


def test_who_may_ask_no_more_is_told_no_more(people: dict[Role, User]) -> None:
    kept(people[Role.ANALYST], "avise quando o MRR passar de 10")
    User.objects.filter(pk=people[Role.ANALYST].pk).update(is_active=False)
    assert evaluation.check_alerts(NOW).held_back == 1
    assert not Message.objects.exists()


def test_examples_are_understood_in_either_language(people: dict[Role, User]) -> None:
    for example in EXAMPLES:
        read = []
        for language in ("pt-br", "en"):
            with translation.override(language):
                read.append(parse_alert(people[Role.EXECUTIVE], str(example)))
        assert read[0] == read[1]
    assert len({str(example) for example in EXAMPLES}) == len(EXAMPLES)


def test_each_group_crosses_by_itself(people: dict[Role, User]) -> None:
    alert = kept(people[Role.EXECUTIVE], "avise se algum segmento tiver MRR acima de 1500")
    evaluation.check_alerts(NOW)
    alert.refresh_from_db()
    assert len(alert.standing) == Firing.objects.count() > 1
    assert Message.objects.count() == 1


def test_too_few_customers_are_not_judged(people: dict[Role, User]) -> None:
    owner = people[Role.EXECUTIVE]
    query, rule = parse_alert(owner, "avise quando o MRR passar de 10")
    alert = create(owner, NewAlert("x", query, rule.model_copy(update={"fewest": 1000})))
    assert evaluation.check_alerts(NOW).fired == 0
    alert.refresh_from_db()
    assert "1000" in alert.trouble


def test_a_week_is_looked_at_once(people: dict[Role, User]) -> None:
    kept(people[Role.EXECUTIVE], "avise quando o MRR passar de 10", cadence=Alert.Cadence.WEEK)
    evaluation.check_alerts(NOW)
    assert Alert.objects.get().last_look == f"{AS_OF:%G-W%V}"
    assert evaluation.check_alerts(NOW).looked == 0


@pytest.mark.parametrize("text", ["Qual o MRR?", "avise quando chover", "avise quando o CSAT cair abaixo de 3"])
def test_what_is_no_alert_is_refused(people: dict[Role, User], text: str) -> None:
    with pytest.raises(InputError):
        parse_alert(people[Role.EXECUTIVE], text)


def test_a_made_up_query_is_refused(people: dict[Role, User]) -> None:
    query = TypedQuery(intent="alert", metrics=("mrr",))
    with pytest.raises(InputError):
        create(people[Role.EXECUTIVE], NewAlert("x", query, AlertRule(condition=Filter(field="mrr", op="gt", value=1))))


def test_the_whole_way_by_pages(signed_in: SignIn, people: dict[Role, User]) -> None:
    browser = signed_in(Role.EXECUTIVE)
    tried = browser.get("/alertas/novo/", {"texto": "avise quando o MRR cair mais de 5%"})
    assert tried.status_code == 200
    assert tried.context["past"] is not None
    sent = {"texto": "avise quando o MRR passar de 1000", "folga": "50", "minimo": "2", "via": ["notice"]}
    made = browser.post("/alertas/novo/", sent)
    alert = Alert.objects.get()
    assert made.headers["Location"] == f"/alertas/{alert.pk}/"
    assert (alert.rule["margin"], alert.rule["fewest"]) == (50, 2)
    evaluation.check_alerts(NOW)
    page = browser.get(f"/alertas/{alert.pk}/")
    address = page.context["fired"][0][2]
    rows = browser.get(address).context["answer"].rows
    assert sum(row["mrr"] for row in rows) == pytest.approx(Firing.objects.get().value)
    browser.post(f"/alertas/{alert.pk}/pausar/", {"wanted": "1"})
    assert Alert.objects.get().paused
    browser.post(f"/alertas/{alert.pk}/apagar/")
    assert browser.get(f"/alertas/{alert.pk}/").status_code == 404
    browser.post(f"/alertas/{alert.pk}/voltar/")
    assert Firing.objects.filter(alert__ended_at=None).count() == 1


def test_a_number_of_today_has_no_past_to_try(signed_in: SignIn) -> None:
    page = signed_in(Role.EXECUTIVE).get("/alertas/novo/", {"texto": "avise quando o health score cair abaixo de 50"})
    assert page.status_code == 200
    assert page.context["past"] is None


def test_anothers_alert_does_not_exist(signed_in: SignIn, people: dict[Role, User]) -> None:
    alert = kept(people[Role.ANALYST], "avise quando o MRR passar de 10")
    browser = signed_in(Role.EXECUTIVE)
    assert browser.get(f"/alertas/{alert.pk}/").status_code == 404
    for door in ("pausar", "apagar", "voltar", "confirmar"):
        assert browser.post(f"/alertas/{alert.pk}/{door}/", {"wanted": "1"}).status_code == 404
    alert.refresh_from_db()
    assert not alert.paused
    assert alert.ended_at is None


def test_who_may_not_ask_makes_no_alert(signed_in: SignIn) -> None:
    browser = signed_in(Role.ADMINISTRATOR)
    assert browser.get("/alertas/").status_code == 403
    assert browser.post("/alertas/novo/", {"texto": "avise quando o MRR passar de 10"}).status_code == 403
    assert not Alert.objects.exists()


def test_rows_kept_are_shown_in_words(people: dict[Role, User]) -> None:
    alert = kept(people[Role.EXECUTOR], "avise quando o MRR passar de 10")
    assert alert.rows.described() == rows_of(people[Role.EXECUTOR]).described()
    assert alerts.as_dict(alert)["scope"] == "carteira de U0002"
    assert timezone.now() >= alert.created_at


def test_a_publication_looks_at_alerts_and_the_terminal_says_so(
    people: dict[Role, User], paying_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept(people[Role.EXECUTIVE], "avise quando o MRR passar de 1000")
    publish(paying_home)
    assert Firing.objects.count() == 1
    capsys.readouterr()
    main(["alert", "check", "--home", str(paying_home), "--json"])
    assert json.loads(capsys.readouterr().out) == {"looked": 0, "fired": 0, "held_back": 0}
    main(["alert", "list", "--home", str(paying_home), "--json"])
    told = json.loads(capsys.readouterr().out)
    assert [(one["line"], one["beyond"], one["firings"]) for one in told] == [("MRR acima de R$ 1.000,00", [""], 1)]
    main(["report", "send", "--date", "2026-11-03", "--home", str(paying_home), "--json"])
    assert json.loads(capsys.readouterr().out)["reports"] == 0


def test_a_line_says_of_whom(people: dict[Role, User]) -> None:
    alert = kept(people[Role.EXECUTIVE], "avise se o churn do varejo em SP passar de 3%")
    assert condition_text(alert) == "Taxa de churn de Varejo, SP acima de 3,00%"
