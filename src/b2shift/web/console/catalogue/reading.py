"""The catalogue and the lineage of the version that pages show, worked out once per publication and process."""

from pathlib import Path

from django.conf import settings

from b2shift.cli.table_declarations import declared_tables
from b2shift.identify.api import CatalogueTable, Lineages, catalogue
from b2shift.kernel.errors import LakeEmptyError
from b2shift.lake.api import Lake
from b2shift.web.crm.cache import cached
from b2shift.web.crm.lake import lake


def tables() -> tuple[CatalogueTable, ...]:
    """Every table; without a version what is declared."""
    return cached(("catalogue", str(settings.HOME)), _tables)


def lineages() -> Lineages:
    """The lineage of the version; LakeEmptyError before the first run."""
    return cached(("lineages", str(settings.HOME)), lambda: Lineages(lake(), Path(settings.HOME)))


def _tables() -> tuple[CatalogueTable, ...]:
    read: Lake | None = None
    try:
        read = lake()
    except LakeEmptyError:
        read = None
    return catalogue([spec for _package, spec in declared_tables()], Path(settings.HOME), read)
