"""What each role usually looks at, while a person has kept nothing of their own."""

from b2shift.web.accounts.roles import Role

USUAL: dict[Role, tuple[str, ...]] = {
    Role.EXECUTIVE: (
        "Evolução do MRR nos últimos 24 meses",
        "NRR mês a mês nos últimos 12 meses",
        "Por que o MRR mudou no mês passado?",
        "MRR em risco por região",
        "MRR por segmento",
        "Qual a previsão de MRR para os próximos 6 meses?",
    ),
    Role.MARKETING: (
        "clientes por cluster",
        "conversão das campanhas por segmento",
        "NPS por segmento nos últimos 3 meses",
        "novos clientes mês a mês nos últimos 12 meses",
    ),
    Role.ANALYST: (
        "Evolução do churn nos últimos 12 meses",
        "NPS mês a mês nos últimos 12 meses",
        "Existe relação entre uso e chamados?",
        "ticket médio por porte",
    ),
    Role.MANAGER: (
        "risco de churn por segmento",
        "pipeline de upsell por estado, os 10 maiores",
        "valor em atraso por estado",
        "horas de uso mês a mês nos últimos 12 meses",
    ),
    Role.EXECUTOR: (
        "MRR por segmento",
        "health score por segmento",
        "chamados mês a mês nos últimos 12 meses",
        "valor em atraso por estado",
    ),
}
