"""One path for everything that goes wrong: a sentence on stderr and a documented exit code, never a traceback."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from b2shift.kernel.errors import B2ShiftError, StateError, StorageError

EXIT_CODES = {
    0: "tudo certo",
    1: "defeito do próprio B2Shift",
    2: "entrada que não pode ser usada (pasta, arquivo, opção, nome)",
    3: "estado que não deixa continuar (outra execução, lake vazio, disco cheio, registros travados)",
    4: "acesso negado",
    130: "interrompido com Ctrl-C; a versão anterior continua valendo",
}
_FULL = {errno.ENOSPC, errno.EFBIG, errno.EDQUOT, errno.EROFS, errno.EACCES}


@contextmanager
def translated() -> Iterator[None]:
    """Turn the machine's refusals (disk, memory, locked records) into errors that say what to do."""
    try:
        yield
    except B2ShiftError:
        raise
    except duckdb.OutOfMemoryException as error:
        raise StateError("Not enough memory", value=_first(error), hint="Close other programs and run again") from error
    except (duckdb.IOException, OSError, MemoryError) as error:
        if isinstance(error, OSError) and error.errno not in _FULL:
            raise
        raise StorageError(
            "The disk or the memory refused", value=_first(error), hint="Free some space; the previous version serves"
        ) from error
    except Exception as error:
        if _locked(error):
            raise StateError(
                "The records are locked by another program",
                value=_first(error),
                hint="Close what uses them, then run `b2shift publish`",
            ) from error
        raise


def _locked(error: BaseException) -> bool:
    """A database that does not let us in, by itself or under the name Django gives it."""
    chain: BaseException | None = error
    while chain is not None:
        if isinstance(chain, sqlite3.OperationalError) and any(w in str(chain) for w in ("locked", "busy", "readonly")):
            return True
        chain = chain.__cause__ or chain.__context__
    return False


def _first(error: BaseException) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
