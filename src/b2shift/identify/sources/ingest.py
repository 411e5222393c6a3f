"""A delivery into the lake: each file read once, cleansed with the others, told in `loads`."""

import os
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from b2shift.identify.cleansing.known_customers import build_known_customers
from b2shift.identify.cleansing.places import build_places
from b2shift.identify.cleansing.vocabularies import build_spellings
from b2shift.identify.external.build import externals
from b2shift.identify.quality.quarantine import STAGE as QUARANTINE
from b2shift.identify.quality.quarantine import Release, releases
from b2shift.identify.quality.rules import RuleResult, append_results, content_digest, critical_failures, evaluate_rules
from b2shift.identify.sources.cleansing_stage import cleanse_all
from b2shift.identify.sources.customer_codes import register_codes
from b2shift.identify.sources.database import DatabaseAnswers, ask_databases
from b2shift.identify.sources.declaration import Customers, Load, Reader, Source
from b2shift.identify.sources.declarations import all_sources
from b2shift.identify.sources.delivery import Delivered, Drop, files_below, open_delivery
from b2shift.identify.sources.ledger import read_ledger_file
from b2shift.identify.sources.loads import Outcome, write_history, write_loads
from b2shift.identify.sources.reading import read_file, read_notes, register_places, register_raw
from b2shift.identify.sources.removed_sources import forget_removed
from b2shift.identify.sources.tallies import keep_tallies
from b2shift.identify.sources.usage import read_usage_file, register_usage
from b2shift.kernel.errors import DropError, InputError
from b2shift.kernel.progress import Progress, silent
from b2shift.lake.api import Session

STAGE = "Ler e limpar"
_UNKNOWN = "desconhecida"


@dataclass
class _Delivery:
    """The files of each source, the ones nobody declared, what became of each; bytes count once read, once cleansed."""

    sources: tuple[Source, ...]
    files: dict[str, list[Delivered]] = field(default_factory=lambda: defaultdict(list))
    outcomes: list[Outcome] = field(default_factory=list)
    done: int = 0
    total: int = 0


def ingest(
    session: Session, drop: Drop, *, progress: Progress = silent, environ: Mapping[str, str] = os.environ
) -> None:
    """Bring a delivery into the lake: raw, trusted and refined tables, `loads`, `rejects`, `repairs`.

    Sources that name a database are asked; its address is a variable of `environ`.

    A file that is as it was is not read again; a file that cannot be read leaves its earlier rows in place and its
    reason in `loads`. A source that breaks a critical rule is quarantined, unless a person let this delivery in: the
    delivery is loaded again without it.
    Raises DropError when nothing in the delivery can be used, or nobody is a customer.
    """
    sources = all_sources(session.store.root.parent)
    databases = ask_databases(sources, environ, session.scratch)
    files = [*open_delivery(drop, may_be_empty=bool(databases.files)), *databases.files]
    with session.threads_worth(sum(file.bytes for file in files)):
        _ingest(session, drop, sources, databases, files, progress)


def _ingest(
    session: Session,
    drop: Drop,
    sources: tuple[Source, ...],
    databases: DatabaseAnswers,
    files: list[Delivered],
    progress: Progress,
) -> None:
    """Load, judge, and load again without what is quarantined."""
    unread = [
        Outcome(_UNKNOWN, one.place, one.bytes, "unknown", one.told)
        for one in files_below(drop, session.store.root.parent)
    ]
    quarantined: dict[str, list[RuleResult]] = {}
    released = releases(session.store.root.parent)
    while True:
        forget_removed(session, sources)
        delivery = _sorted_out(session.store.root.parent, sources, files, quarantined)
        delivery.outcomes += [Outcome(s.source, s.files, 0, "failed", why) for s, why in databases.failed]
        delivery.outcomes += unread
        _load(session, drop, delivery, progress)
        judged = evaluate_rules(session, sources)
        broken = _broken(sources, judged, released)
        if not broken:
            break
        quarantined |= broken
        session.start_again()
    append_results(session, [*judged, *(one for each in quarantined.values() for one in each)])
    _keep_waiting(session, delivery, quarantined)
    write_loads(session, sources, _let_in(session, delivery, released))
    write_history(session, sources)


def _broken(
    sources: tuple[Source, ...], judged: list[RuleResult], released: dict[tuple[str, str], Release]
) -> dict[str, list[RuleResult]]:
    """Sources that broke a critical rule, with all their results: the registries first, for others depend on them."""
    names = {one.source for one in critical_failures(judged) if (one.source, one.delivery) not in released}
    registries = {s.source for s in sources if s.source in names and s.customers is Customers.REGISTRY}
    chosen = registries or names
    return {name: [one for one in judged if one.source == name] for name in sorted(chosen)}


def _keep_waiting(session: Session, delivery: _Delivery, quarantined: dict[str, list[RuleResult]]) -> None:
    """Remember what waits in quarantine, until a delivery of the source is loaded."""
    for source in {outcome.source for outcome in delivery.outcomes if outcome.status == "loaded"}:
        session.forget_stage(f"{QUARANTINE}{source}")
    for source, judged in quarantined.items():
        broken = critical_failures(judged)
        files = [o.file for o in delivery.outcomes if o.source == source and o.status == "quarantined"]
        before = session.stages.get(f"{QUARANTINE}{source}")
        if before is None or before.notes["content"] != broken[0].delivery:
            notes = {"files": files, "broken": [one.description for one in broken], "content": broken[0].delivery}
            session.keep_stage(f"{QUARANTINE}{source}", notes | {"load": session.version})


def _let_in(session: Session, delivery: _Delivery, released: dict[tuple[str, str], Release]) -> list[Outcome]:
    """The outcomes; what is loaded because a person let it in says so."""
    releases_by_source = {}
    for source in delivery.sources if released else ():
        release = released.get((source.source, content_digest(read_notes(session, source))))
        if release is not None:
            releases_by_source[source.source] = release.description
    return [
        replace(one, message=releases_by_source[one.source])
        if one.status == "loaded" and one.source in releases_by_source
        else one
        for one in delivery.outcomes
    ]


def _load(session: Session, drop: Drop, delivery: _Delivery, progress: Progress) -> None:
    rows = [source for source in delivery.sources if source.reader is not Reader.TELEMETRY]
    events = [source for source in delivery.sources if source.reader is Reader.TELEMETRY]
    for source in rows:
        _read(session, source, delivery, progress)
        register_raw(session, source)
    present = [source for source in rows if session.has(source.raw_table)]
    if not present or all(source.customers is Customers.MENTION for source in present):
        _refuse(drop, delivery)
    register_codes(session, present)
    register_places(session, rows)
    keep_tallies(session, present)
    build_known_customers(session, present)
    build_spellings(session, present)
    build_places(session, present)
    for source in events:
        _read(session, source, delivery, progress)
        register_usage(session, source)
    if not any(outcome.status == "loaded" for outcome in delivery.outcomes):
        _refuse(drop, delivery)

    def cleansed(source: Source) -> None:
        delivery.done += sum(file.bytes for file in delivery.files[source.source])
        progress(STAGE, delivery.done, delivery.total, source.source)

    cleanse_all(session, rows, events, cleansed)


def _sorted_out(
    home: Path, sources: tuple[Source, ...], files: list[Delivered], quarantined: dict[str, list[RuleResult]]
) -> _Delivery:
    delivery, is_external = _Delivery(sources), externals(home)
    for file in files:
        matching = [s for s in sources if s.matches(file.name)]
        # A workbook is several sources, one for each sheet, a database one for each query; any other file is one.
        for source in matching if all(s.reader in (Reader.EXCEL, Reader.SQL) for s in matching) else matching[:1]:
            _give(delivery, source, file, quarantined)
        if not matching and not is_external(file.name):
            delivery.outcomes.append(
                Outcome(_UNKNOWN, file.name, file.bytes, "unknown", "nenhuma fonte declarada tem este nome")
            )
    return delivery


def _give(delivery: _Delivery, source: Source, file: Delivered, quarantined: dict[str, list[RuleResult]]) -> None:
    """A file to the source it belongs to, unless that one is in quarantine."""
    if source.source in quarantined:
        failures = "; ".join(one.description for one in critical_failures(quarantined[source.source]))
        delivery.outcomes.append(
            Outcome(source.source, file.name, file.bytes, "quarantined", f"em quarentena: {failures}")
        )
        return
    delivery.files[source.source].append(file)
    delivery.total += 2 * file.bytes


def _read(session: Session, source: Source, delivery: _Delivery, progress: Progress) -> None:
    read = read_file
    if source.reader is Reader.TELEMETRY:
        read = read_ledger_file if source.load is Load.LEDGER else read_usage_file
    for file in delivery.files[source.source]:
        progress(STAGE, delivery.done, delivery.total, file.name)
        try:
            read(session, source, file)
        except InputError as error:
            delivery.outcomes.append(Outcome(source.source, file.name, file.bytes, "failed", str(error)))
        else:
            delivery.outcomes.append(Outcome(source.source, file.name, file.bytes, "loaded", ""))
        delivery.done += file.bytes
        progress(STAGE, delivery.done, delivery.total, file.name)


def _refuse(drop: Drop, delivery: _Delivery) -> None:
    """Stop: nothing could be read, or nothing that says who the customers are."""
    told = "; ".join(f"{outcome.file}: {outcome.message}" for outcome in delivery.outcomes if outcome.message)
    if not any(outcome.status == "loaded" for outcome in delivery.outcomes):
        raise DropError("Nada na entrega pôde ser usado", value=drop, hint=told[:2000])
    names = ", ".join(s.files for s in delivery.sources if s.customers is not Customers.MENTION)
    raise DropError(
        "A entrega não diz quem são os clientes", value=drop, hint=f"Inclua um destes arquivos: {names}. {told[:2000]}"
    )
