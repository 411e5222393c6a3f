"""Download external figures from the URLs of indicators into the scratch folder of the run."""

import hashlib
import urllib.request
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path
from typing import NamedTuple

from b2shift.identify.external.declaration import Indicator
from b2shift.identify.sources.delivery import Delivered
from b2shift.kernel.errors import SourceError

_TIMEOUT_SECONDS, _CHUNK, _LARGEST = 60, 1024 * 1024, 2 * 1024**3


class Download(NamedTuple):
    """The download of an indicator: a file, or the reason there is none."""

    indicator: Indicator
    file: Delivered | None
    why: str = ""


def downloads(declared: tuple[Indicator, ...], scratch: Path) -> Iterator[Download]:
    """One attempt per indicator with a URL; failures are returned, not raised."""
    for one in declared:
        if one.url:
            try:
                yield Download(one, _fetch(one, scratch / "addresses"))
            except SourceError as error:
                yield Download(one, None, str(error))


def _fetch(one: Indicator, folder: Path) -> Delivered:
    folder.mkdir(parents=True, exist_ok=True)
    target, digest, size = folder / f"{one.indicator}.csv", hashlib.sha256(), 0
    try:
        request = urllib.request.Request(one.url, headers={"Accept": "text/csv, */*"})  # noqa: S310 - http(s) by declaration
        with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS) as response, target.open("wb") as out:  # noqa: S310
            while chunk := response.read(_CHUNK):
                size += len(chunk)
                if size > _LARGEST:
                    raise SourceError("O endereço do indicador não para de mandar", value=one.url, hint="Confira-o")
                digest.update(chunk)
                out.write(chunk)
    except (OSError, HTTPException, ValueError) as error:
        raise SourceError("O endereço do indicador não respondeu", value=one.url, hint=str(error)) from error
    return Delivered(target.name, size, digest.hexdigest(), target)
