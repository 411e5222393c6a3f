"""Figures that an institute serves at an address: brought into the run's scratch space, then read like any file."""

import hashlib
import urllib.request
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path
from typing import NamedTuple

from b2shift.identify.external.declaration import Indicator
from b2shift.identify.sources.delivery import Delivered
from b2shift.kernel.errors import SourceError

_PATIENCE_SECONDS, _CHUNK, _LARGEST = 60, 1024 * 1024, 2 * 1024**3


class Answered(NamedTuple):
    """What the address of an indicator gave: a file, or why there is none."""

    indicator: Indicator
    file: Delivered | None
    why: str = ""


def answers(declared: tuple[Indicator, ...], scratch: Path) -> Iterator[Answered]:
    """Each indicator that names an address, asked once; nothing is raised for one that does not answer."""
    for one in declared:
        if one.url:
            try:
                yield Answered(one, _fetched(one, scratch / "addresses"))
            except SourceError as error:
                yield Answered(one, None, str(error))


def _fetched(one: Indicator, folder: Path) -> Delivered:
    folder.mkdir(parents=True, exist_ok=True)
    target, digest, size = folder / f"{one.indicator}.csv", hashlib.sha256(), 0
    try:
        asked = urllib.request.Request(one.url, headers={"Accept": "text/csv, */*"})  # noqa: S310 - http(s) by declaration
        with urllib.request.urlopen(asked, timeout=_PATIENCE_SECONDS) as answer, target.open("wb") as out:  # noqa: S310
            while chunk := answer.read(_CHUNK):
                size += len(chunk)
                if size > _LARGEST:
                    raise SourceError("O endereço do indicador não para de mandar", value=one.url, hint="Confira-o")
                digest.update(chunk)
                out.write(chunk)
    except (OSError, HTTPException, ValueError) as error:
        raise SourceError("O endereço do indicador não respondeu", value=one.url, hint=str(error)) from error
    return Delivered(target.name, size, digest.hexdigest(), target)
