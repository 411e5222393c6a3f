"""The files a message carries by number, read as it is sent: a queue of messages stays small."""

from collections.abc import Iterable
from typing import NamedTuple

from b2shift.web.watch.models import Edition
from b2shift.web.watch.reports import MEDIA


class Attachment(NamedTuple):
    """A file of a mail."""

    name: str
    media: str
    content: bytes


def attachments_of(keys: Iterable[int]) -> list[Attachment]:
    """The editions of these numbers, in their order; those that are gone are left out."""
    found = {one.pk: one for one in Edition.objects.filter(pk__in=list(keys))}
    editions = (found[key] for key in keys if key in found)
    return [Attachment(one.name, MEDIA[one.format], bytes(one.content)) for one in editions]
