"""Columns of delivered tables go back to headers of files."""

from pathlib import Path

from b2shift.identify.api import source_fields


def test_mapped_derived_and_collected_columns_have_their_headers(tmp_path: Path) -> None:
    found = source_fields(tmp_path)
    lines = found["contract_lines"]
    assert [(d.files, d.header) for d in lines["value"]] == [("dados_clientes.csv", "VL_TOTAL_CONTRATO")]
    assert [d.header for d in lines["revenue_line_group"]] == ["DS_LIN_REC"]
    answers = found["nps_answers"]
    assert "resposta_NPS" in {d.header for d in answers["class"]}
    assert "Nota_Custos" in {d.header for d in answers["drivers"]}
    assert {d.source for d in answers[""]} > {"nps_relacional", "nps_transacional_produto"}


def test_what_a_source_tells_beside_its_rows_goes_back_to_its_headers_too(tmp_path: Path) -> None:
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "notas.yaml").write_text(
        "{source: notas, description: d, files: notas.csv, grain: g, freshness: f, owner: o, "
        "columns: {Nota: {}, Cliente: {to: customer_id, kind: customer}, Valor: {to: amount, kind: decimal}}, "
        "also: {invoices: 'SELECT max_by(customer_id, _row) AS customer_id, sum(amount) AS amount, NULL AS paid_on "
        "FROM accepted GROUP BY Nota'}}",
        encoding="utf-8",
    )
    invoices = source_fields(tmp_path)["invoices"]
    told = {column: [d.header for d in invoices.get(column, ()) if d.source == "notas"] for column in invoices}
    assert (told["amount"], told["customer_id"], told["paid_on"]) == (["Valor"], ["Cliente"], [])


def test_rows_kept_as_delivered_go_back_to_their_file_too(tmp_path: Path) -> None:
    kept = source_fields(tmp_path)["raw_dados_clientes"]
    assert [(d.files, d.header) for d in kept["VL_TOTAL_CONTRATO"]] == [("dados_clientes.csv", "VL_TOTAL_CONTRATO")]
    assert [(d.files, d.owner != "") for d in kept[""]] == [("dados_clientes.csv", True)]
