"""What peers do with the eleven telemetry files: read them all, concatenate, group by customer. Runs with any pandas.

`all` reads every column, as the published notebooks do; `used` reads only the columns the answer needs.
"""

import sys
from pathlib import Path

import pandas as pd

USED = ["clienteid", "eventduration", "moduloid", "referencedatestart", "statuslicenca"]


def aggregate(drop: Path, columns: list[str] | None) -> pd.DataFrame:
    """One row per customer: events, duration, median, modules, days, share denied."""
    frames = [
        pd.read_csv(path, usecols=columns, encoding_errors="replace", on_bad_lines="skip", low_memory=False)
        for path in sorted(drop.glob("telemetria_*.csv"))
    ]
    events = pd.concat(frames, ignore_index=True)
    del frames
    events["eventduration"] = pd.to_numeric(events["eventduration"], errors="coerce")
    events = events.dropna(subset=["eventduration"])
    events["customer"] = events["clienteid"].str.strip().str.upper().str[:-2]
    events["denied"] = events["statuslicenca"].eq("Negado")
    return events.groupby("customer").agg(
        events=("eventduration", "size"),
        duration=("eventduration", "sum"),
        median=("eventduration", "median"),
        modules=("moduloid", "nunique"),
        days=("referencedatestart", "nunique"),
        denied=("denied", "mean"),
    )


if __name__ == "__main__":
    found = aggregate(Path(sys.argv[1]), USED if sys.argv[2] == "used" else None)
    print(len(found), int(found["events"].sum()))
