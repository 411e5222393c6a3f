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

    result = web("check_alerts")(home)
    if as_json:
        screen.tell_json(result)
    else:
        screen.tell(f"{result['looked']} olhados, {result['fired']} disparos, {result['held_back']} sem resposta.")


def _state(result: dict[str, object]) -> str:
    if result["paused"]:
        return "em pausa"
    if result["trouble"]:
        return str(result["trouble"])
    return "além do limite" if result["beyond"] else "dentro do limite" if result["looked_at"] else "ainda não olhado"
