"""`b2shift alert`: what people asked to be told of, and a look at it now."""

from b2shift.cli import screen
from b2shift.cli.options import AsJson, Home
from b2shift.cli.words import examples

LIST = examples("b2shift alert list", "b2shift alert list --json")
CHECK = examples("b2shift alert check", "b2shift alert check --home /dados/b2shift --json")


def list_alerts(home: Home, as_json: AsJson = False) -> None:
    """Lista os alertas que valem, de quem são e o que a última carga disse deles."""
    from b2shift.cli.loop import web

    found = web("list_alerts")(home)
    if as_json:
        screen.tell_json(found)
        return
    rows = [(str(one["id"]), one["owner"], one["line"], _state(one), str(one["firings"])) for one in found]
    screen.table("Alertas", ["nº", "de quem", "quando", "agora", "disparos"], rows, words=4)


def check(home: Home, as_json: AsJson = False) -> None:
    """Olha cada alerta na carga publicada e põe na saída o que disparou; repetir não avisa duas vezes."""
    from b2shift.cli.loop import web

    told = web("check_alerts")(home)
    if as_json:
        screen.tell_json(told)
    else:
        screen.tell(f"{told['looked']} olhados, {told['fired']} disparos, {told['held_back']} sem resposta.")


def _state(told: dict[str, object]) -> str:
    if told["paused"]:
        return "em pausa"
    if told["trouble"]:
        return str(told["trouble"])
    return "além do limite" if told["beyond"] else "dentro do limite" if told["looked_at"] else "ainda não olhado"
