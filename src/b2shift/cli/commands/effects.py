"""`b2shift effects`: what campaigns changed, told by those left out by lot."""

from typing import TYPE_CHECKING, Annotated

import typer

from b2shift.cli import screen
from b2shift.cli.options import AsJson, Home, Version
from b2shift.cli.words import examples
from b2shift.kernel.money import format_brl, format_number, format_percent
from b2shift.learn.contracts import Verdict

if TYPE_CHECKING:
    from b2shift.learn.contracts import Arm, CampaignResult, Effect

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
    from b2shift.learn.api import campaign_results, pooled_effects

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
        screen.tell_json({"together": pooled_effects(lake), "campaigns": found})
    else:
        _show_all(found, pooled_effects(lake))


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
