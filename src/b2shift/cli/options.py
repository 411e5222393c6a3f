"""Options that several commands share."""

import os
from pathlib import Path
from typing import Annotated

import typer

from b2shift.kernel.settings import home_from

Home = Annotated[
    Path,
    typer.Option(
        help="Pasta onde o B2Shift guarda o lake e os registros (ou a variável B2SHIFT_HOME).",
        default_factory=lambda: home_from(os.environ),
        show_default="b2shift-home",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Resultado em JSON na saída padrão.")]
Seed = Annotated[int, typer.Option(help="Semente de tudo que é sorteado; a mesma semente dá o mesmo resultado.")]
