"""The lake as it was: the kept versions a person may choose from, one of them opened, and a customer in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from pydantic import ValidationError

from b2shift.identify import api as identify
from b2shift.identify.contracts import Customer360
from b2shift.kernel.errors import InputError
from b2shift.lake.api import Lake, kept_versions, open_lake
from b2shift.web.accounts.models import User
from b2shift.web.crm.lake import lake
from b2shift.web.crm.models import Customer
from b2shift.web.crm.view360 import as_seen_by


@dataclass(frozen=True)
class Kept:
    """One kept version."""

    version: int
    as_of: date


@dataclass(frozen=True)
class Was:
    """A customer as a version tells of it; `told` and `view` are None where that version does not know it."""

    told: dict[str, Any] | None
    segment: dict[str, Any]
    scores: dict[str, Any]
    view: Customer360 | None


def versions() -> list[Kept]:
    """The kept versions up to the one that is shown, the newest first."""
    shown = lake().version
    kept = kept_versions(Path(settings.HOME))
    return [Kept(one.version, one.as_of) for one in reversed(kept) if one.version <= shown]


def chosen(text: str, kept: Sequence[Kept] | None = None) -> int | None:
    """The version somebody asks for, None for the one that is shown; InputError for one that is not kept.

    `kept`: what `versions()` said, where it was asked for already.
    """
    if not text:
        return None
    if not text.isdecimal() or int(text) not in {one.version for one in (versions() if kept is None else kept)}:
        raise InputError(_("Esta versão não está mais guardada"), value=text[:20], hint=_("Escolha uma da lista"))
    return int(text)


def opened(version: int | None) -> Lake:
    """The lake at a kept version; the one that is shown without any."""
    read = lake()
    if version is None or version == read.version:
        return read
    return open_lake(Path(settings.HOME), version, threads=settings.LAKE_THREADS)


def customer_in(user: User, customer: Customer, version: int) -> Was:
    """A customer taken from `visible_customers(user)` as a kept version tells of it, without contacts."""
    read = opened(version)
    try:
        found = identify.customer_360(read, customer.customer_id) if read.has("customer_360") else None
    except ValidationError:  # written by a release whose lists were others: what the tables say is shown alone
        found = None
    row = row_of(read, "customers", customer.customer_id)
    return Was(
        told=row or None,
        segment=row_of(read, "segments", customer.customer_id),
        scores=row_of(read, "scores", customer.customer_id),
        view=as_seen_by(user, found) if found else None,
    )


def row_of(read: Lake, table: str, code: str) -> dict[str, Any]:
    """What a table of one row a customer says of one; empty where there is no such table or row."""
    if not read.has(table):
        return {}
    rows = read.query(f"SELECT * FROM {table} WHERE customer_id = ? LIMIT 1", [code]).to_pylist()
    return rows[0] if rows else {}
