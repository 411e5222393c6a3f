"""Stored codes in the words people read, and the tone and icon each of them has everywhere."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from b2shift.identify.api import municipality
from b2shift.web.accounts.units import unit_name
from b2shift.web.campaigns.models import Campaign, Recipient
from b2shift.web.console import translation
from b2shift.web.console.formats import NOTHING
from b2shift.web.console.table_words import COLUMN_WORDS, TABLE_WORDS
from b2shift.web.journeys.models import Enrolment, Running, Version
from b2shift.web.outbox.models import Message
from b2shift.web.outreach.models import Draft, Receipt, Task

_LETTERS = re.compile(r"(?!R\$)[^\W\d_]")
Words = Mapping[str, str | Promise]


@dataclass(frozen=True)
class Tone:
    """How a badge looks: never by colour alone, always with its icon and word."""

    name: str = ""
    icon: str = "dot"


GOOD, WARN, BAD = Tone("good", "check"), Tone("warn", "warning"), Tone("bad", "danger")
QUIET, ACCENT = Tone("", "minus"), Tone("accent", "info")

WORDS: dict[str, Words] = {
    "situation": {
        "ativo": _("Ativo"), "gratuito": _("Gratuito"), "pendente": _("Pendente"), "cancelado": _("Cancelado"),
        "outro": _("Outro"),
    },
    "churn_band": {"alto": _("Risco alto"), "médio": _("Risco médio"), "baixo": _("Risco baixo")},
    "band": {"alto": _("Alto"), "médio": _("Médio"), "baixo": _("Baixo")},
    "variant": {"control": _("Controle")},
    "load": {"over": _("Acima da capacidade"), "within": _("Cabe")},
    "revenue_band": {
        "ate_15m": _("Até R$ 15 mi"), "15_50m": _("R$ 15 a 50 mi"), "50_150m": _("R$ 50 a 150 mi"),
        "acima_150m": _("Acima de R$ 150 mi"), "sem_info": _("Sem informação"),
    },
    "contract_band": {
        "negativo": _("Negativo"), "zero": _("Zero"), "ate_5k": _("Até 5 mil"), "5_20k": _("5 a 20 mil"),
        "20_100k": _("20 a 100 mil"), "100_500k": _("100 a 500 mil"), "500k_1m": _("500 mil a 1 mi"),
        "acima_1m": _("Acima de 1 mi"),
    },
    "tenure_band": {"ate_3": _("Até 3 anos"), "3_10": _("3 a 10 anos"), "mais_10": _("Mais de 10 anos")},
    "life_stage": {
        "Novos": _("Novos"), "Em Expansão": _("Em Expansão"), "Fiéis": _("Fiéis"), "Estratégicos": _("Estratégicos"),
    },
    "market_segment": {
        "AGROINDUSTRIA": _("Agroindústria"), "CONSTRUCAO E PROJETOS": _("Construção e projetos"),
        "DISTRIBUICAO": _("Distribuição"), "EDUCACIONAL": _("Educacional"),
        "FINANCIAL SERVICES": _("Serviços financeiros"), "HOSPITALITY": _("Hospitalidade"),
        "JURIDICO": _("Jurídico"), "LOGISTICA": _("Logística"), "MANUFATURA": _("Manufatura"),
        "PRESTADORES DE SERVICOS": _("Prestadores de serviços"), "SAUDE": _("Saúde"), "SERVICOS": _("Serviços"),
        "VAREJO": _("Varejo"),
    },
    "kind": {
        "retencao": _("Retenção"), "recuperacao": _("Recuperação"), "expansao": _("Expansão"),
        "relacionamento": _("Relacionamento"), "educacao": _("Educação"), "onboarding": _("Implantação"),
        "encantamento": _("Encantamento"),
    },
    "trigger": {
        "cadence": _("Cadência"), "nps": _("NPS"), "telemetry": _("Uso"), "score": _("Score"), "event": _("Evento"),
        "date": _("Data"),
    },
    "finding": {
        "escrita": _("Escrita"), "contradicao": _("Contradição"), "inalcancavel": _("Inalcançável"),
        "sem_regra": _("Sem regra"), "acima_do_limite": _("Acima do limite"), "sem_responsavel": _("Sem responsável"),
    },
    "owner_role": {"executor": _("Executor"), "gestor": _("Gestor"), "executivo": _("Executivo")},
    "theme": {
        "agenda": _("Agenda"), "conteudo": _("Conteúdo"), "satisfacao": _("Satisfação"), "uso": _("Uso"),
        "expansao": _("Expansão"), "retencao": _("Retenção"), "renovacao": _("Renovação"), "cobranca": _("Cobrança"),
        "suporte": _("Suporte"), "onboarding": _("Implantação"), "encantamento": _("Encantamento"),
    },
    "cap_group": {"executivo": _("Executivo"), "pessoas": _("Pessoas"), "mensagens": _("Mensagens")},
    "channel": {
        "email": _("E-mail"), "telefone": _("Telefone"), "phone": _("Telefone"), "ligacao": _("Ligação"),
        "whatsapp": _("WhatsApp"), "sms": _("SMS"), "visita": _("Visita"), "reuniao": _("Reunião"),
        "evento": _("Evento"), "in_app": _("No produto"), "app": _("No produto"), "portal": _("Portal"),
        "sem_preferencia": _("Sem preferência"), "slack": _("Slack"), "teams": _("Teams"), "webhook": _("Webhook"),
        "push": _("Aviso no dispositivo"),
    },
    "survey": {
        "relacional": _("Relacional"), "aquisicao": _("Aquisição"), "implantacao": _("Implantação"),
        "onboarding": _("Onboarding"), "produto": _("Produto"), "suporte": _("Suporte"),
    },
    "vocabulary": {
        "city": _("Cidade"), "state": _("UF"), "company": _("Empresa"), "sub_segment": _("Subsegmento"),
        "market_segment": _("Segmento de mercado"), "cnae": _("CNAE"), "product_family": _("Família de produto"),
        "ticket_group": _("Fila do chamado"), "ticket_type": _("Tipo de chamado"),
        "ticket_status": _("Situação do chamado"),
        "ticket_priority": _("Prioridade do chamado"), "activity_kind": _("Tipo de atividade"),
        "activity_result": _("Resultado da atividade"), "job_title": _("Cargo"), "channel": _("Canal"),
        "contact_role": _("Papel da pessoa"), "sentiment": _("Sentimento"), "hosting": _("Hospedagem"),
        "revenue_range": _("Faixa de faturamento"), "revenue_line": _("Linha de receita"), "product": _("Produto"),
        "survey_product": _("Produto da pesquisa"), "survey_product_line": _("Linha de produto da pesquisa"),
        "survey_group": _("Grupo da pesquisa"), "brand": _("Marca"),
    },
    "nps_class": {"promotor": _("Promotor"), "neutro": _("Neutro"), "detrator": _("Detrator")},
    "priority": {"low": _("Baixa"), "normal": _("Normal"), "high": _("Alta"), "urgent": _("Urgente")},
    "ticket_type": {
        "question": _("Dúvida"), "task": _("Tarefa"), "problem": _("Problema"), "incident": _("Incidente"),
    },
    "ticket_status": {
        "new": _("Novo"), "open": _("Aberto"), "pending": _("Pendente"), "hold": _("Em espera"),
        "solved": _("Resolvido"), "closed": _("Fechado"), "deleted": _("Excluído"),
    },
    "invoice_status": {
        "PAGA": _("Paga"), "ABERTA": _("Aberta"), "VENCIDA": _("Vencida"), "CANCELADA": _("Cancelada"),
    },
    "order_status": {"FATURADO": _("Faturado"), "ABERTO": _("Aberto"), "CANCELADO": _("Cancelado")},
    "line_situation": {
        "ATIVO": _("Ativa"), "CANCELADO": _("Cancelada"), "GRATUITO": _("Gratuita"), "TROCADO": _("Trocada"),
        "PENDENTE": _("Pendente"), "SUSPENSO": _("Suspensa"), "FATURAR": _("A faturar"),
    },
    "opportunity": {
        "renovacao": _("Renovação"), "cross_sell": _("Cross-sell"), "upsell": _("Upsell"),
        "novo_negocio": _("Novo negócio"),
    },
    "result": {"ganho": _("Ganha"), "perdido": _("Perdida"), "aberto": _("Aberta")},
    "stage": {
        "qualificacao": _("Qualificação"), "diagnostico": _("Diagnóstico"), "proposta": _("Proposta"),
        "negociacao": _("Negociação"), "fechamento": _("Fechamento"), "prospeccao": _("Prospecção"),
        "ganho": _("Ganha"), "perdido": _("Perdida"),
    },
    "activity": {
        "ligacao": _("Ligação"), "email": _("E-mail"), "reuniao": _("Reunião"), "whatsapp": _("WhatsApp"),
        "visita": _("Visita"), "demonstracao": _("Demonstração"),
    },
    "campaign": {
        "assigned": _("Sorteado para a campanha"), "sent": _("Mensagem enviada"), "open": _("Abriu a mensagem"),
        "click": _("Clicou na mensagem"), "reply": _("Respondeu"), "accept": _("Aceitou a oferta"),
        "reject": _("Recusou a oferta"), "unsubscribe": _("Pediu para não receber"), "purchase": _("Comprou"),
    },
    "activity_result": {
        "avancou": _("Avançou"), "interesse": _("Interesse"), "sem_resposta": _("Sem resposta"),
        "conversa": _("Conversa"), "recusa": _("Recusa"),
    },
    "loss_reason": {
        "preco": _("Preço"), "concorrente": _("Concorrente"), "sem_resposta": _("Sem resposta"),
        "sem_orcamento": _("Sem orçamento"), "falta_funcionalidade": _("Falta de funcionalidade"),
        "adiado": _("Adiado"),
    },
    "family": {
        "ANALYTICS": _("Analytics"), "BACKOFFICE": _("Backoffice"), "CLOUD": _("Cloud"), "CRM": _("CRM"),
        "DISTRIBUICAO": _("Distribuição"), "FLUIG": _("Fluig"), "HOSPITALIDADE": _("Hospitalidade"),
        "MICRO": _("Micro"), "RH": _("RH"), "SERVICOS": _("Serviços"), "TECHFIN": _("Techfin"),
        "TECNOLOGIA": _("Tecnologia"), "VAREJO": _("Varejo"), "VERTICAL": _("Vertical"),
    },
    "contact_role": {
        "decisor": _("Decisor"), "influenciador": _("Influenciador"), "usuario": _("Usuário"),
        "sponsor": _("Patrocinador"),
    },
    "message_state": dict(Message.State.choices),
    "draft_state": dict(Draft.State.choices),
    "receipt": dict(Receipt.Kind.choices),
    "outcome": {
        **dict(Task.Outcome.choices), "respondeu": _("Respondeu"), "clicou": _("Clicou"),
        "pediu_para_sair": _("Pediu para sair"), "reaberta": _("Reaberta"),
    },
    "effect": {
        "helped": _("Ajudou"), "harmed": _("Prejudicou"), "unclear": _("Não se distingue do acaso"),
        "unknown": _("Sem medida"),
    },
    "calibration": {"deviates": _("Desviou"), "in_order": _("Em ordem"), "few": _("Poucos casos")},
    "campaign_state": dict(Campaign.State.choices),
    "recipient_state": dict(Recipient.State.choices),
    "left_out": {
        "parado": _("Todos os envios estão parados"), "canal_parado": _("O canal está parado"),
        "oposicao": _("Opuseram-se ao contato"), "sem_consentimento": _("Não consentiram ao canal"),
        "em_revisao": _("Têm um pedido de titular aberto"), "grupo": _("O grupo de limites não está na régua"),
        "outra_unidade": _("São de outra unidade de negócio"), "em_dificuldade": _("Estão em dificuldade"),
        "conta_7d": _("A conta já teve os contatos da semana"), "conta_30d": _("A conta já teve os contatos do mês"),
        "pessoa_7d": _("A pessoa já teve os contatos da semana"), "pessoa_30d": _("A pessoa já teve os do mês"),
        "sem_endereco": _("Sem pessoa com endereço nestes canais"), "campo": _("Um campo do texto não tem valor"),
        "sem_aprovacao": _("Pedem mais aprovações do que a campanha tem"), "sem_cadastro": _("Saíram da base"),
        "encerrada": _("A campanha foi encerrada antes"), "erro": _("Falharam ao ser preparados"),
    },
    "trial": {
        "sorteado": _("Sorteado"), "sucesso": _("Sucesso"), "no_prazo": _("Ainda no prazo"),
        "saiu": _("Pediu para sair"),
    },
    "journey_mode": dict(Running.Mode.choices),
    "stay_state": dict(Enrolment.State.choices),
    "version_state": dict(Version.State.choices),
    "step": {
        "message": _("Mensagem"), "task": _("Tarefa"), "wait": _("Espera"), "branch": _("Desvio"),
        "split": _("Experimento"), "holdout": _("Controle"), "goal": _("Objetivo"), "exit": _("Saída"),
    },
    "passage": {
        "entrou": _("Entrou em"), "seguiu": _("Seguiu para"), "pediu": _("Pediu"), "impedido": _("Impedido:"),
        "ouviu": _("Ouviu em"), "venceu": _("Prazo venceu em"), "sorteou": _("Sorteado em"),
        "segurou": _("Ficou no controle"), "terminou": _("Terminou em"), "mediu": _("Medido"),
        "migrou": _("Mudou de versão em"),
    },
    "journey_type": {
        "promotor": _("Promotor"), "satisfeito": _("Satisfeito"), "neutro": _("Neutro"), "detrator": _("Detrator"),
        "alto_valor": _("Alto valor"), "onboarding": _("Boas-vindas"), "renovacao": _("Renovação"),
        "baixo_uso": _("Baixo uso"), "reconquista": _("Reconquista"), "outra": _("Outra"),
    },
    "customer_class": {
        "promotor": _("Promotor"), "satisfeito": _("Satisfeito"), "neutro": _("Neutro"), "detrator": _("Detrator"),
        "sem_resposta": _("Sem resposta"),
    },
    "journey_outcome": {
        "aceitou": _("Aceitou"), "recusou": _("Recusou"), "respondeu": _("Respondeu"), "clicou": _("Clicou"),
        "sem_resposta": _("Sem resposta"), "pediu_para_sair": _("Pediu para sair"), "controle": _("Grupo de controle"),
        "agradecido": _("Agradecido"), "combinado": _("Combinado"), "ouvido": _("Ouvido"), "renovou": _("Renovou"),
        "sem_desfecho": _("Sem desfecho registrado"), "sem_decisao": _("Sem decisão"), "sem_uso": _("Sem uso"),
        "primeiro_valor": _("Primeiro valor alcançado"), "uso_retomado": _("Uso retomado"),
        "sem_encontro": _("Sem encontro"),
    },
    "journey_contact": {**dict(Message.State.choices), **dict(Draft.State.choices)},
    "sentiment": {"positivo": _("Positivo"), "neutro": _("Neutro"), "negativo": _("Negativo")},
    "table": TABLE_WORDS,
    "column": COLUMN_WORDS,
    "layer": {
        "refined": _("Refinada"), "analytics": _("Analítica"), "trusted": _("Limpa"), "raw": _("Como entregue"),
    },
}  # fmt: skip

TONES: dict[str, Mapping[str, Tone]] = {
    "situation": {
        "ativo": GOOD,
        "gratuito": ACCENT,
        "pendente": Tone("warn", "clock"),
        "cancelado": Tone("bad", "reject"),
    },
    "churn_band": {"alto": Tone("bad", "risk"), "médio": Tone("warn", "risk"), "baixo": Tone("good", "risk")},
    "band": {"alto": Tone("bad", "risk"), "médio": Tone("warn", "risk"), "baixo": Tone("good", "risk")},
    "load": {"over": WARN, "within": GOOD},
    "nps_class": {"promotor": GOOD, "detrator": BAD},
    "invoice_status": {"PAGA": GOOD, "VENCIDA": BAD, "ABERTA": Tone("", "clock")},
    "order_status": {"FATURADO": GOOD, "ABERTO": Tone("", "clock"), "CANCELADO": Tone("bad", "reject")},
    "line_situation": {"ATIVO": GOOD, "CANCELADO": Tone("bad", "reject"), "PENDENTE": Tone("warn", "clock")},
    "result": {"ganho": GOOD, "perdido": Tone("bad", "reject"), "aberto": Tone("", "clock")},
    "priority": {"urgent": BAD, "high": WARN},
    "kind": {
        "retencao": Tone("bad", "risk"),
        "recuperacao": Tone("warn", "warning"),
        "expansao": Tone("good", "up"),
    },
    "message_state": {
        "pending": Tone("", "clock"),
        "leased": Tone("", "clock"),
        "sending": Tone("accent", "clock"),
        "sent": GOOD,
        "in_doubt": WARN,
        "dead": BAD,
        "suppressed": Tone("", "reject"),
    },
    "effect": {"helped": GOOD, "harmed": BAD},
    "calibration": {"deviates": BAD, "in_order": GOOD},
    "campaign_state": {
        "counting": Tone("", "clock"),
        "ready": ACCENT,
        "waiting": Tone("warn", "clock"),
        "running": GOOD,
        "paused": Tone("warn", "clock"),
        "done": Tone("good", "check"),
        "stopped": Tone("bad", "danger"),
        "rejected": Tone("bad", "reject"),
    },
    "recipient_state": {
        "reachable": GOOD,
        "left_out": Tone("", "reject"),
        "queued": ACCENT,
        "control": Tone("", "eye"),
    },
    "journey_mode": {"active": GOOD, "paused": Tone("warn", "clock"), "draining": Tone("accent", "down")},
    "stay_state": {"inside": ACCENT, "held": Tone("", "eye")},
    "version_state": {"proposed": Tone("warn", "clock"), "approved": GOOD, "refused": Tone("bad", "reject")},
    "draft_state": {
        "waiting": Tone("warn", "clock"),
        "queued": GOOD,
        "rejected": Tone("bad", "reject"),
    },
    "receipt": {
        "replied": Tone("good", "message"),
        "clicked": Tone("good", "target"),
        "opened": Tone("", "eye"),
        "failed": BAD,
        "left": Tone("bad", "leave"),
        "delivered": Tone("", "check"),
        "read": Tone("", "check"),
    },
    "outcome": {
        "aceitou": Tone("good", "deal"),
        "recusou": Tone("bad", "reject"),
        "feito": GOOD,
        "sem_resposta": Tone("", "clock"),
        "respondeu": Tone("good", "message"),
        "pediu_para_sair": Tone("bad", "leave"),
    },
    "sentiment": {"positivo": GOOD, "negativo": BAD},
}


def word(kind: str, value: str | None) -> str:
    """The word of a stored code; a code nobody wrote a word for is told as it is stored."""
    if kind == "unit":
        return unit_name(value) if value else NOTHING
    return _word(kind, value, get_language()) if value else NOTHING


@lru_cache(maxsize=2048)
def _word(kind: str, value: str, _language: str | None) -> str:
    return str(WORDS[kind].get(value, value))


def tone(kind: str, value: str | None) -> Tone:
    """The look of a stored code; codes without an own one are quiet."""
    return TONES.get(kind, {}).get(value or "", QUIET)


def city(value: str | None, state: str | None = None) -> str:
    """A city as people write it, as far as that can be known; empty for none."""
    return municipality(value, state) if value else ""


def place(city_name: str | None, state: str | None = None) -> str:
    """City and state: `São Paulo, SP`; empty for neither."""
    return ", ".join(part for part in (city(city_name, state), state) if part)


def shipped(text: str) -> str:
    """What the product's rules and engine wrote, in the language of the page; any other text as it is written."""
    translated = gettext(text) if text else text
    return written(text) if translated == text else translated


def written(text: str) -> str:
    """What the engine alone wrote, in the language of the page: for cells and labels that may hold anything.

    Bare figures are left alone: nobody knows in which language they were written.
    """
    return translation.translate_engine_text(text) if _in_english() and _LETTERS.search(text) else text


def figures_too(text: str) -> str:
    """The same of a value that the engine wrote, in which a bare figure is Portuguese too."""
    return translation.translate_engine_text(text) if _in_english() else text


def error_text(text: str) -> str:
    """The same of what an error or a check says, which has templates of its own."""
    return translation.translate_error(text) if _in_english() else text


def _in_english() -> bool:
    return (get_language() or "").startswith("en")
