"""Small files as the institutes write them: preambles, notes, codes, dashes for zero, dots for what nobody knows."""

SIDRA_WIDE = (
    '"Tabela 6579 - População residente estimada"\n"Variável - População residente estimada (Pessoas)"\n'
    '"Município";"Ano"\n"Município";"2023";"2024"\n"Vitória (ES)";"322869";"342.800"\n'
    '"São Paulo (SP)";"...";"11895578"\n'
    '"Serra (ES)";"-";"X"\n"Fonte: IBGE - Estimativas de População"\n"Legenda"\n'
)
SIDRA_FLAT = (
    '"Município (Código)","Município","Ano","Classificação Nacional de Atividades Econômicas (CNAE 2.0)","Valor"\n'
    '"3205309","Vitória (ES)","2022","56.11-2 Restaurantes e similares","812"\n'
    '"3205309","Vitória (ES)","2022","10.1 Fabricação de carnes","4"\n"3550308","São Paulo (SP)","2022","Total","9"\n'
)
SGS = '"data";"valor"\n"01/01/2024";"0,42"\n"01/01/2025";"0,16"\n"01/02/2025";"1,31"\n"01/12/2026";"9,99"\n'
DAILY = "data;valor\n02/01/2025;12.15\n31/01/2025;13,15\n03/02/2025;13.15\n"
PLACES = (
    "UF;Nome_UF;Código Município Completo;Nome_Município\n32;Espírito Santo;3205309;Vitória\n"
    "35;São Paulo;3550308;São Paulo\n"
)
CAGED = (
    "competênciamov;região;uf;município;seção;subclasse;saldomovimentação;salário\n"
    "202501;3;32;320530;I;5611201;1;1800,00\n202501;3;32;320530;I;5611201;1;1900,00\n202501;3;32;320530;C;1011201;-1;0\n"
    "202501;3;35;355030;C;1011201;1;0\n202501;3;99;999999;C;1011201;1;0\n"
)
