"""Copying what the lake holds into the records people read: all of a version, or nothing of it."""

import time
from datetime import UTC, datetime

from django.db import connection, transaction

from b2shift.kernel.progress import Progress, silent
from b2shift.lake.api import Lake
from b2shift.web.crm import bulk
from b2shift.web.crm.models import Publication
from b2shift.web.crm.projections import PROJECTIONS


def publish_lake(lake: Lake, *, progress: Progress = silent) -> dict[str, int]:
    """Make the records equal to the lake's version; the rows of each record afterwards, by name.

    One transaction: pages show the previous version until it commits, and a killed copy never existed.
    Publishing the same version again writes nothing.
    """
    started = time.perf_counter()
    present = [projection for projection in PROJECTIONS if lake.has(projection.table)]
    steps = 2 * len(present)
    arriving = []
    for step, projection in enumerate(present):
        progress("publicação", step, steps, str(projection.model._meta.verbose_name_plural))
        arriving.append((projection, bulk.read(lake, projection)))
    copied: dict[str, bulk.Copied] = {}
    with transaction.atomic():
        for step, (projection, rows) in enumerate(arriving, len(present)):
            name = projection.model._meta.model_name or ""
            progress("publicação", step, steps, str(projection.model._meta.verbose_name_plural))
            copied[name] = bulk.copy(projection, rows)
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


def _refresh_statistics() -> None:
    """Let the planner know what the copy put there."""
    with connection.cursor() as cursor:
        for projection in PROJECTIONS:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(projection.model._meta.db_table)}")
