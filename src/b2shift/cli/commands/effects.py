"""`b2shift effects`: what campaigns changed, told by those left out by lot."""

from typing import TYPE_CHECKING, Annotated

import typer

from b2shift.cli import screen
from b2shift.cli.options import AsJson, Home, Version
from b2shift.cli.words import examples
from b2shift.kernel.money import format_brl, format_brl_short, format_number, format_percent
from b2shift.learn.contracts import Verdict

if TYPE_CHECKING:
    from b2shift.learn.contracts import Arm, CampaignResult, CampaignReturn, Effect, Persuasion

EXAMPLES = examples("b2shift effects", "b2shift effects C003", "b2shift effects --json > efeitos.json")
MEASURES = {
    "bought": "comprou",
    "won": "negócios ganhos por cliente",
    "mrr_change": "mudança do MRR por cliente",
    "lost": "deixou de pagar",
}
_ARMS = {"treated": "quem recebeu", "control": "de fora por sorteio"}


def effects(
    home: Home,
    campaign: Annotated[
        str | None, typer.Argument(metavar="CAMPANHA", help="Código de uma campanha; sem ele, todas.")
    ] = None,
    version: Version = None,
    as_json: AsJson = False,
) -> None:
    """Diz o que cada campanha com grupo de controle mudou, com intervalos.

    Compara quem a campanha escolheu contatar com quem ficou de fora por sorteio, até 90 dias depois, e desconta o que
    já se sabia de cada cliente antes do sorteio.
    """
    from b2shift.kernel.errors import UnknownNameError
    from b2shift.lake.api import open_lake
    from b2shift.learn.api import campaign_results, persuasions, pooled_effects, returns_of
    from b2shift.learn.contracts import ReturnGrouping

    lake = open_lake(home, version)
    found = campaign_results(lake)
    if campaign is not None:
        chosen = [one for one in found if one.campaign_id == campaign]
        if not chosen:
            raise UnknownNameError("campanha", campaign, [one.campaign_id for one in found])
        if as_json:
            screen.tell_json(chosen[0])
        else:
            _show_one(chosen[0])
    elif as_json:
        returns = [one for grouping in ReturnGrouping for one in returns_of(found, grouping)]
        told = {"together": pooled_effects(lake), "campaigns": found, "returns": returns}
        screen.tell_json(told | {"persuasion": persuasions(lake)})
    else:
        _show_all(found, pooled_effects(lake))
        _show_returns([one for grouping in ReturnGrouping for one in returns_of(found, grouping)])
        _show_persuasion(persuasions(lake))


def _show_all(found: "tuple[CampaignResult, ...]", together: "tuple[Effect, ...]") -> None:
    if not found:
        screen.tell(
            "Nenhuma campanha com sorteio foi entregue. Uma campanha diz o que mudou quando alguns clientes ficam "
            "de fora por sorteio: nos eventos entregues, variant = control."
        )
        return
    if together:
        _effects("Todas as campanhas terminadas, juntas", together, running=False)
    rows = []
    for one in found:
        effect = one.main
        rows.append(
            (
                one.campaign_id,
                one.product_family or "—",
                one.channel or "—",
                f"{one.began_on:%d/%m/%Y}" + (" (em andamento)" if one.runs else ""),
                MEASURES[effect.measure] if effect else "sem medida",
                _said(effect, running=one.runs) if effect else "—",
                *(_interval(effect, running=one.runs) if effect else ("—", "—")),
                format_brl(sum(arm.cost for arm in one.arms)),
            )
        )
    screen.table(
        "Campanhas",
        ["campanha", "família", "canal", "início", "medida", "conclusão", "efeito", "95 %", "custo"],
        rows,
        words=5,
    )


def _show_returns(found: "list[CampaignReturn]") -> None:
    if not found:
        return
    rows = [
        (
            one.group or "todas",
            format_number(one.campaigns),
            format_number(one.customers),
            format_brl_short(one.won.value),
            format_brl_short(one.cost),
            format_brl_short(one.net.value),
            f"{format_brl_short(one.net.low)} a {format_brl_short(one.net.high)}",
            format_brl_short(one.per_hour.value) if one.per_hour else "—",
        )
        for one in found
    ]
    columns = ["campanhas", "quantas", "receberam", "negócios a mais", "custo", "retorno", "95 %", "por hora"]
    screen.table("Retorno das campanhas terminadas com negócios bastantes para se medir", columns, rows)


def _show_persuasion(found: "tuple[Persuasion, ...]") -> None:
    for one in found:
        name = MEASURES[one.measure]
        if not one.tells_apart:
            told = format_number(one.assignments)
            screen.tell(f"{name}: {told} participações em campanhas não mostram quem os contatos convencem mais.")
            continue
        rows = [
            (
                str(group.place) + (" (prejudica)" if group.harmed else ""),
                format_number(group.assignments),
                format_number(group.customers),
                *(f"{format_number(100 * value, 2)} p.p." for value in group.effect.model_dump().values()),
            )
            for group in one.groups
        ]
        columns = ["grupo", "participações", "clientes de hoje", "efeito", "de", "a"]
        screen.table(f"Quem se convence · {name}; estes intervalos valem juntos", columns, rows)


def _show_one(one: "CampaignResult") -> None:
    names = ["clientes", "envios", "abriram", "clicaram", "resp.", "sim", "não", "saíram", "compras"]
    screen.table(f"Campanha {one.campaign_id}", ["grupo", *names], [_arm(arm) for arm in one.arms])
    everyone = [effect for effect in one.effects if not effect.grouping]
    if not everyone:
        screen.warn("Poucos clientes, ou poucos casos, para distinguir um efeito do acaso")
        return
    _effects("Efeitos", everyone, running=one.runs)
    groups = [effect for effect in one.effects if effect.grouping]
    if groups and not one.runs:  # the interval for every moment is not one for every group
        _effects("Por grupo; estes intervalos valem juntos", groups, running=False)
    if one.runs:
        screen.note("Em andamento: estes intervalos valem seja qual for o dia em que se olha.")
    if one.prospects:
        screen.note(f"{format_number(one.prospects)} prospects da campanha não entram na comparação.")


def _arm(arm: "Arm") -> tuple[str, ...]:
    numbers = (arm.customers, arm.sent, arm.opened, arm.clicked, arm.replied, arm.accepted, arm.rejected)
    return _ARMS.get(arm.variant, arm.variant), *map(format_number, (*numbers, arm.unsubscribed, arm.bought))


def _effects(title: str, effects: "list[Effect] | tuple[Effect, ...]", *, running: bool) -> None:
    rows = [
        (
            MEASURES[one.measure],
            " × ".join(_ARMS.get(name, name) for name in (one.arm, one.against))
            + (f", {one.group}" if one.group else ""),
            _said(one, running=running),
            *_interval(one, running=running),
            _value(one, one.detectable),
        )
        for one in effects
    ]
    columns = ["medida", "grupos", "conclusão", "efeito", "95 %", "visível desde"]
    screen.table(title, columns, rows, words=3)


def _said(one: "Effect", *, running: bool) -> str:
    verdict = one.verdict(running=running)
    return {Verdict.HELPED: "ajudou", Verdict.HARMED: "prejudicou", Verdict.UNCLEAR: "não se distingue do acaso"}[
        verdict
    ]


def _interval(one: "Effect", *, running: bool) -> tuple[str, str]:
    low, high = one.interval(running=running)
    return _difference(one, one.difference), f"{_difference(one, low)} a {_difference(one, high)}"


def _difference(one: "Effect", value: float) -> str:
    """A difference of rates is of percentage points."""
    sign = "+" if value > 0 else ""
    return sign + (f"{format_number(100 * value, 2)} p.p." if one.measure.is_rate else format_brl(value))


def _value(one: "Effect", value: float) -> str:
    return format_percent(value, 2) if one.measure.is_rate else format_brl(value)
