"""The comments of a proposed declaration: made of what was found, in Portuguese or as they are translated."""

from b2shift.identify.api import SourceProposal, source_yaml
from b2shift.identify.wizard.mapping import Evidence
from b2shift.identify.wizard.proposal import ColumnProposal

ENGLISH = {
    "nome %r": "name %r",
    "datas": "dates",
    "números": "numbers",
    "também serve %r": "%r fits too",
    "confiança baixa": "low confidence",
    "Atenção: %s": "Attention: %s",
    "Em dúvida, fora: %s → %s? (%s)": "In doubt, left out: %s → %s? (%s)",
}
MONTH = ColumnProposal(header="Month; 50%", to="month", confidence=0.97, evidence=Evidence("datas", named="Month; 50%"))
PROPOSAL = SourceProposal(
    source="mrr",
    file="mrr.csv",
    table="monthly_revenue",
    evidence=("separador ','",),
    seen=(),
    mapped=(MONTH,),
    doubts=(
        MONTH.model_copy(update={"header": "Cost", "evidence": Evidence("números", rival="Value")}),
        MONTH.model_copy(update={"header": "Plan", "evidence": Evidence("números", weak=True)}),
    ),
    unmapped=(),
    warnings=("Os dias não dizem",),
    declaration={"source": "mrr"},
)


def test_comments_are_portuguese_unless_translated() -> None:
    assert source_yaml(PROPOSAL, "Declarada por Ana") == (
        "# Declarada por Ana\n"
        "# separador ','\n"
        "# Atenção: Os dias não dizem\n"
        "# 97% Month; 50% → month: nome 'Month; 50%'; datas\n"
        "# Em dúvida, fora: Cost → month? (números; também serve 'Value')\n"
        "# Em dúvida, fora: Plan → month? (números; confiança baixa)\n"
        "source: mrr\n"
    )
    assert source_yaml(PROPOSAL, "Declared by Ana", lambda text: ENGLISH.get(text, text)) == (
        "# Declared by Ana\n"
        "# separador ','\n"
        "# Attention: Os dias não dizem\n"
        "# 97% Month; 50% → month: name 'Month; 50%'; dates\n"
        "# In doubt, left out: Cost → month? (numbers; 'Value' fits too)\n"
        "# In doubt, left out: Plan → month? (numbers; low confidence)\n"
        "source: mrr\n"
    )


def test_programs_read_the_evidence_in_words() -> None:
    assert MONTH.model_dump(mode="json")["evidence"] == "nome 'Month; 50%'; datas"
