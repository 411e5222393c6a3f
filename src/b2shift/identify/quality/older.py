"""Whether a load takes the lake back in time: files of an older delivery in the place of those of a newer one."""

from collections.abc import Iterable
from datetime import date, timedelta

from b2shift.identify.quality.newest_days import moved_from
from b2shift.identify.quality.quarantine import releases
from b2shift.identify.quality.rules import content_of
from b2shift.identify.sources.declaration import Source
from b2shift.identify.sources.reading import read_notes
from b2shift.kernel.errors import InputError
from b2shift.lake.api import Session

_SLACK = timedelta(days=7)
"""A correction may take the newest rows of a file away; an older delivery lacks weeks."""


def refuse_older(session: Session, sources: Iterable[Source], as_of: date | None) -> None:
    """InputError when the newest day of all files that this load brought is older than what they said before.

    A ledger adds days to those it has, in any order, and is not asked. Who asks for an `as_of` before the newest day
    that serves wants the past, and has it; what a person let in by hand is let in.
    """
    released = releases(session.store.root.parent)
    asked = (one for one in sources if (one.source, content_of(read_notes(session, one))) not in released)
    days = [pair for source in asked if (pair := moved_from(session, source))]
    if not days:
        return
    served, brought = (max(column) for column in zip(*days, strict=True))
    if brought + _SLACK < served and (as_of is None or as_of >= served):
        raise InputError(
            "Esta entrega é mais velha do que a que está valendo e tomaria o lugar dela",
            value=f"vai até {brought:%d/%m/%Y}, a que vale até {served:%d/%m/%Y}",
            hint="Para voltar no tempo use `b2shift lake rollback N`; para carregá-la, peça o dia dela com `--as-of`",
        )
