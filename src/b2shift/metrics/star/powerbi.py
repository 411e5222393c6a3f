"""The semantic model of the star for Power BI (`model.bim`, tabular JSON), made of the dictionary."""

import json
from typing import Any

from b2shift.metrics.dictionary import load_dictionary
from b2shift.metrics.star.recipes import dax, recipes
from b2shift.metrics.star.tables import StarColumn, StarTable, star_tables

KINDS = {"text": "string", "whole": "int64", "number": "double", "day": "dateTime", "yes_no": "boolean"}
FORMS = {
    "brl": "R$ #,0.00", "percent": "0.0\\%", "hours": "#,0.0", "count": "#,0", "ratio": "#,0.00", "points": "0.0",
    "score": "0.0",
}  # fmt: skip
FOLDER = '"C:\\b2shift\\estrela" meta [IsParameterQuery=true, Type="Text", IsParameterQueryRequired=true]'
RELATIONSHIPS = (
    ("facts", "customer_id", "customers"),
    ("facts", "month", "months"),
    ("today", "customer_id", "customers"),
)


def semantic_model() -> str:
    """The model as JSON, for Tabular Editor or a Power BI project; `Pasta` is the folder of the Parquet files."""
    tables = [_table(table) for table in star_tables().values()]
    tables.append(_measures())
    return json.dumps(
        {
            "name": "B2Shift",
            "compatibilityLevel": 1567,
            "model": {
                "culture": "pt-BR",
                "defaultPowerBIDataSourceVersion": "powerBI_V3",
                "sourceQueryCulture": "pt-BR",
                "tables": tables,
                "relationships": [_relationship(*one) for one in RELATIONSHIPS],
                "expressions": [
                    {
                        "name": "Pasta",
                        "kind": "m",
                        "expression": FOLDER,
                    }
                ],
                "annotations": [{"name": "B2Shift_Dictionary", "value": load_dictionary().version}],
            },
        },
        ensure_ascii=False,
        indent=2,
    )


def _table(table: StarTable) -> dict[str, Any]:
    steps = [
        "let",
        f'    Arquivo = Parquet.Document(File.Contents(Pasta & "\\{table.name}.parquet"))',
        "in",
        "    Arquivo",
    ]
    return {
        "name": table.label,
        "description": table.about,
        "isHidden": table.name in {"facts", "today"},
        "columns": [_column(table, column) for column in table.columns],
        "partitions": [{"name": table.name, "mode": "import", "source": {"type": "m", "expression": steps}}],
    }


def _column(table: StarTable, column: StarColumn) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "name": column.name,
        "dataType": KINDS[column.kind],
        "sourceColumn": column.name,
        "description": column.description,
        "summarizeBy": "none",
    }
    if column.kind == "day":
        entry["formatString"] = "dd/mm/yyyy"
    if table.key == (column.name,):
        entry["isKey"] = True
    return entry


def _measures() -> dict[str, Any]:
    """A table that only holds measures, as Power BI likes them."""
    known = load_dictionary().metrics
    return {
        "name": "Medidas",
        "description": "As métricas do dicionário.",
        "columns": [{"name": "Vazia", "dataType": "string", "sourceColumn": "Vazia", "isHidden": True}],
        "partitions": [
            {
                "name": "medidas",
                "mode": "import",
                "source": {"type": "m", "expression": ["#table(type table [Vazia = text], {})"]},
            }
        ],
        "measures": [
            {
                "name": known[name].label,
                "expression": dax(name),
                "description": known[name].definition,
                "formatString": FORMS[known[name].unit],
                "displayFolder": known[name].owner,
                "annotations": [{"name": "B2Shift_Metric", "value": name}],
            }
            for name in recipes()
        ],
    }


def _relationship(many: str, column: str, one: str) -> dict[str, Any]:
    tables = star_tables()
    return {
        "name": f"{many}_{one}",
        "fromTable": tables[many].label,
        "fromColumn": column,
        "toTable": tables[one].label,
        "toColumn": column,
        "crossFilteringBehavior": "oneDirection",
    }
