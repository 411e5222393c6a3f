"""What people call the tables and columns that files are mapped to and that reasons come from."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TABLE_WORDS: dict[str, str | Promise] = {
    "activities": _("Atividades"), "campaign_events": _("Eventos de campanhas"), "companies": _("Empresas"),
    "contacts": _("Pessoas de contato"), "contract_lines": _("Linhas de contrato"), "customers": _("Cadastro"),
    "features": _("Indicadores"), "invoices": _("Faturas"), "nps_answers": _("Respostas de NPS"),
    "opportunities": _("Oportunidades"), "orders": _("Pedidos"), "purchases": _("Compras"),
    "recurring_revenue": _("Receita recorrente"),
    "revenue_monthly": _("Receita por mês"), "scores": _("Scores"), "tickets": _("Chamados"),
    "usage_monthly": _("Uso por mês"), "users": _("Equipe"), "raw_contatos": _("Pessoas de contato, como entregues"),
    "raw_users": _("Equipe, como entregue"),
}  # fmt: skip

COLUMN_WORDS: dict[str, str | Promise] = {
    "_fields": _("Campos da linha"), "_file": _("Arquivo"), "_line": _("Linha de texto"), "_row": _("Registro"),
    "consent_sms": _("Aceita SMS"), "consent_whatsapp": _("Aceita WhatsApp"),
    "consented_on": _("Data do consentimento"), "preferred_channel": _("Canal preferido"),
    "sentiment": _("Sentimento"),
    "account_name": _("Nome da conta"), "active_days": _("Dias de uso"), "active_users": _("Usuários ativos"),
    "activity_id": _("Código da atividade"), "amount": _("Valor"), "answered_on": _("Data da resposta"),
    "at": _("Data e hora"), "brand": _("Marca"), "city": _("Cidade"), "closed_on": _("Data de fechamento"),
    "cnpj": _("CNPJ"), "competitor": _("Concorrente"), "consent_email": _("Aceita e-mail"),
    "contact_id": _("Código da pessoa"), "created_on": _("Data de criação"), "customer_id": _("Código do cliente"),
    "customer_since": _("Cliente desde"), "domain": _("Domínio na internet"), "due_on": _("Vencimento"),
    "email": _("E-mail"), "employees": _("Funcionários"), "expected_close_on": _("Fechamento previsto"),
    "group_name": _("Grupo de atendimento"), "hours": _("Horas de uso"), "invoice_id": _("Código da fatura"),
    "issued_on": _("Data de emissão"), "job_title": _("Cargo"), "kind": _("Tipo"),
    "licensed_users": _("Usuários licenciados"), "loss_reason": _("Motivo da perda"),
    "market_segment": _("Segmento de mercado"), "minutes": _("Duração em minutos"), "modules_used": _("Módulos em uso"),
    "month": _("Mês"), "mrr": _("MRR"), "name": _("Nome"),
    "order_id": _("Código do pedido"), "ordered_on": _("Data do pedido"),
    "opportunity_id": _("Código da oportunidade"),
    "origin": _("Origem"), "owner_id": _("Responsável"), "paid_on": _("Data de pagamento"),
    "periodicity": _("Periodicidade"), "phone": _("Telefone"), "priority": _("Prioridade"), "product": _("Produto"),
    "product_family": _("Família de produto"), "product_line": _("Linha de produto"),
    "quote_id": _("Código da proposta"), "result": _("Resultado"), "revenue_line": _("Linha de receita"),
    "role": _("Papel na compra"), "score": _("Nota"), "seller_probability": _("Probabilidade do vendedor"),
    "signed_on": _("Data de assinatura"), "situation": _("Situação"), "stage": _("Etapa"), "state": _("UF"),
    "status": _("Situação"), "ticket_id": _("Código do chamado"), "trade_name": _("Nome fantasia"),
    "type": _("Tipo"), "updated_on": _("Última atualização"), "user_id": _("Quem fez"),
    "value": _("Valor"),
}  # fmt: skip
