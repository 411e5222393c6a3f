"""Exports of billing, help desk, surveys and use: in English as the wizard was developed on, in Portuguese as not."""

from datetime import date, timedelta
from typing import Any

from tests.unit.identify.wizard.exports import Export, cnpj, export, name

N = range(60)


def month(i: int, form: str) -> str:
    """The first day of a month of 2024 and 2025."""
    return date(2024 + i % 12 // 6, 1 + i % 6, 1).strftime(form)


def facts(i: int, form: str, comma: bool, words: dict[str, tuple[str, ...]]) -> dict[str, str]:
    """What the systems know of one company and month, by what it is."""

    def on(days: int) -> str:
        return (date(2024, 1, 3) + timedelta(days=5 * i + days)).strftime(form)

    def money(value: float) -> str:
        return f"{value:.2f}".replace(".", ",") if comma else f"{value:.2f}"

    status = words["invoice"][i % 3]
    return {
        "company": str(7000 + 13 * i), "name": name(i), "id": str(100 + i), "cnpj": cnpj(i), "month": month(i, form),
        "product": ("ERP", "CRM", "Folha")[i % 3], "mrr": money(200 + 3.5 * i), "seats": str(3 + i % 17),
        "value": money(5000 + 11.25 * i), "signed": on(0), "period": words["period"][i % 2],
        "contract": words["contract"][i % 2], "issued": on(1), "due": on(11),
        "paid": on(9) if i % 3 == 0 else "", "invoice": status, "hours": money(10 + 1.25 * i),
        "users": str(2 + i % 13), "days": str(12 + i % 15), "modules": str(12 + i % 9), "score": str(i % 11),
        "answered": on(4), "queue": words["queue"][i % 3], "priority": words["priority"][i % 3],
        "kind": words["kind"][i % 3], "state": words["state"][i % 2], "opened": on(2), "updated": on(6),
        "note": f"texto livre {i}",
    }  # fmt: skip


def _of(form: str, comma: bool, words: dict[str, tuple[str, ...]]) -> list[dict[str, str]]:
    return [facts(i, form, comma, words) for i in N]


def billing_and_help_desk() -> list[Export]:
    """Names as English systems write them."""
    told = _of("%Y-%m-%d", False, {
        "invoice": ("Paid", "Open", "Overdue"), "period": ("Monthly", "Yearly"), "contract": ("Active", "Cancelled"),
        "queue": ("Support", "Billing", "Onboarding"), "priority": ("Low", "High", "Urgent"),
        "kind": ("Question", "Problem", "Incident"), "state": ("Open", "Solved"),
    })  # fmt: skip
    return [
        export("accounts.csv", "companies", [
            ("Account ID", "company", "customer_id"), ("Account Name", "name", "name"), ("Tax ID", "cnpj", "cnpj"),
        ], told),
        export("subscriptions.csv", "contract_lines", [
            ("Account ID", "company", "customer_id"), ("Product Name", "product", "product"),
            ("Billing Period", "period", "periodicity"), ("Subscription Status", "contract", "situation"),
            ("Contract Value", "value", "value"), ("Start Date", "signed", "signed_on"), ("Notes", "note", None),
        ], told),
        export("mrr_by_month.csv", "revenue_monthly", [
            ("Account ID", "company", "customer_id"), ("Month", "month", "month"),
            ("Product Family", "product", "product_family"), ("MRR", "mrr", "mrr"),
            ("Seats", "seats", "licensed_users"),
        ], told),
        export("invoices.csv", "invoices", [
            ("Invoice Number", "id", "invoice_id"), ("Account ID", "company", "customer_id"),
            ("Issue Date", "issued", "issued_on"), ("Due Date", "due", "due_on"), ("Payment Date", "paid", "paid_on"),
            ("Amount", "value", "amount"), ("Status", "invoice", "status"),
        ], told),
        export("usage.csv", "usage_monthly", [
            ("Account ID", "company", "customer_id"), ("Month", "month", "month"), ("Usage Hours", "hours", "hours"),
            ("Active Users", "users", "active_users"), ("Active Days", "days", "active_days"),
            ("Modules Used", "modules", "modules_used"),
        ], told),
        export("nps_responses.csv", "nps_answers", [
            ("Account ID", "company", "customer_id"), ("Response Date", "answered", "answered_on"),
            ("NPS Score", "score", "score"), ("Comment", "note", None),
        ], told),
        export("tickets.csv", "tickets", [
            ("Ticket ID", "id", "ticket_id"), ("Account ID", "company", "customer_id"),
            ("Group", "queue", "group_name"),
            ("Type", "kind", "type"), ("Status", "state", "status"), ("Priority", "priority", "priority"),
            ("Created At", "opened", "created_on"), ("Updated At", "updated", "updated_on"), ("Subject", "note", None),
        ], told),
    ]  # fmt: skip


def erp_in_portuguese() -> list[Export]:
    """Names as a Brazilian company writes them, not looked at while the wizard was developed."""
    told = _of("%d/%m/%Y", True, {
        "invoice": ("Quitado", "Em aberto", "Em atraso"), "period": ("Mensal", "Anual"),
        "contract": ("Vigente", "Encerrado"), "queue": ("Financeiro", "Suporte N1", "Implantação"),
        "priority": ("Baixa", "Alta", "Crítica"), "kind": ("Dúvida", "Erro", "Melhoria"),
        "state": ("Em andamento", "Concluído"),
    })  # fmt: skip
    form: dict[str, Any] = {"separator": ";", "encoding": "windows-1252"}
    return [
        export("clientes.csv", "companies", [
            ("Cód. Cliente", "company", "customer_id"), ("Razão Social", "name", "name"), ("CNPJ", "cnpj", "cnpj"),
        ], told, **form),
        export("contratos_vigentes.csv", "contract_lines", [
            ("Cód. Cliente", "company", "customer_id"), ("Solução", "product", "product"),
            ("Recorrência", "period", "periodicity"), ("Situação do contrato", "contract", "situation"),
            ("Vlr. contrato", "value", "value"), ("Dt. assinatura", "signed", "signed_on"), ("Obs.", "note", None),
        ], told, **form),
        export("receita_recorrente.csv", "revenue_monthly", [
            ("Cód. Cliente", "company", "customer_id"), ("Competência", "month", "month"),
            ("Linha de produto", "product", "product_family"), ("Receita mensal", "mrr", "mrr"),
            ("Qtd. licenças", "seats", "licensed_users"),
        ], told, **form),
        export("titulos_a_receber.csv", "invoices", [
            ("Nº do título", "id", "invoice_id"), ("Cód. Cliente", "company", "customer_id"),
            ("Dt. emissão", "issued", "issued_on"), ("Dt. vencimento", "due", "due_on"),
            ("Dt. baixa", "paid", "paid_on"), ("Vlr. nominal", "value", "amount"), ("Situação", "invoice", "status"),
        ], told, **form),
        export("utilizacao_sistema.csv", "usage_monthly", [
            ("Cód. Cliente", "company", "customer_id"), ("Mês de referência", "month", "month"),
            ("Horas utilizadas", "hours", "hours"), ("Usuários únicos", "users", "active_users"),
            ("Dias com acesso", "days", "active_days"), ("Qtd. módulos", "modules", "modules_used"),
        ], told, **form),
        export("pesquisa_satisfacao.csv", "nps_answers", [
            ("Cód. Cliente", "company", "customer_id"), ("Respondida em", "answered", "answered_on"),
            ("De 0 a 10, quanto recomenda?", "score", "score"), ("Comentário", "note", None),
        ], told, **form),
        export("chamados_abertos.csv", "tickets", [
            ("Protocolo", "id", "ticket_id"), ("Cód. Cliente", "company", "customer_id"),
            ("Fila de atendimento", "queue", "group_name"), ("Natureza", "kind", "type"),
            ("Situação", "state", "status"),
            ("Urgência", "priority", "priority"), ("Dt. abertura", "opened", "created_on"),
            ("Última interação", "updated", "updated_on"), ("Assunto", "note", None),
        ], told, **form),
    ]  # fmt: skip
