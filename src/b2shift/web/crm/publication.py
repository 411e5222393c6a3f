"""Copying what the lake holds into the records people read: all of a version, or nothing of it."""

import time
from datetime import UTC, datetime

from django.db import connection, transaction

from b2shift.kernel.progress import Progress, silent
from b2shift.lake.api import Lake
from b2shift.web.crm import bulk
from b2shift.web.crm.models import Publication
from b2shift.web.crm.projections import PROJECTIONS

_LOCK = 0x62325071  # the advisory lock under which PostgreSQL copies take their turn


def publish_lake(lake: Lake, *, progress: Progress = silent) -> dict[str, int]:
    """Make the records equal to the lake's version; the rows of each record afterwards, by name.

    One transaction: pages show the previous version until it commits, and a killed copy never existed.
    Publishing the same version again writes nothing; a table this version does not have is emptied.
    """
    started = time.perf_counter()
    steps = 2 * len(PROJECTIONS)
    arriving = []
    for step, projection in enumerate(PROJECTIONS):
        progress("publicação", step, steps, str(projection.model._meta.verbose_name_plural))
        arriving.append((projection, bulk.read(lake, projection) if lake.has(projection.table) else None))
    copied: dict[str, bulk.Copied] = {}
    with transaction.atomic():
        _take_turns()
        for step, (projection, rows) in enumerate(arriving, len(PROJECTIONS)):
            name = projection.model._meta.model_name or ""
            progress("publicação", step, steps, str(projection.model._meta.verbose_name_plural))
            copied[name] = bulk.empty(projection) if rows is None else bulk.copy(projection, rows)
        counts = {name: done.rows for name, done in copied.items()}
        changed = {name: done.written + done.deleted for name, done in copied.items() if done.written + done.deleted}
        newest = Publication.objects.first()
        if changed or newest is None or newest.lake_version != lake.version:
            Publication.objects.create(
                lake_version=lake.version,
                as_of=lake.manifest.as_of,
                published_at=datetime.now(UTC),
                seconds=round(time.perf_counter() - started, 3),
                counts=counts,
                changed=changed,
            )
    if sum(changed.values()) > 1000:
        _refresh_statistics()
    progress("publicação", steps, steps)
    return counts


def _take_turns() -> None:
    """One copy at a time; SQLite's transactions already wait for each other."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _refresh_statistics() -> None:
    """Let the planner know what the copy put there."""
    with connection.cursor() as cursor:
        for projection in PROJECTIONS:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(projection.model._meta.db_table)}")
