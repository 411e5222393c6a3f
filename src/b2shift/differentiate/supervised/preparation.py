"""Prepares a labelled table for training: row order by content, leakage checks, weights, validation splits."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from b2shift.differentiate.contracts import LeakFinding
from b2shift.differentiate.supervised.folds import Split, ValidationPlan, forward_chaining, repeated_kfold, row_hashes
from b2shift.differentiate.supervised.labels import CLASSIFICATION, REGRESSION, SURVIVAL, Label
from b2shift.differentiate.supervised.leak_context import SUSPICIOUS_AUC, LeakContext
from b2shift.differentiate.supervised.leaks import find_leaks
from b2shift.differentiate.supervised.objective import Objective
from b2shift.differentiate.supervised.reading import Labelled, Unlabelled
from b2shift.differentiate.supervised.resampled_rows import ResampledRows, find_resampled_rows
from b2shift.differentiate.supervised.sampling import MAX_IN_MEMORY
from b2shift.differentiate.supervised.shapes import Columns, Flags, Floats, Integers
from b2shift.differentiate.supervised.time_decay import fit_time_decay
from b2shift.kernel.errors import InputError
from b2shift.kernel.money import format_number, format_percent

_SUSPICIOUS_AUC = {REGRESSION: 0.99}
"""Univariate AUC above which a column is suspected: numbers often correlate with one another."""
_TIME, _KEY = "·tempo", "·chave"
_MIN_UNIQUE_TIMES = 0.5
"""Distinct times per row from which times identify rows."""
MIN_ROWS, MIN_ROWS_PER_CLASS = 30, 8
"""Labelled rows, and rows of each class, below which nothing is learnt."""
MAX_TRAINING_ROWS = 150_000
"""Most rows that train, sampled by content; the others are predicted by the ensemble, which never saw them."""
_SAMPLED = "de {count} linhas, {some} decidem, ensinam e medem, por igual na ordem do conteúdo; todas são previstas"


@dataclass(frozen=True)
class TrainingSet:
    """Labelled rows in content order; all arrays are aligned to them."""

    columns: Columns
    target: Floats
    label: Label
    time: Floats | None
    position: Integers
    """Row number in the file."""
    weight: Floats
    groups: Integers
    plan: ValidationPlan
    findings: tuple[LeakFinding, ...]
    validation: str
    drawn: str | None
    """How rows were sampled, where they are not all labelled ones."""


def prepare(
    table: Labelled, label: Label, name: str, keep: Collection[str], seed: int, unlabelled: Unlabelled | None = None
) -> TrainingSet:
    """Order rows, check columns and rows for leakage, plan validation; InputError where there is too little to
    learn."""
    labelled = label.known & (np.isfinite(table.time) if table.time is not None else True)
    _check_enough_rows(label, labelled)
    if table.time is not None:
        _check_times(table.time[labelled], label)
    rows = np.flatnonzero(labelled)
    rows = rows[np.argsort(_row_hashes(table, label, rows), kind="stable")]
    sampling = None
    if len(rows) > MAX_TRAINING_ROWS:
        sampling = _SAMPLED.format(count=format_number(table.count), some=format_number(MAX_TRAINING_ROWS))
        rows = rows[np.linspace(0, len(rows) - 1, MAX_TRAINING_ROWS).astype(np.intp)]
    columns, target = table.columns.take(rows), label.numbers[rows]
    times = None if table.time is None else table.time[rows]
    findings, entity = _find_leaks(table, label, name, rows, keep, unlabelled)
    columns = columns.without(_columns_left_out(findings))
    if not columns.names:
        evidence = "; ".join(f"{one.column} ({one.evidence})" for one in findings if one.left_out and one.column)
        constant = all(one.kind == "constant" for one in findings if one.left_out)
        hint = "Dê uma coluna que varie" if constant else "Use --keep COLUNA, se era sabida antes do fato"
        raise InputError("Nenhuma coluna serve para aprender", value=evidence, hint=hint)
    resampled = find_resampled_rows(columns, target, _is_binary(label), _row_names(table, rows, findings))
    groups = resampled.groups if entity is None else entity
    weight = np.where(resampled.copies | resampled.synthetic, 0.0, 1.0)
    if not weight.all():
        findings = _confirmed_without_copies(
            findings, _find_leaks(table, label, name, rows[weight > 0], keep, unlabelled)[0]
        )
        columns = table.columns.take(rows).without(_columns_left_out(findings))
    classes, half_life = label.task != REGRESSION, np.inf
    kfold = repeated_kfold(target, groups, seed, classes)
    max_members = 1 if max(table.count, 0 if unlabelled is None else unlabelled.count) > MAX_IN_MEMORY else None
    plan = ValidationPlan(kfold, max_members=max_members)
    validation = f"validação cruzada: {len(kfold)} vez(es) {len(kfold[0])} partes"
    repeats = [] if times is None or label.task == SURVIVAL else _forward_chaining(times, groups, label, target)
    if times is not None and label.task != SURVIVAL and not repeats:
        validation += ", pois nenhum tempo tem linhas bastantes antes e depois"
    if times is not None and repeats:
        validation = f"cada bloco do tempo previsto só pelos anteriores, {len(repeats[0])} blocos"
        if _is_binary(label) or not classes:
            scaled = target if classes else (target - target.mean()) / (target.std() or 1.0)
            weight, half_life = fit_time_decay(columns, scaled, weight, times, repeats[0], Objective(binary=classes))
            if np.isfinite(half_life):
                validation += (
                    f"; o peso de uma linha cai à metade a cada {format_percent(half_life, 0)} do tempo coberto"
                )
        plan = ValidationPlan(repeats, kfold[0], stationary=not np.isfinite(half_life), max_members=max_members)
    return TrainingSet(
        columns, target, label, times, table.position[rows], weight, groups, plan,
        (*findings, *_row_findings(resampled, entity is None)), validation, sampling,
    )  # fmt: skip


def _find_leaks(
    table: Labelled, label: Label, name: str, rows: Integers, keep: Collection[str], unlabelled: Unlabelled | None
) -> tuple[list[LeakFinding], Integers | None]:
    """Leakage findings on some rows."""
    target = label.numbers[rows]
    survival = label.task == SURVIVAL
    return find_leaks(
        LeakContext(
            table.columns.take(rows), target if _is_binary(label) else _binarised(target, label), name, label.known,
            _missing_values(table.columns), None if survival or table.period_end is None else table.period_end[rows],
            table.position[rows], _SUSPICIOUS_AUC.get(label.task, SUSPICIOUS_AUC),
            None if unlabelled is None else unlabelled.columns,
            table.time[rows] if survival and table.time is not None else None,
            target if label.task == REGRESSION else None,
        ),
        keep,
    )  # fmt: skip


def _columns_left_out(findings: Collection[LeakFinding]) -> frozenset[str]:
    return frozenset(one.column for one in findings if one.left_out and one.column)


def _confirmed_without_copies(
    findings: Collection[LeakFinding], without_copies: Collection[LeakFinding]
) -> list[LeakFinding]:
    """Findings without those due to copied or synthetic rows only: oversampling one class makes a rare exception
    vanish, and a value look like one class."""
    confirmed = _columns_left_out(without_copies)
    return [one for one in findings if one.kind != "knows_outcome" or not one.left_out or one.column in confirmed]


def _row_names(table: Labelled, rows: Integers, findings: Collection[LeakFinding]) -> Columns:
    """What names rows: the key, nearly unique times, and columns left out as identifiers or entities."""
    columns = {one.column for one in findings if one.left_out and one.kind in ("identifier", "entity")}
    keys = {} if table.ids is None else {_KEY: table.ids[rows]}
    mostly_unique = table.time is not None and len(np.unique(table.time[rows])) >= _MIN_UNIQUE_TIMES * len(rows)
    times = {_TIME: table.time[rows]} if mostly_unique and table.time is not None else {}
    return table.columns.without(frozenset(table.columns.names) - columns).take(rows).beside(Columns(times, keys))


def _row_hashes(table: Labelled, label: Label, rows: Integers) -> Floats:
    """Hashes of all that is known of the rows, for their order."""
    keys = {} if table.ids is None else {"": table.ids}
    times = [] if table.time is None else [table.time]
    return row_hashes(Columns(table.columns.numbers, table.columns.words | keys), label.numbers, *times)[rows]


def _check_enough_rows(label: Label, labelled: Flags) -> None:
    if labelled.sum() < MIN_ROWS:
        raise InputError(
            "Poucas linhas com rótulo", value=int(labelled.sum()), hint=f"São precisas ao menos {MIN_ROWS}"
        )
    if label.task != REGRESSION:
        # Of lifetimes only the fact must have come to some: it may have come to all.
        numbers, fewest_classes = label.numbers[labelled], 1 if label.task == SURVIVAL else 2
        classes = np.ones(1) if label.task == SURVIVAL else np.unique(numbers)
        counts = np.array([(numbers == code).sum() for code in classes])
        if len(classes) < fewest_classes or counts.min() < MIN_ROWS_PER_CLASS:
            raise InputError(
                "Poucas linhas de uma das classes",
                value=_class_and_count(label, float(classes[counts.argmin()]), counts.min()),
                hint=f"São precisas ao menos {MIN_ROWS_PER_CLASS}; junte a classe a outra ou tire suas linhas",
            )  # fmt: skip


def _forward_chaining(times: Floats, groups: Integers, label: Label, target: Floats) -> list[list[Split]]:
    """Forward-chaining splits with enough training rows; none where too few rows would be measured."""

    def enough(rows: Flags) -> bool:
        if rows.sum() < MIN_ROWS:
            return False
        return (
            label.task == REGRESSION
            or min(int((target[rows] == code).sum()) for code in np.unique(target)) >= MIN_ROWS_PER_CLASS
        )

    repeats = forward_chaining(times, groups, enough)
    measured = sum(len(split.test) for split in repeats[0] if not split.backward) if repeats else 0
    return repeats if measured >= MIN_ROWS else []


def _class_and_count(label: Label, code: float, rows: int) -> str:
    if label.positive is None:
        name = label.classes[int(code)]
    else:
        name = label.positive if code else " ou ".join(one for one in label.classes if one != label.positive)
    return f"{name} ({rows})"


def _check_times(times: Floats, label: Label) -> None:
    if label.task == SURVIVAL and times.min() < 0:
        raise InputError("Há durações negativas", value=format_number(times.min(), 2), hint="Confira a coluna")
    if times.min() == times.max():
        raise InputError("O tempo é o mesmo em todas as linhas", value="--time", hint="Dê outra coluna")


def _is_binary(label: Label) -> bool:
    return label.task == SURVIVAL or (label.task == CLASSIFICATION and label.positive is not None)


def _binarised(target: Floats, label: Label) -> Floats:
    """The binary target of univariate checks: above the median, or the commonest class."""
    if label.task == REGRESSION:
        return np.asarray(target > np.median(target), dtype=float)
    classes, counts = np.unique(target, return_counts=True)
    return np.asarray(target == classes[counts.argmax()], dtype=float)


def _missing_values(columns: Columns) -> dict[str, Flags]:
    missing: dict[str, Flags] = {name: ~np.isfinite(values) for name, values in columns.numbers.items()}
    missing |= {name: np.array([text is None for text in texts], bool) for name, texts in columns.words.items()}
    return missing


def _row_findings(resampled: ResampledRows, grouped: bool) -> list[LeakFinding]:
    findings = []
    if resampled.equal_rows and grouped:
        count = format_number(resampled.equal_rows)
        evidence = f"{count} linhas se repetem; as iguais ficam sempre do mesmo lado da validação"
        findings.append(LeakFinding(kind="duplicate_rows", column=None, left_out=False, evidence=evidence))
    if resampled.near_duplicates and grouped:
        count = format_number(resampled.near_duplicates)
        evidence = f"{count} linhas são quase iguais a outra; ficam do mesmo lado da validação"
        findings.append(LeakFinding(kind="near_duplicates", column=None, left_out=False, evidence=evidence))
    if copies := int(resampled.copies.sum()):
        evidence = (
            f"{format_number(copies)} cópias de uma só classe: a tabela foi reamostrada; cada linha ensina uma vez"
        )
        findings.append(LeakFinding(kind="oversampled_copies", column=None, left_out=True, evidence=evidence))
    if synthetic := int(resampled.synthetic.sum()):
        evidence = f"{format_number(synthetic)} linhas exatamente entre duas vizinhas (SMOTE): não ensinam nem medem"
        findings.append(LeakFinding(kind="synthetic_rows", column=None, left_out=True, evidence=evidence))
    return findings
