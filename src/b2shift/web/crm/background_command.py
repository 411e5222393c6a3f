"""Commands of the product started from a page as a detached process."""

import subprocess
import sys

from django.conf import settings


def start(*words: str) -> None:
    """Start `b2shift WORDS` on this home; its output is discarded."""
    subprocess.Popen(  # noqa: S603  # our own command with our own arguments
        [sys.executable, "-m", "b2shift.cli", *words, "--home", str(settings.HOME)],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
