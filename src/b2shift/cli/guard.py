"""Error handling of the command line: one sentence on stderr and a documented exit code, never a traceback."""

import signal
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from b2shift.kernel import stopping
from b2shift.kernel.errors import FULL, REFUSED, B2ShiftError, StateError, StorageError

EXIT_CODES = {
    0: "tudo certo",
    1: "defeito do próprio B2Shift",
    2: "entrada que não pode ser usada (pasta, arquivo, opção, nome)",
    3: "estado que não deixa continuar (outra execução, lake vazio, disco cheio, registros travados)",
    4: "acesso negado",
    130: "interrompido com Ctrl-C ou por um pedido de término; o que já estava gravado continua valendo",
}
_MORE_SPACE = "Libere espaço e rode de novo; a versão anterior continua valendo"


@contextmanager
def translated() -> Iterator[None]:
    """Turn exceptions of the system (disk, memory, locked records) into errors with a remedy."""
    try:
        yield
    except B2ShiftError:
        raise
    except Exception as error:
        if _interrupted(error):
            raise KeyboardInterrupt from error
        translated_error = _translated(error)
        if translated_error is None:
            raise
        raise translated_error from error


@contextmanager
def stoppable() -> Iterator[None]:
    """Turn Ctrl-C and SIGTERM into a clean shutdown."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, _stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        stopping.forget()


def _stop(number: int, frame: FrameType | None) -> None:
    stopping.ask()
    raise KeyboardInterrupt


def _translated(error: Exception) -> B2ShiftError | None:
    import duckdb  # here: the engine need not be loaded to say how a command is used

    if isinstance(error, duckdb.OutOfMemoryException | MemoryError):
        hint = "Feche outros programas, ou dê mais com --memory, e rode de novo"
        return StateError("Memória insuficiente", value=_first(error), hint=hint)
    if (isinstance(error, OSError) and error.errno in FULL) or _records(error, "disk is full", "disk I/O error"):
        return StorageError("O disco está cheio", value=_first(error), hint=_MORE_SPACE)
    if (isinstance(error, OSError) and error.errno in REFUSED) or _records(error, "unable to open"):
        return StorageError("Sem permissão para ler ou escrever", value=_first(error), hint="Confira a pasta")
    if isinstance(error, duckdb.IOException):
        return StorageError("O disco recusou", value=_first(error), hint=_MORE_SPACE)
    if _records(error, "locked", "busy", "readonly"):
        hint = "Feche o que os usa e rode `b2shift publish`"
        return StateError("Os registros estão travados por outro programa", value=_first(error), hint=hint)
    return None


def _interrupted(error: BaseException) -> bool:
    """Whether the error is Ctrl-C during a statement of the engine, under another name."""
    return any(isinstance(one, KeyboardInterrupt) for one in _chain(error))


def _records(error: BaseException, *messages: str) -> bool:
    """Whether the database of the records said one of these, by itself or under the name Django gives it."""
    return any(
        isinstance(one, sqlite3.OperationalError) and any(words in str(one) for words in messages)
        for one in _chain(error)
    )


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _first(error: BaseException) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
