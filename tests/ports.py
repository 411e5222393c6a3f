"""Ports for servers that tests start: none that another worker, another run or an outgoing connection would take."""

import itertools
import os
import socket

# Below what Linux gives to outgoing connections (32768 and up): nobody takes one by chance before the server binds it.
FIRST, LAST, OF_A_WORKER = 18_000, 32_000, 100
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_BLOCKS = (LAST - FIRST) // OF_A_WORKER
_BLOCK = (os.getppid() + _WORKER) % _BLOCKS  # workers of one run have one parent: their blocks follow one another
_taken = itertools.cycle(range(FIRST + _BLOCK * OF_A_WORKER, FIRST + (_BLOCK + 1) * OF_A_WORKER))


def free_port() -> int:
    """A port of this worker's own block that nobody listens at; the next call gives another one."""
    for port in itertools.islice(_taken, OF_A_WORKER):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError(f"no port of {OF_A_WORKER} is free")
