"""The files a message carries by number, read as it is sent: a queue of messages stays small."""

from collections.abc import Iterable
from typing import NamedTuple

from b2shift.web.watch.models import Edition
from b2shift.web.watch.reports import MEDIA


class Attached(NamedTuple):
    """A file of a mail."""

    name: str
    media: str
    content: bytes


def attached(keys: Iterable[int]) -> list[Attached]:
    """The editions of these numbers, in their order; those that are gone are left out."""
    found = {one.pk: one for one in Edition.objects.filter(pk__in=list(keys))}
    told = (found[key] for key in keys if key in found)
    return [Attached(one.name, MEDIA[one.format], bytes(one.content)) for one in told]
