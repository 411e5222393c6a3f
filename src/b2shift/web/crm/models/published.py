"""What every published row carries."""

from django.db import models


class Published(models.Model):
    """A row copied from the lake; `row_hash` tells whether the lake's row changed since."""

    row_hash = models.CharField(max_length=16, editable=False, default="")

    class Meta:
        abstract = True
