"""What a person should check of a sample before it is loaded, pt-BR."""

from b2shift.identify.cleansing.named_months import named_month
from b2shift.identify.sources.grouped_header import BETWEEN
from b2shift.identify.wizard.header_names import concepts
from b2shift.identify.wizard.mapping import TableMapping
from b2shift.identify.wizard.sample import Sample


def warn_of_short_years(header: str, values: list[str], warnings: list[str]) -> None:
    """Warn of months whose year may be a day: the first of them, as it is read."""
    text = next((v.strip() for v in values if (found := named_month(v)) and found.may_be_day), "")
    if found := named_month(text):
        warnings.append(f"{header}: {text} pode ser um dia ou o ano {found.year}; ficou o ano, confira")


def warn_of_groups(sample: Sample, warnings: list[str]) -> None:
    """Warn of a header of two rows."""
    if sample.grouped:
        one = next(header for header in sample.header if BETWEEN in header)
        warnings.append(f"O cabeçalho tem duas linhas; cada coluna tem o nome do grupo e o seu: {one}")


def warn_of_currencies(sample: Sample, mapping: TableMapping, warnings: list[str]) -> None:
    """Warn of amounts in several currencies."""
    for position, header in enumerate(sample.header):
        if concepts(header) & {"currency", "moeda"} and mapping.summaries[position].distinct > 1:
            currencies = ", ".join(sorted(set(sample.values(position)) - {""})[:8])
            warnings.append(f"Os valores têm moedas diferentes ({header}: {currencies}); nenhuma é convertida")
