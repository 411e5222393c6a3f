"""A request to end, kept until it is heard: an interruption that is raised inside a library's own code may be lost."""

import threading

_ASKED = threading.Event()


def ask() -> None:
    """End as soon as `heed` is called, whatever became of the interruption."""
    _ASKED.set()


def forget() -> None:
    """Nothing was asked, or it was heard."""
    _ASKED.clear()


def heed() -> None:
    """KeyboardInterrupt when somebody asked to end; called where a step begins and before anything is kept."""
    if _ASKED.is_set():
        raise KeyboardInterrupt
