"""The answer to a review pair, given as one of three options."""

from typing import TYPE_CHECKING, Annotated

import typer

from b2shift.kernel.errors import InputError

if TYPE_CHECKING:
    from b2shift.identify.contracts import Answer

Undo = Annotated[bool, typer.Option("--undo", help="Desfaz a decisão.")]


def answer_of(pair: str, *, accept: bool, reject: bool, undo: bool) -> "Answer":
    """The answer to a pair; InputError when none or several options are given."""
    from b2shift.identify.contracts import Answer

    if accept + reject + undo != 1:
        raise InputError("Escolha uma resposta", value=pair, hint="--accept, --reject ou --undo")
    return Answer.ACCEPTED if accept else Answer.REJECTED if reject else Answer.OPEN
