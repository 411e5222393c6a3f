"""Options that several commands share."""

import os
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from b2shift.kernel.settings import home_from

DAY = ["%Y-%m-%d"]
"""How a day is written in an option."""
Home = Annotated[
    Path,
    typer.Option(
        help="Pasta onde o B2Shift guarda o lake e os registros (ou a variável B2SHIFT_HOME).",
        default_factory=lambda: home_from(os.environ),
        show_default="b2shift-home",
    ),
]
Version = Annotated[
    int | None, typer.Option(min=1, help="Versão guardada do lake (`b2shift lake versions`); sem ela, a atual.")
]
On = Annotated[
    datetime | None,
    typer.Option(
        "--on", formats=DAY, metavar="DATA", help="Como se via neste dia: a versão mais nova com dados até ele."
    ),
]
By = Annotated[str, typer.Option(help="Quem decide; fica no diário com a data.")]
Author = Annotated[str, typer.Option("--by", help="Quem decide; com ele, fica na auditoria.")]
AsJson = Annotated[bool, typer.Option("--json", help="Resultado em JSON na saída padrão.")]
Memory = Annotated[
    int,
    typer.Option(min=256, envvar="B2SHIFT_MEMORY_MB", help="Limite de memória do motor, em MB (ou B2SHIFT_MEMORY_MB)."),
]
Threads = Annotated[
    int, typer.Option(min=1, envvar="B2SHIFT_THREADS", help="Processadores que pode usar (ou B2SHIFT_THREADS).")
]
Seed = Annotated[
    int,
    typer.Option(min=0, max=2**31 - 1, help="Semente de tudo que é sorteado; a mesma semente dá o mesmo resultado."),
]
