"""Our own command line, begun from a page: a process of its own that outlives the request."""

import subprocess
import sys

from django.conf import settings


def begin(*words: str) -> None:
    """Start `b2shift WORDS` on the home of these pages; what it says goes nowhere, what it does is in the home."""
    subprocess.Popen(  # noqa: S603  # our own command with our own arguments
        [sys.executable, "-m", "b2shift.cli", *words, "--home", str(settings.HOME)],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
