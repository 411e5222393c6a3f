"""The star in PostgreSQL: tables that hold it, and documented views that people read."""

from b2shift.lake.api import literal
from b2shift.metrics.dictionary import load_dictionary
from b2shift.metrics.star.recipes import is_of_today, month_sql, recipes
from b2shift.metrics.star.tables import star_tables

SCHEMA = "b2shift_star"
KINDS = {"text": "text", "whole": "integer", "number": "numeric", "day": "date", "yes_no": "boolean"}


def table_statements() -> list[str]:
    """Statements that make the tables anew, empty; views of before go with them."""
    out = [f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"]
    for table in star_tables().values():
        columns = ", ".join(f"{column.name} {KINDS[column.kind]}" for column in table.columns)
        out.append(f"DROP TABLE IF EXISTS {SCHEMA}.{table.name}_rows CASCADE")
        out.append(f"CREATE TABLE {SCHEMA}.{table.name}_rows ({columns}, PRIMARY KEY ({', '.join(table.key)}))")
    return out


def view_statements() -> list[str]:
    """Statements that make the views over filled tables, with what each column means."""
    out = []
    for table in star_tables().values():
        view = f"{SCHEMA}.{table.name}"
        columns = ", ".join(column.name for column in table.columns)
        out.append(f"CREATE VIEW {view} AS SELECT {columns} FROM {view}_rows")
        out.append(f"COMMENT ON VIEW {view} IS {literal(table.about)}")
        out += [f"COMMENT ON COLUMN {view}.{c.name} IS {literal(c.description)}" for c in table.columns]
    return [*out, *_monthly()]


def monthly_sql(facts: str, today: str) -> tuple[str, str]:
    """Every metric by month, and every metric of today, over tables of these names."""
    known = list(recipes())
    months = [name for name in known if not is_of_today(name)]
    now = [name for name in known if is_of_today(name) and recipes()[name].formula is None]
    by_month = " UNION ALL ".join(
        f"SELECT month, '{name}' AS metric, {month_sql(name)} AS value FROM {facts} GROUP BY month" for name in months
    )
    by_now = " UNION ALL ".join(f"SELECT '{name}' AS metric, {month_sql(name)} AS value FROM {today}" for name in now)
    return by_month, by_now


def _monthly() -> list[str]:
    by_month, by_now = monthly_sql(f"{SCHEMA}.facts_rows", f"{SCHEMA}.today_rows")
    version = load_dictionary().version
    return [
        f"CREATE VIEW {SCHEMA}.metric_months AS {by_month}",
        f"COMMENT ON VIEW {SCHEMA}.metric_months IS {literal(f'Cada métrica em cada mês, dicionário {version}.')}",
        f"CREATE VIEW {SCHEMA}.metric_today AS {by_now}",
        f"COMMENT ON VIEW {SCHEMA}.metric_today IS {literal('As métricas que só têm o valor de hoje.')}",
    ]


def script() -> str:
    """All of it as one file; the rows come between, by COPY."""
    statements = [*table_statements(), "-- as linhas entram aqui, por COPY", *view_statements()]
    return (
        ";\n".join(statements).replace("-- as linhas entram aqui, por COPY;", "-- as linhas entram aqui, por COPY")
        + ";\n"
    )
