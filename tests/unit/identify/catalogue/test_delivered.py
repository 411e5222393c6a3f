"""Columns of delivered tables go back to headers of files."""

from pathlib import Path

from b2shift.identify.api import delivered


def test_mapped_derived_and_collected_columns_have_their_headers(tmp_path: Path) -> None:
    found = delivered(tmp_path)
    lines = found["contract_lines"]
    assert [(d.files, d.header) for d in lines["value"]] == [("dados_clientes.csv", "VL_TOTAL_CONTRATO")]
    assert [d.header for d in lines["revenue_line_group"]] == ["DS_LIN_REC"]
    answers = found["nps_answers"]
    assert "resposta_NPS" in {d.header for d in answers["class"]}
    assert "Nota_Custos" in {d.header for d in answers["drivers"]}
    assert {d.source for d in answers[""]} > {"nps_relacional", "nps_transacional_produto"}
