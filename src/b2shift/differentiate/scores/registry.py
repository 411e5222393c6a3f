"""Model registry: every version of a score with its card; the newest serves, or the promoted one."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from b2shift.differentiate.contracts import Promotion, ScoreModel
from b2shift.differentiate.features.declarations import declarations
from b2shift.differentiate.scores.cards import Card
from b2shift.differentiate.scores.drift import MAX_INDEX, Reference, drift
from b2shift.differentiate.scores.frame import Frame
from b2shift.differentiate.scores.stored_models.loading import load_model
from b2shift.differentiate.scores.stored_models.protocol import StoredModel, version_of
from b2shift.kernel.errors import InputError, UnknownNameError
from b2shift.lake.api import Lake, Session, append_decision, decisions_in

TABLE = "score_models"
MAX_VERSIONS, MAX_NAMED = 24, 5
"""Versions kept per score (the one in use always is), and drifted features named."""
_FIELDS: Mapping[str, pa.DataType] = {
    "score": pa.string(),
    "version": pa.string(),
    "as_of": pa.date32(),
    "in_use": pa.bool_(),
    "last_used": pa.date32(),
    "card": pa.string(),
    "reference": pa.string(),
    "drift": pa.string(),
    "model": pa.string(),
}


@dataclass(frozen=True)
class ModelVersion:
    """One version: model, card, fit date, and reference distribution of its inputs."""

    model: StoredModel
    card: Card
    as_of: date
    reference: Reference
    decision: str = ""
    """Who promoted it and why, pt-BR."""
    text: str = field(default="", repr=False)

    @property
    def version(self) -> str:
        """Its name."""
        return version_of(self.text)


@dataclass(frozen=True)
class Served:
    """A score of this run: version fitted, version serving, and the customers served."""

    fitted: ModelVersion
    serving: ModelVersion
    now: Frame
    contest: str = ""
    """How the fitted version did against the serving one, pt-BR; empty where they are one, or cannot be compared."""

    @property
    def card(self) -> Card:
        """Card of the serving version, with its promotion and drifted inputs."""
        drifted = [name for name, index in drift(self.serving.reference, self.now) if index >= MAX_INDEX]
        called = declarations().labels()
        names = ", ".join(called.get(name, name) for name in drifted[:MAX_NAMED])
        note = f"Espalhados de outro modo que no treino: {names}." if drifted else ""
        verdict = " ".join(filter(None, [self.serving.card["verdict"], self.serving.decision, self.contest, note]))
        return self.serving.card | {"verdict": verdict}


def new_version(model: StoredModel, card: Card, as_of: date, before: Reference) -> ModelVersion:
    """A new version."""
    return ModelVersion(model, card, as_of, before, text=model.text())


def promotions(home: Path) -> dict[str, Promotion]:
    """Promotions in force by score; StateError when the journal is damaged."""
    newest = {served_score.score: served_score for served_score in decisions_in(_journal(home), Promotion)}
    return {score: served_score for score, served_score in newest.items() if served_score.version}


def promoted(
    session: Session, wanted: Mapping[str, Promotion], features: Collection[str], threads: int
) -> dict[str, ModelVersion]:
    """Promoted versions that are still kept and whose features still exist."""
    versions = {}
    for row in _rows(session):
        promotion = wanted.get(row["score"])
        if promotion is not None and promotion.version == row["version"]:
            version_found = ModelVersion(
                load_model(row["model"], threads), json.loads(row["card"]), row["as_of"], json.loads(row["reference"]),
                text=row["model"],
            )  # fmt: skip
            if set(version_found.model.features) <= set(features):
                versions[row["score"]] = replace(
                    version_found, decision=f"Em uso por decisão de {promotion.by}: {promotion.reason}."
                )
    return versions


def registry_table(session: Session, served: Sequence[Served], as_of: date) -> pa.Table:
    """Previous versions and those of this run."""
    rows = {(row["score"], row["version"]): row | {"in_use": False} for row in _rows(session)}
    for served_score in served:
        for version in (served_score.fitted, served_score.serving):
            key = (version.model.score, version.version)
            known = rows.get(key, {"last_used": None})
            serves = version.version == served_score.serving.version
            rows[key] = {
                "score": key[0], "version": key[1], "as_of": version.as_of, "in_use": serves,
                "last_used": as_of if serves else known["last_used"], "card": json.dumps(version.card),
                "reference": json.dumps(version.reference),
                "drift": json.dumps(drift(version.reference, served_score.now)), "model": version.text,
            }  # fmt: skip
    rows_kept: list[dict[str, Any]] = []
    for score in sorted({score for score, _ in rows}):
        mine = sorted((row for key, row in rows.items() if key[0] == score), key=_newest, reverse=True)
        rows_kept += mine[:MAX_VERSIONS]
    return pa.Table.from_pylist(rows_kept, schema=pa.schema(_FIELDS))


def models(lake: Lake, home: Path) -> tuple[ScoreModel, ...]:
    """Every kept version, the newest of each score first."""
    if not lake.has(TABLE):
        return ()
    promoted = promotions(home)
    rows = lake.query(f"SELECT * EXCLUDE (model, reference) FROM {TABLE}").to_pylist()
    return tuple(_summary(row, promoted.get(row["score"])) for row in sorted(rows, key=_order))


def promote(lake: Lake, home: Path, score: str, version: str, *, reason: str, by: str, at: datetime) -> Promotion:
    """Record the promotion of a version, from the next run on; an empty version withdraws it."""
    known = [row for row in models(lake, home) if row.score == score]
    if not known:
        raise UnknownNameError("score com versões guardadas", score, sorted({row.score for row in models(lake, home)}))
    if version and version not in {row.version for row in known}:
        raise UnknownNameError("versão do modelo", version, [row.version for row in known])
    if not reason.strip():
        raise InputError("Falta a razão da escolha", hint="Diga por que esta versão serve melhor")
    promotion = Promotion(score=score, version=version, reason=reason.strip(), by=by, at=at)
    append_decision(_journal(home), promotion)
    return promotion


def roll_back(lake: Lake, home: Path, score: str, *, reason: str, by: str, at: datetime) -> Promotion:
    """Promote the version that served before the one in use; InputError when none did."""
    used = [row for row in models(lake, home) if row.score == score and row.last_used and not row.in_use]
    if not used:
        raise InputError("Nenhuma versão anterior esteve em uso", value=score, hint="Veja b2shift model list")
    before = max(used, key=lambda row: (row.last_used or date.min, row.as_of))
    return promote(lake, home, score, before.version, reason=reason, by=by, at=at)


def _rows(session: Session) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = session.query(f"SELECT * FROM {TABLE}").to_pylist() if session.has(TABLE) else []
    return rows


def _newest(row: Mapping[str, Any]) -> tuple[bool, date, date]:
    return bool(row["in_use"]), row["as_of"], row["last_used"] or date.min


def _order(row: Mapping[str, Any]) -> tuple[str, int, str]:
    return row["score"], -row["as_of"].toordinal(), row["version"]


def _summary(row: Mapping[str, Any], promotion: Promotion | None) -> ScoreModel:
    card, called = json.loads(row["card"]), declarations().labels()
    return ScoreModel(
        **{name: row[name] for name in ("score", "version", "as_of", "in_use", "last_used")},
        label=card["label"],
        method=card["method"],
        verdict=card["verdict"],
        auc=card["auc"],
        log_loss=card["log_loss"],
        log_loss_base=card["log_loss_base"],
        drift=tuple((called.get(name, name), value) for name, value in json.loads(row["drift"])),
        promoted=promotion is not None and promotion.version == row["version"],
    )


def _journal(home: Path) -> Path:
    return home / "decisions" / "score_models.jsonl"
