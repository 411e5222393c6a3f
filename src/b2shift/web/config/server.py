"""The web server the product brings along: gunicorn with threads, told in code."""

import os
import socket
import sys
from typing import Any

from django.db import connections

from b2shift.kernel.errors import StateError


def refuse_taken_port(host: str, port: int) -> None:
    """Raise StateError when something already listens there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise StateError(
                "Não é possível escutar neste endereço",
                value=f"{host}:{port}",
                hint=f"{error.strerror}. Encerre o que o usa, ou escolha outra porta com --port",
            ) from error


def _warm(_worker: object) -> None:
    from b2shift.web.config import warming  # only in a worker, where Django is set up

    warming.start()


def _leave(_server: object, worker: Any) -> None:
    """End a worker that has answered its last request without taking the interpreter down piece by piece.

    The engine, imported before the fork, would otherwise bring it down by a signal (DuckDB 1.5: threads that only the
    first process has, and threads still at work). One that never started keeps its own exit code.
    """
    if worker.booted:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)


def run(host: str, port: int, workers: int) -> None:
    """Serve until a signal stops it."""
    from gunicorn.app.base import BaseApplication  # only here: importing it patches nothing, but costs time

    class Server(BaseApplication):
        def load_config(self) -> None:
            shown = f"[{host}]" if ":" in host else host
            options = {
                "bind": f"{shown}:{port}",
                "workers": workers,
                "worker_class": "gthread",
                "threads": 4,
                "timeout": 60,
                "graceful_timeout": 10,
                "max_requests": 20_000,
                "max_requests_jitter": 2_000,
                "loglevel": "warning",
                "proc_name": "b2shift",
            }
            self.cfg.set("post_worker_init", _warm)
            self.cfg.set("worker_exit", _leave)
            for name, value in options.items():
                self.cfg.set(name, value)

        def load(self) -> Any:
            from b2shift.web.config.wsgi import application

            return application

    from b2shift.web.crm import lake  # only here: importing models wants Django to be set up

    connections.close_all()  # a connection must not be shared with the workers about to be forked
    lake.close()  # nor a reader that publishing has left open
    Server().run()
