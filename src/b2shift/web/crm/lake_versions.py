"""Time travel on pages: retained lake versions, one of them opened, and a customer in it."""

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
class LakeVersion:
    """A retained version of the lake."""

    version: int
    as_of: date


@dataclass(frozen=True)
class CustomerAsOf:
    """A customer in a version; `row` and `view` are None where that version does not have it."""

    row: dict[str, Any] | None
    segment: dict[str, Any]
    scores: dict[str, Any]
    view: Customer360 | None


def retained_versions() -> list[LakeVersion]:
    """Retained versions up to the current one, newest first."""
    shown = lake().version
    known = kept_versions(Path(settings.HOME))
    return [LakeVersion(one.version, one.as_of) for one in reversed(known) if one.version <= shown]


def chosen_version(text: str, known: Sequence[LakeVersion] | None = None) -> int | None:
    """The version asked for, None for the current one; InputError for one that is not retained.

    `kept`: what `versions()` said, where it was asked for already.
    """
    if not text:
        return None
    if not text.isdecimal() or int(text) not in {
        one.version for one in (retained_versions() if known is None else known)
    }:
        raise InputError(_("Esta versão não está mais guardada"), value=text[:20], hint=_("Escolha uma da lista"))
    return int(text)


def lake_at(version: int | None) -> Lake:
    """The lake at a version, by default the current one."""
    read = lake()
    if version is None or version == read.version:
        return read
    return open_lake(Path(settings.HOME), version, threads=settings.LAKE_THREADS)


def customer_as_of(user: User, customer: Customer, version: int) -> CustomerAsOf:
    """A customer taken from `visible_customers(user)` in a version, without contacts."""
    read = lake_at(version)
    try:
        found = identify.customer_360(read, customer.customer_id) if read.has("customer_360") else None
    except ValidationError:  # written by a release whose lists were others: what the tables say is shown alone
        found = None
    row = row_of(read, "customers", customer.customer_id)
    return CustomerAsOf(
        row=row or None,
        segment=row_of(read, "segments", customer.customer_id),
        scores=row_of(read, "scores", customer.customer_id),
        view=as_seen_by(user, found) if found else None,
    )


def row_of(read: Lake, table: str, code: str) -> dict[str, Any]:
    """The row of a customer in a table with one row a customer; empty where there is none."""
    if not read.has(table):
        return {}
    rows = read.query(f"SELECT * FROM {table} WHERE customer_id = ? LIMIT 1", [code]).to_pylist()
    return rows[0] if rows else {}
