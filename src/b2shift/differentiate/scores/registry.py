"""Every version of a fitted score, kept with its card; which one serves is the newest, or the one a person promoted."""

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
from b2shift.differentiate.scores.drift import LARGE, Reference, drift
from b2shift.differentiate.scores.frame import Frame
from b2shift.differentiate.scores.kept.contract import Kept, version_of
from b2shift.differentiate.scores.kept.read import read_back
from b2shift.kernel.errors import InputError, UnknownNameError
from b2shift.lake.api import Lake, Session, append_decision, decisions_in

TABLE = "score_models"
MOST, TOLD = 24, 5
"""Versions of a score that are kept; the one in use always is."""
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
class Fitted:
    """One version: the model, its card, where it was fitted, and how its inputs were spread then."""

    kept: Kept
    card: Card
    as_of: date
    reference: Reference
    said: str = ""
    """Who promoted it and why, pt-BR."""
    text: str = field(default="", repr=False)

    @property
    def version(self) -> str:
        """Its name."""
        return version_of(self.text)


@dataclass(frozen=True)
class Served:
    """A score of this run: what was fitted, what serves, and today's customers it serves."""

    fitted: Fitted
    serving: Fitted
    now: Frame

    @property
    def card(self) -> Card:
        """Of the version that serves, with who wanted it and what has drifted."""
        far = [name for name, index in drift(self.serving.reference, self.now) if index >= LARGE]
        called = declarations().labels()
        named = ", ".join(called.get(name, name) for name in far[:TOLD])
        told = f"Espalhados de outro modo que no treino: {named}." if far else ""
        verdict = " ".join(filter(None, [self.serving.card["verdict"], self.serving.said, told]))
        return self.serving.card | {"verdict": verdict}


def fitted(kept: Kept, card: Card, as_of: date, before: Reference) -> Fitted:
    """A new version."""
    return Fitted(kept, card, as_of, before, text=kept.text())


def promotions(home: Path) -> dict[str, Promotion]:
    """What holds by score; StateError when the journal is damaged."""
    newest = {one.score: one for one in decisions_in(_journal(home), Promotion)}
    return {score: one for score, one in newest.items() if one.version}


def promoted(
    session: Session, wanted: Mapping[str, Promotion], features: Collection[str], threads: int
) -> dict[str, Fitted]:
    """The versions that serve by somebody's word, still kept, and made of features there still are."""
    told = {}
    for row in _rows(session):
        wish = wanted.get(row["score"])
        if wish is not None and wish.version == row["version"]:
            found = Fitted(
                read_back(row["model"], threads), json.loads(row["card"]), row["as_of"], json.loads(row["reference"]),
                text=row["model"],
            )  # fmt: skip
            if set(found.kept.features) <= set(features):
                told[row["score"]] = replace(found, said=f"Em uso por decisão de {wish.by}: {wish.reason}.")
    return told


def registered(session: Session, served: Sequence[Served], as_of: date) -> pa.Table:
    """The versions there were and those of this run."""
    rows = {(row["score"], row["version"]): row | {"in_use": False} for row in _rows(session)}
    for one in served:
        for version in (one.fitted, one.serving):
            key = (version.kept.score, version.version)
            known = rows.get(key, {"last_used": None})
            serves = version.version == one.serving.version
            rows[key] = {
                "score": key[0], "version": key[1], "as_of": version.as_of, "in_use": serves,
                "last_used": as_of if serves else known["last_used"], "card": json.dumps(version.card),
                "reference": json.dumps(version.reference), "drift": json.dumps(drift(version.reference, one.now)),
                "model": version.text,
            }  # fmt: skip
    kept: list[dict[str, Any]] = []
    for score in sorted({score for score, _ in rows}):
        mine = sorted((row for key, row in rows.items() if key[0] == score), key=_newest, reverse=True)
        kept += mine[:MOST]
    return pa.Table.from_pylist(kept, schema=pa.schema(_FIELDS))


def models(lake: Lake, home: Path) -> tuple[ScoreModel, ...]:
    """Every kept version, the newest of each score first."""
    if not lake.has(TABLE):
        return ()
    wishes = promotions(home)
    rows = lake.query(f"SELECT * EXCLUDE (model, reference) FROM {TABLE}").to_pylist()
    return tuple(_told(row, wishes.get(row["score"])) for row in sorted(rows, key=_order))


def promote(lake: Lake, home: Path, score: str, version: str, *, reason: str, by: str, at: datetime) -> Promotion:
    """Keep the wish for a version, from the next run on; an empty version leaves the choice to the product again."""
    known = [row for row in models(lake, home) if row.score == score]
    if not known:
        raise UnknownNameError("score com versões guardadas", score, sorted({row.score for row in models(lake, home)}))
    if version and version not in {row.version for row in known}:
        raise UnknownNameError("versão do modelo", version, [row.version for row in known])
    if not reason.strip():
        raise InputError("Falta a razão da escolha", hint="Diga por que esta versão serve melhor")
    wish = Promotion(score=score, version=version, reason=reason.strip(), by=by, at=at)
    append_decision(_journal(home), wish)
    return wish


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


def _told(row: Mapping[str, Any], wish: Promotion | None) -> ScoreModel:
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
        promoted=wish is not None and wish.version == row["version"],
    )


def _journal(home: Path) -> Path:
    return home / "decisions" / "score_models.jsonl"
