"""Reject a stale delivery: one whose high-water mark is behind that of the served version."""

from collections.abc import Iterable
from datetime import date, timedelta

from b2shift.identify.quality.quarantine import releases
from b2shift.identify.quality.rules import content_digest
from b2shift.identify.quality.watermark import watermarks
from b2shift.identify.sources.declaration import Source
from b2shift.identify.sources.reading import read_notes
from b2shift.kernel.errors import InputError
from b2shift.lake.api import Session

_TOLERANCE = timedelta(days=7)
"""a correction may remove the newest rows of a file; a stale delivery lacks weeks"""


def reject_stale_delivery(session: Session, sources: Iterable[Source], as_of: date | None) -> None:
    """InputError when the newest day over all loaded sources is before that of the served version.

    Ledgers, which are append-only in any order, and released deliveries are not checked; an `as_of` before the newest
    served day asks for the past and passes.
    """
    released = releases(session.store.root.parent)
    checked = (one for one in sources if (one.source, content_digest(read_notes(session, one))) not in released)
    marks = [pair for source in checked if (pair := watermarks(session, source))]
    if not marks:
        return
    served, loaded = (max(column) for column in zip(*marks, strict=True))
    if loaded + _TOLERANCE < served and (as_of is None or as_of >= served):
        raise InputError(
            "Esta entrega é mais velha do que a que está valendo e tomaria o lugar dela",
            value=f"vai até {loaded:%d/%m/%Y}, a que vale até {served:%d/%m/%Y}",
            hint="Para voltar no tempo use `b2shift lake rollback N`; para carregá-la, peça o dia dela com `--as-of`",
        )
