"""The rows of the list as HTML, built in one go: fifty rows of nine cells are too many for a template's loops."""

from collections.abc import Sequence

from django.utils.safestring import SafeString

from b2shift.web.console.customers.columns import ListColumn
from b2shift.web.console.formats import NOTHING
from b2shift.web.console.markup import escaped, html
from b2shift.web.crm.models import Customer


def rows_html(customers: Sequence[Customer], columns: Sequence[ListColumn]) -> SafeString:
    """One row a customer: the name as its heading, then a cell a column with its label for narrow screens."""
    name, *rest = columns
    opening = [(_opening(column), _opening(column, " data-none")) for column in rest]
    rows = []
    for customer in customers:
        rendered = [column.cell(customer) for column in rest]
        cells = "".join(
            f"{none if cell == NOTHING else start}{escaped(cell)}</td>"
            for (start, none), cell in zip(opening, rendered, strict=True)
        )
        rows.append(f'<tr data-row><th scope="row">{escaped(name.cell(customer))}</th>{cells}</tr>')
    return SafeString("".join(rows))


def _opening(column: ListColumn, none: str = "") -> str:
    """Of a cell that says nothing too: a narrow screen leaves it out."""
    align = SafeString(' class="num"' if column.numeric else "")
    return html('<td{}{} data-label="{}">', align, SafeString(none), column.label)
