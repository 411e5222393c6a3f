"""The front door of identify: who the customers are, clean and in one view."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path

from b2shift.identify.catalogue.contracts import CatalogueTable, Lineage, LineageNode
from b2shift.identify.catalogue.entries import catalogue
from b2shift.identify.catalogue.entries import search as search_catalogue
from b2shift.identify.catalogue.lineage import Lineages
from b2shift.identify.catalogue.markdown import as_markdown as catalogue_markdown
from b2shift.identify.catalogue.openlineage import events as openlineage_events
from b2shift.identify.catalogue.portuguese import in_portuguese
from b2shift.identify.catalogue.source_fields import SourceField, source_fields
from b2shift.identify.cleansing.cnpj import whole_cnpj
from b2shift.identify.contracts import CategoryDoubt, CleansingEvaluation, Customer360, Decision
from b2shift.identify.customers.bridge import build_bridge as _build_bridge
from b2shift.identify.customers.golden import build as _build_customers
from b2shift.identify.customers.golden import golden_sql
from b2shift.identify.customers.history import build_history as _build_history
from b2shift.identify.customers.month_end_snapshots import build_month_end_snapshots as _build_month_end_snapshots
from b2shift.identify.customers.newest_day import dated_by_months, newest_date
from b2shift.identify.customers.purchases import build_purchases as _build_purchases
from b2shift.identify.customers.revenue import build_revenue as _build_revenue
from b2shift.identify.external.build import join_external as _join_external
from b2shift.identify.external.build import read_external as _read_external
from b2shift.identify.municipalities import municipality
from b2shift.identify.privacy.contracts import ErasurePlan, ErasureResult, HeldRow, Person, PersonReport, Suppression
from b2shift.identify.privacy.erasure import begin_erasure, erase_from_lake, finish_erasure, pending_erasures
from b2shift.identify.privacy.erasure_plan import plan_erasure
from b2shift.identify.privacy.person_eraser import PersonEraser
from b2shift.identify.privacy.person_search import find_persons, person_at
from b2shift.identify.privacy.processing_records import Operation, operations
from b2shift.identify.privacy.purposes import Basis, DataPurpose, purposes
from b2shift.identify.privacy.subject_access import person_report
from b2shift.identify.privacy.suppression import is_suppressed, suppressions
from b2shift.identify.profile.build import profile_file, profile_table
from b2shift.identify.profile.charts import chart as profile_chart
from b2shift.identify.profile.contracts import ColumnProfile, TableProfile
from b2shift.identify.profile.labels import drift_label as profile_drift_label
from b2shift.identify.profile.labels import outlier_label as profile_outlier_label
from b2shift.identify.profile.labels import summary as profile_summary
from b2shift.identify.profile.page import profile_page
from b2shift.identify.quality.build import build as _build_quality
from b2shift.identify.quality.change_evaluation import ChangeEvaluation, evaluate_changes
from b2shift.identify.quality.evaluate import evaluate as _evaluate_cleansing
from b2shift.identify.quality.labels import DEFECTS
from b2shift.identify.quality.new_rows import NewRow, NewRows, new_rows
from b2shift.identify.quality.page import quality_page
from b2shift.identify.quality.quarantine import InQuarantine, Release
from b2shift.identify.quality.quarantine import quarantined as _quarantined
from b2shift.identify.quality.quarantine import release as _release
from b2shift.identify.quality.quarantine import revoke as _revoke_release
from b2shift.identify.quality.report import report as quality_report
from b2shift.identify.quality.review import answer as _answer
from b2shift.identify.quality.review import decided as _decided
from b2shift.identify.quality.review import doubts as _doubts
from b2shift.identify.quality.stale_delivery import reject_stale_delivery as _reject_stale_delivery
from b2shift.identify.quality.truth import truth_rows
from b2shift.identify.resolution.build import build as _resolve
from b2shift.identify.resolution.company_review import CompanyPair
from b2shift.identify.resolution.company_review import answered as answered_pairs
from b2shift.identify.resolution.company_review import pending as pending_pairs
from b2shift.identify.resolution.company_review import same_company as same_company_pairs
from b2shift.identify.resolution.contact_matching import build as _resolve_contacts
from b2shift.identify.resolution.contact_review import ContactPair, ContactRecord, PersonsPage
from b2shift.identify.resolution.contact_review import answered as answered_contacts
from b2shift.identify.resolution.contact_review import pair_of as contact_pair
from b2shift.identify.resolution.contact_review import pending as pending_contacts
from b2shift.identify.resolution.contact_review import persons as repeated_persons
from b2shift.identify.resolution.contact_review import unmerge as unmerge_person
from b2shift.identify.resolution.decisions import decide as decide_link
from b2shift.identify.resolution.duplicate_check import possible_duplicates
from b2shift.identify.resolution.merged import MergedPage
from b2shift.identify.resolution.merged import merged as merged_companies
from b2shift.identify.resolution.merged import unmerge as unmerge_company
from b2shift.identify.resolution.prospect import ProspectCompany, prospect_of_person
from b2shift.identify.resolution.prospect import company_of as prospect_company
from b2shift.identify.resolution.prospect import people_of as prospect_people
from b2shift.identify.resolution.prospecting import (
    Order,
    ProspectingFilter,
    ProspectingPage,
    companies_to_prospect,
    prospecting_choices,
)
from b2shift.identify.resolution.report import evaluate as evaluate_resolution
from b2shift.identify.resolution.report import links as prospect_links
from b2shift.identify.resolution.report import report as resolution_report
from b2shift.identify.sources.cells import is_serial, moment_of_serial
from b2shift.identify.sources.codes import SUM_WORDS, SUMS
from b2shift.identify.sources.declarations import all_sources as _all_sources
from b2shift.identify.sources.delivery import Drop, drop_at
from b2shift.identify.sources.exposure import ChangesShown, changes_without_personal_data, columns_without_personal_data
from b2shift.identify.sources.grid import WORKBOOKS, sheet_table
from b2shift.identify.sources.ingest import ingest as _ingest
from b2shift.identify.sources.titles import without_titles
from b2shift.identify.units.declaration import changed_units, declare_units, product_units, read_units, units_text
from b2shift.identify.units.house import keep_units, put_back_units, run_units, units_number, units_of, units_versions
from b2shift.identify.units.served import customers_of_families, customers_served
from b2shift.identify.view360.build import build as _build_customer_360
from b2shift.identify.view360.overflow import with_overflow as _whole_customer_360
from b2shift.identify.view360.point_read import read as _read_customer_360
from b2shift.identify.view360.winsorisation import TELEMETRY_WINDOW_DAYS, duration_cap_bin
from b2shift.identify.wizard.change_log import SourceChange
from b2shift.identify.wizard.change_log import changes as source_changes
from b2shift.identify.wizard.change_log import delete as delete_source
from b2shift.identify.wizard.change_log import edit as edit_source
from b2shift.identify.wizard.change_log import undo as undo_source_change
from b2shift.identify.wizard.correction import Correction as SourceCorrection
from b2shift.identify.wizard.customer_links import known_customers as _known_customers
from b2shift.identify.wizard.declared_sources import DeclaredSource, own_declaration
from b2shift.identify.wizard.declared_sources import declared as declared_sources
from b2shift.identify.wizard.impact import SourceImpact, source_impact
from b2shift.identify.wizard.proposal import SourceProposal, canonical_tables
from b2shift.identify.wizard.proposal import propose as _propose_sources
from b2shift.identify.wizard.validation import validate as check_source
from b2shift.identify.wizard.validation import validate_text as check_source_text
from b2shift.identify.wizard.write import as_yaml as source_yaml
from b2shift.identify.wizard.write import write as write_sources
from b2shift.kernel.errors import SourceError
from b2shift.kernel.progress import Progress, silent
from b2shift.lake.api import Lake, Session
from b2shift.lake.api import current_version as _current_version
from b2shift.lake.api import open_lake as _open_lake

__all__ = [
    "DEFECTS",
    "SUMS",
    "SUM_WORDS",
    "TELEMETRY_WINDOW_DAYS",
    "WORKBOOKS",
    "Basis",
    "CatalogueTable",
    "ChangeEvaluation",
    "ChangesShown",
    "ColumnProfile",
    "CompanyPair",
    "ContactPair",
    "ContactRecord",
    "DataPurpose",
    "DeclaredSource",
    "Drop",
    "ErasurePlan",
    "ErasureResult",
    "HeldRow",
    "InQuarantine",
    "Lineage",
    "LineageNode",
    "Lineages",
    "MergedPage",
    "NewRow",
    "NewRows",
    "Operation",
    "Order",
    "Person",
    "PersonEraser",
    "PersonReport",
    "PersonsPage",
    "ProspectCompany",
    "ProspectingFilter",
    "ProspectingPage",
    "Release",
    "SourceChange",
    "SourceCorrection",
    "SourceField",
    "SourceImpact",
    "SourceProposal",
    "Suppression",
    "TableProfile",
    "answered_contacts",
    "answered_pairs",
    "begin_erasure",
    "build_customer_360",
    "build_customers",
    "build_quality",
    "canonical_tables",
    "catalogue",
    "catalogue_markdown",
    "category_decisions",
    "category_doubts",
    "changed_units",
    "changes_without_personal_data",
    "check_source",
    "check_source_text",
    "columns_without_personal_data",
    "companies_to_prospect",
    "contact_pair",
    "customer_360",
    "customers_of_families",
    "customers_served",
    "dated_by_months",
    "decide_category",
    "decide_link",
    "declare_units",
    "declared_sources",
    "delete_source",
    "drop_at",
    "duration_cap_bin",
    "edit_source",
    "erase_from_lake",
    "evaluate_changes",
    "evaluate_cleansing",
    "evaluate_resolution",
    "find_persons",
    "finish_erasure",
    "golden_sql",
    "in_portuguese",
    "ingest",
    "is_serial",
    "is_suppressed",
    "keep_units",
    "loads_in_quarantine",
    "merged_companies",
    "moment_of_serial",
    "municipality",
    "new_rows",
    "newest_date",
    "openlineage_events",
    "operations",
    "own_declaration",
    "pending_contacts",
    "pending_erasures",
    "pending_pairs",
    "person_at",
    "person_report",
    "plan_erasure",
    "possible_duplicates",
    "product_units",
    "profile_chart",
    "profile_drift_label",
    "profile_file",
    "profile_outlier_label",
    "profile_page",
    "profile_summary",
    "profile_table",
    "propose_sources",
    "prospect_company",
    "prospect_links",
    "prospect_of_person",
    "prospect_people",
    "prospecting_choices",
    "purposes",
    "put_back_units",
    "quality_page",
    "quality_report",
    "read_units",
    "reject_stale_delivery",
    "release_load",
    "repeated_persons",
    "resolution_report",
    "resolve",
    "revoke_release",
    "run_units",
    "same_company_pairs",
    "search_catalogue",
    "sheet_table",
    "source_changes",
    "source_fields",
    "source_impact",
    "source_yaml",
    "suppressions",
    "truth_rows",
    "undo_source_change",
    "units_number",
    "units_of",
    "units_text",
    "units_versions",
    "unmerge_company",
    "unmerge_person",
    "whole_cnpj",
    "whole_customer_360",
    "without_titles",
    "write_sources",
]


def ingest(session: Session, drop: Drop, *, progress: Progress = silent) -> None:
    """Bring a delivery into the lake: read, cleanse, tell what was refused and what was changed.

    Unchanged files are not read again; an unusable file keeps its earlier rows and has its reason in `loads`.
    Raises DropError when nothing in the delivery can be used.
    """
    _ingest(session, drop, progress=progress)
    _read_external(session, drop)


def reject_stale_delivery(session: Session, as_of: date | None = None) -> None:
    """Raise InputError when this load is weeks behind the served version, unless `as_of` is before that."""
    _reject_stale_delivery(session, _all_sources(session.store.root.parent), as_of)


def build_customers(session: Session, as_of: date) -> None:
    """Write `customers`: every customer of the registry or of any contract line, one row each; and what follows from
    it over time: `customer_history`, `customer_months`, `revenue_bridge`. Before them `recurring_revenue` and
    `purchases`."""
    _build_revenue(session, as_of)
    _build_purchases(session)
    _build_customers(session, as_of)
    _build_history(session, as_of)
    _build_month_end_snapshots(session, as_of)
    _build_bridge(session, as_of)


def build_customer_360(session: Session, as_of: date) -> None:
    """Write `customer_360`: the lists behind each customer's page, one row per customer of `customers`.

    And `customer_environment`, the figures of public institutes that hold for each, when any was ever delivered.
    """
    _join_external(session, as_of)
    _build_customer_360(session, as_of)


def customer_360(lake: Lake, customer_id: str) -> Customer360 | None:
    """Everything about one customer, contacts included: callers decide who may see them. None when unknown."""
    return _read_customer_360(lake, customer_id)


def whole_customer_360(lake: Lake, view: Customer360) -> Customer360:
    """A customer's 360 with the older rows of its lists too, which a page leaves out."""
    return _whole_customer_360(lake, view)


def build_quality(session: Session) -> None:
    """Write `quality`: counts of what was repaired, left unknown and rejected, from `repairs` and `rejects`."""
    _build_quality(session)


def category_doubts(lake: Lake, home: Path) -> tuple[CategoryDoubt, ...]:
    """Categories and cities that may be another one and wait for a person, the most rows first."""
    return _doubts(lake, home)


def category_decisions(home: Path) -> tuple[Decision, ...]:
    """What people decided and holds, the newest first."""
    return _decided(home)


def decide_category(lake: Lake, home: Path, decision: Decision) -> None:
    """Keep a person's answer to a doubt (or take one back); the next run applies it.

    Raises UnknownNameError for a pair that is not in doubt, StorageError when the home cannot be written.
    """
    _answer(lake, home, decision)


def loads_in_quarantine(lake: Lake, home: Path) -> tuple[InQuarantine, ...]:
    """Sources whose newest delivery failed a critical rule and is in quarantine, by name, each with its release."""
    return _quarantined(lake, home)


def release_load(lake: Lake, home: Path, source: str, *, reason: str, by: str, at: datetime) -> Release:
    """Release the delivery of a source from quarantine; the next run of the same files loads it.

    Raises UnknownNameError when none waits, StorageError when the home cannot be written.
    """
    return _release(lake, home, source, reason=reason, by=by, at=at)


def revoke_release(lake: Lake, home: Path, source: str, *, reason: str, by: str, at: datetime) -> Release:
    """Revoke a release before a run applied it; InputError when there is none."""
    return _revoke_release(lake, home, source, reason=reason, by=by, at=at)


def evaluate_cleansing(lake: Lake, drop: Path) -> CleansingEvaluation:
    """Compare what was cleansed with the truth of a demo drop (`drop/_truth`), kind by kind; never part of a run.

    Raises DropError when the drop has no truth.
    """
    return _evaluate_cleansing(lake, drop)


def resolve(session: Session) -> None:
    """Write `prospect_links` and `prospect_entities`: which prospects are customers or repeated, and why; of contacts
    `contact_links` and `contact_entities`: which are one person."""
    _resolve(session)
    _resolve_contacts(session)


def propose_sources(
    files: list[Path],
    corrections: Mapping[str, SourceCorrection] | None = None,
    home: Path | None = None,
    *,
    aside: Callable[[SourceError], None] | None = None,
) -> tuple[SourceProposal, ...]:
    """How to read the files of one delivery of any company and what their columns are, with confidence and evidence.

    One proposal per file, or per sheet of a workbook; the loader accepts each. SourceError for a file without a table.
    A folder or a zip stands for its files; `aside` hears of those in it that hold no table.
    `corrections`, by name of the proposed source, is what a person decided; InputError for what cannot be. Where no
    file says who the customers are, those of `home` are looked for.
    """
    known = _known_customers(_open_lake(home)) if home is not None and _current_version(home) is not None else None
    return _propose_sources(files, corrections, known, aside)
