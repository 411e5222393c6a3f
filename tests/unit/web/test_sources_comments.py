"""What the wizard writes on top of a declaration is told in the language of the page; the file stays as it is."""

import pytest
from django.utils.translation import override

from b2shift.web.console.sources.comments import told

TEXT = """\
# Declarada na página por ana@empresa.example em 2026-11-28
# separador ',': 6 vezes no cabeçalho
# 97% Month → month: nome 'Month'; datas; sempre preenchida; 12 valores diferentes
# Em dúvida, fora: Plan → product? (nome 'Plan'; categorias; sempre preenchida; 3 valores diferentes; confiança baixa)
# Em dúvida, fora: Cost → mrr? (nome 'Cost'; números; 33% preenchida; nenhum valor se repete; também serve 'Value')
# escrito por alguém da casa
source: mrr
description: nome 'Month'; datas
"""
ENGLISH = """\
# Declared on the page by ana@empresa.example on 2026-11-28
# separator ',': 6 times in the header
# 97% Month → month: name 'Month'; dates; always filled; 12 different values
# In doubt, left out: Plan → product? (name 'Plan'; categories; always filled; 3 different values; low confidence)
# In doubt, left out: Cost → mrr? (name 'Cost'; numbers; 33% filled; no value repeats; 'Value' fits too)
# escrito por alguém da casa
source: mrr
description: nome 'Month'; datas
"""


@pytest.mark.parametrize(("language", "shown"), [("pt-br", TEXT), ("en", ENGLISH)])
def test_comments_are_told_in_the_language_of_the_page(language: str, shown: str) -> None:
    with override(language):
        assert told(TEXT) == shown
