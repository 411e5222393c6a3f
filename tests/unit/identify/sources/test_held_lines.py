"""How a line is known when it comes again."""

import duckdb
import pytest

from b2shift.identify.sources.held_lines import content_of

LINE = (
    "AREJO;SUPERMERCADO;Faixa 09 - De 300 M ate 500 M;DISTRIBUICAO & VAREJO - CORE;MODALIDADE TRADICIONAL;"
    "105;00 - Mensal;GRATUITO;MG;0,6253;2020-09-19\n"
)


def contents(*told: tuple[str, str]) -> int:
    """How many different contents lines of files of some forms have."""
    with duckdb.connect() as connection:
        rows = " UNION ALL ".join(f"SELECT {content_of('?', form)} AS content" for _, form in told)
        texts = [text for text, _ in told]
        return int(connection.execute(f"SELECT count(DISTINCT content) FROM ({rows})", texts).fetchall()[0][0])


@pytest.mark.parametrize(
    ("other", "form"),
    [
        (LINE.replace(" ate ", " Ate ").replace(";MG;", ";Mg;"), "csv"),  # one hash of the engine's for both
        (LINE.replace(";MG;", ";Mg;"), "csv"),
        (LINE, "jsonl"),
    ],
)
def test_another_line_and_a_line_of_another_form_have_another_content(other: str, form: str) -> None:
    assert contents((LINE, "csv"), (other, form)) == 2
    assert contents((LINE, "csv"), (LINE, "csv")) == 1
