"""The pipeline: identify → differentiate → interact → publish, each step timed."""

import importlib
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from b2shift.cli.contracts import LoopSummary, StepTime
from b2shift.cli.summary import proposal_lines, segment_lines, source_lines
from b2shift.differentiate import api as differentiate
from b2shift.identify import api as identify
from b2shift.interact import api as interact
from b2shift.kernel.errors import InputError
from b2shift.kernel.progress import Progress, silent
from b2shift.lake.api import Session, current_version, open_lake, writing
from b2shift.learn import api as learn
from b2shift.metrics import api as metrics

LABELS = {
    "ingest": "Ler e limpar os arquivos",
    "customers": "Montar o cadastro",
    "resolution": "Reconhecer prospects repetidos",
    "view360": "Montar a visão 360",
    "quality": "Contar a qualidade",
    "features": "Calcular atributos",
    "scores": "Estimar riscos e propensões",
    "segments": "Segmentar",
    "rollups": "Somar os números por mês",
    "effects": "Medir o efeito das campanhas",
    "proposals": "Avaliar a régua de contatos",
    "actions": "Repartir as próximas ações",
    "accuracy": "Conferir o que os scores previram",
    "commit": "Gravar a versão",
    "publish": "Publicar para as páginas",
}
WEB_ENTRY = "b2shift.web.config.entry"


class _Clock:
    """Times the steps and reports the current one."""

    def __init__(self, progress: Progress) -> None:
        self.seconds: dict[str, float] = {}
        self.progress = progress

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        self.progress("Ciclo", len(self.seconds), len(LABELS), LABELS[name])
        started = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - started


def run_loop(
    drop: identify.Drop,
    home: Path,
    *,
    as_of: date | None = None,
    seed: int = 7,
    publish: bool = True,
    threads: int = 2,
    memory_limit_mb: int = 2048,
    progress: Progress = silent,
) -> LoopSummary:
    """Take a drop through the whole loop and publish it; the kernel's errors say why it could not."""
    clock = _Clock(progress)
    _finish_erasures(home)
    before = current_version(home)
    with writing(home, threads=threads, memory_limit_mb=memory_limit_mb) as session:
        with clock.step("ingest"):
            identify.ingest(session, drop, progress=progress)
            identify.reject_stale_delivery(session, as_of)
        day = as_of or identify.newest_date(session)
        steps: list[tuple[str, Callable[[], object]]] = [
            ("customers", lambda: _require_customers(session, day)),
            ("resolution", lambda: identify.resolve(session)),
            ("view360", lambda: identify.build_customer_360(session, day)),
            ("quality", lambda: identify.build_quality(session)),
            ("features", lambda: differentiate.build_features(session, day)),
            ("scores", lambda: _score(session, home, day, seed, progress)),
            ("segments", lambda: _segment(session, home, day, seed, progress)),
            ("rollups", lambda: metrics.build_rollups(session, day)),
            ("effects", lambda: _measure_campaigns(session, day)),
            ("proposals", lambda: _propose(session, home, day, progress)),
            ("actions", lambda: _allocate_actions(session, home, day, seed, progress)),
            ("accuracy", lambda: learn.check_scores(session, day)),
        ]
        for name, work in steps:
            with clock.step(name):
                work()
        with clock.step("commit"):
            version = session.commit(day)
    _finish_erasures(home)  # those ordered since: their persons had been read by then
    if publish:
        with clock.step("publish"):
            web("publish")(home, progress)
    return _summary(home, version, before, day, seed, publish, clock.seconds)


def _finish_erasures(home: Path) -> None:
    """Take out of lake and records whom an erasure left half done."""
    if identify.pending_erasures(home):
        web("resume_erasures")(home)


def run_to_scores(drop: identify.Drop, home: Path, *, seed: int = 7, progress: Progress = silent) -> int:
    """The pipeline up to the scores, into an empty home; the version written."""
    with writing(home) as session:
        day = to_features(session, drop, progress)
        differentiate.score_customers(session, day, seed=seed, progress=progress)
        return session.commit(day)


def to_features(session: Session, drop: identify.Drop, progress: Progress) -> date:
    """The pipeline up to the features; the newest date of the data."""
    identify.ingest(session, drop, progress=progress)
    day = identify.newest_date(session)
    _require_customers(session, day)
    differentiate.build_features(session, day)
    return day


def _require_customers(session: Session, day: date) -> None:
    identify.build_customers(session, day)
    if not session.info("customers").rows:
        newest = identify.newest_date(session)
        hint = f"Os dados vão até {newest}: rode sem --as-of ou com uma data mais nova"
        raise InputError("Nenhum cliente era conhecido nesta data", value=day, hint=hint)


def _score(session: Session, home: Path, day: date, seed: int, progress: Progress) -> None:
    differentiate.map_lifecycle(session, day)
    promoted = differentiate.promoted_scores(home)
    differentiate.score_customers(session, day, seed=seed, promoted=promoted, progress=progress)


def _segment(session: Session, home: Path, day: date, seed: int, progress: Progress) -> None:
    preferences = differentiate.said_of_segments(home)
    differentiate.segment_customers(session, day, seed=seed, decisions=preferences, progress=progress)
    differentiate.foresee_segments(session, day, seed=seed, progress=progress)


def _propose(session: Session, home: Path, day: date, progress: Progress) -> None:
    interact.evaluate_policy(session, interact.policy_in_force(home), day, progress=progress)


def _measure_campaigns(session: Session, day: date) -> None:
    learn.measure_campaigns(session, day)
    learn.find_persuadable(session, day)


def _allocate_actions(session: Session, home: Path, day: date, seed: int, progress: Progress) -> None:
    interact.allocate_actions(session, interact.policy_in_force(home), day, seed=seed, progress=progress)


def web(name: str) -> Callable[..., Any]:
    """A function of the web package, imported at run time: nothing below imports the web."""
    found: Callable[..., Any] = getattr(importlib.import_module(WEB_ENTRY), name)
    return found


def write_down(home: Path, by: str, action: str, kind: str, number: int, **details: object) -> None:
    """Record in the audit trail of a home who put a version in force; where nobody is named, nothing is recorded."""
    if by.strip():
        web("write_down")(home, by.strip(), action, kind, number, details)


def _summary(
    home: Path, version: int, before: int | None, day: date, seed: int, published: bool, seconds: dict[str, float]
) -> LoopSummary:
    lake = open_lake(home)
    total = sum(seconds.values())
    return LoopSummary(
        home=home,
        version=version,
        changed=version != before,
        as_of=day,
        by_months=identify.dated_by_months(lake) and day == identify.newest_date(lake),
        seed=seed,
        customers=lake.info("customers").rows,
        sources=source_lines(lake),
        segments=segment_lines(lake),
        proposals=proposal_lines(lake),
        published=published,
        steps=tuple(
            StepTime(step=name, label=LABELS[name], seconds=round(spent, 3), share=spent / total)
            for name, spent in seconds.items()
        ),
        seconds=round(total, 3),
        peak_memory_mb=round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    )
