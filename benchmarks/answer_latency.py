"""How long answers take on a home: one process, warm, in milliseconds per question.

python -m benchmarks.answer_latency HOME [ROUNDS]
"""

import json
import sys
import time
from pathlib import Path

from b2shift.insight.api import answer_query, plan_question, prepare
from b2shift.lake.api import open_lake
from b2shift.metrics.api import Scope

QUESTIONS = (
    "Qual o MRR?",
    "MRR por segmento no mês passado",
    "MRR por segmento mês a mês nos últimos 12 meses",
    "churn por região no trimestre passado",
    "NRR por porte",
    "NPS por estado nos últimos 3 meses",
    "top 10 estados por MRR",
    "chamados por segmento no mês passado",
    "clientes com MRR acima de 5 mil e health score menor que 50",
    "ticket médio por porte",
    "valor em atraso por região",
    "MRR em risco por cluster",
    "novos clientes por segmento no ano passado",
    "expansão de receita por vendedor no trimestre passado",
    "quanto o varejo representa no MRR?",
    "Compare Sul e Nordeste em MRR e ticket médio",
)


def main() -> None:
    """Ask every question `ROUNDS` times and print the distribution."""
    lake, rounds = open_lake(Path(sys.argv[1])), int(sys.argv[2]) if len(sys.argv) > 2 else 3
    day = lake.manifest.as_of
    prepare(day)
    spent: list[tuple[float, str]] = []
    for number in range(rounds + 1):
        for question in QUESTIONS:
            started = time.perf_counter()
            query = plan_question(question, day).query
            assert query is not None, question
            answer_query(lake, query, Scope())
            if number:  # the first round warms the engine's cache of Parquet metadata
                spent.append(((time.perf_counter() - started) * 1000, question))
    spent.sort()
    told = {f"p{share}": round(spent[min(len(spent) - 1, len(spent) * share // 100)][0], 1) for share in (50, 90, 95)}
    slowest = {question: round(most, 1) for most, question in spent[-5:]}
    print(json.dumps({"questions": len(spent), **told, "slowest": slowest}, ensure_ascii=False, indent=2))


if __name__ == "__main__":
    main()
