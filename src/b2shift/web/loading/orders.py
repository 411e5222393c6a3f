"""Orders to load what lies in the folder of deliveries: kept first, carried out in turn, told step by step."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from b2shift.kernel.errors import B2ShiftError, InputError, LakeBusyError
from b2shift.kernel.progress import Progress
from b2shift.web.accounts.permissions import Capability, require
from b2shift.web.crm.background_command import start as start_command
from b2shift.web.crm.turn import alone
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.ledger.trail import Doer, record
from b2shift.web.loading.models import LoadOrder
from b2shift.web.loading.pace import after, of_first_load
from b2shift.web.watch.house_notices import HouseNoticeSender

if TYPE_CHECKING:
    from b2shift.cli.contracts import LoopSummary

WORK = "loading"
"""The name of the turn that one process holds while it loads."""
State = LoadOrder.State
Run = Callable[[Path, Progress], "LoopSummary"]
_CYCLE = "Ciclo"
"""The stage by which a run tells its steps."""


def inbox() -> Path:
    """The folder of deliveries of the home."""
    return Path(settings.HOME) / "inbox"


def delivered_files() -> list[Path]:
    """The files in the folder of deliveries, by name."""
    return sorted(path for path in inbox().glob("*") if path.is_file())


def require_none_open() -> None:
    """InputError while a load ordered on a page has not ended: its files would change under it."""
    if there := LoadOrder.objects.filter(state__in=[State.WAITING, State.RUNNING]).first():
        hint = _("Espere que ela termine; se parou, retome-a")
        raise InputError(_("Uma carga já está em curso"), value=there.ordered_by.email, hint=hint)


def place(doer: Doer, files: Sequence[str], now: datetime) -> LoadOrder:
    """Keep an order and tell the trail; nothing is loaded yet.

    Raises AccessError for who does not look after sources, InputError without files or while another is open.
    """
    assert doer.person is not None
    require(doer.person, Capability.SOURCES)
    require_none_open()
    if not files:
        raise InputError(_("Não há arquivo a carregar"), hint=_("Envie os arquivos da entrega"))
    order = LoadOrder.objects.create(files=sorted(files), ordered_by=doer.person, ordered_at=now, address=doer.address)
    record(
        AuditEvent.Action.LOAD_ORDERED, doer, object_kind="load_order", object_id=str(order.pk),
        details={"files": order.files}, at=now,
    )  # fmt: skip
    return order


def start() -> None:
    """Start a process that carries out what was ordered and outlives this request."""
    start_command("source", "load", "--wait")


def carry_out(run: Run) -> int:
    """Carry out what was ordered, also what a kill interrupted; how many orders came to an end.

    One process at a time. An order that cannot be carried out keeps why; LakeBusyError leaves it waiting.
    """
    ended = 0
    with alone(Path(settings.HOME), WORK):
        for order in LoadOrder.objects.filter(state__in=[State.WAITING, State.RUNNING]).order_by("pk"):
            _carry_out(order, run)
            ended += 1
    return ended


def _carry_out(order: LoadOrder, run: Run) -> None:
    _tell(order, state=State.RUNNING, problem="", step="", share=0, expected_at=None)
    try:
        summary = run(inbox(), _listener(order))
    except LakeBusyError as error:
        _tell(order, state=State.WAITING, problem=str(error))
        raise
    except B2ShiftError as error:
        _tell(order, state=State.FAILED, problem=str(error), ended_at=timezone.now(), expected_at=None)
    except Exception as error:
        _tell(order, state=State.FAILED, problem=repr(error), ended_at=timezone.now(), expected_at=None)
        raise
    else:
        result = summary.model_dump(mode="json", exclude={"home", "segments", "proposals"})
        _tell(order, state=State.DONE, result=result, share=1, ended_at=timezone.now(), expected_at=None)
    finally:
        _notify(order)


def _tell(order: LoadOrder, **fields: object) -> None:
    LoadOrder.objects.filter(pk=order.pk).update(**fields)
    for name, value in fields.items():
        setattr(order, name, value)


def newest_steps() -> list[dict[str, float | str]]:
    """The steps of the newest load ordered on a page that brought anything, with what they took; none before it."""
    found = LoadOrder.objects.filter(state=State.DONE, result__changed=True).first()
    return list(found.result["steps"]) if found else []


def _listener(order: LoadOrder) -> Progress:
    """Who keeps in the order how far a run is, and when it should end."""
    steps, started = newest_steps(), timezone.now()
    pace = after(steps) if steps else of_first_load(sum(path.stat().st_size for path in delivered_files()))

    def listen(stage: str, done: float, total: float, note: str = "") -> None:
        if stage == _CYCLE:
            pace.begin(note)
        else:
            pace.advance(stage, done / total if total else 0)
        now = timezone.now()
        expected = now + timedelta(seconds=pace.left((now - started).total_seconds()))
        _tell(order, step=pace.step, share=min(pace.share, 0.99), expected_at=expected)

    return listen


def _notify(order: LoadOrder) -> None:
    """A notice to who ordered it, once, when it has ended."""
    if order.is_open:
        return
    with translation.override(order.ordered_by.language):
        title = _("A carga terminou") if order.state == State.DONE else _("A carga não deu certo")
        text = order.problem or _("Os dados novos já estão nas páginas.")
        HouseNoticeSender().send(
            f"load-{order.pk}",
            {"person": order.ordered_by_id, "title": title, "text": text, "path": "/fontes/cargas-pedidas/"},
        )
