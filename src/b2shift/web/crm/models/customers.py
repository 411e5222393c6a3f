"""One customer with everything the lists show, in one row, so that a page is one query."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from b2shift.web.crm.models.people import VendorUser
from b2shift.web.crm.models.published import Published
from b2shift.web.crm.models.segments import Segment

FILTERED = [
    "owner", "segment", "situation", "state", "life_stage", "rfm_class", "churn_band", "market_segment", "revenue_band",
    "contract_band", "tenure_band", "units_key", "overdue_amount", "due_contacts", "mrr", "health", "journey_stage",
    "nps_class", "migrated_from",
]  # fmt: skip


class Customer(Published):
    """A company: its golden record, segment, scores and the signals behind them. Key: `customer_id`."""

    id = models.BigAutoField(primary_key=True)
    customer_id = models.CharField(_("código"), max_length=6, unique=True)
    name = models.CharField(_("nome"), max_length=255)
    trade_name = models.CharField(_("nome fantasia"), max_length=255, default="")
    cnpj = models.CharField(_("CNPJ"), max_length=20, null=True)
    cnpj_valid = models.BooleanField(_("CNPJ válido"), null=True)
    domain = models.CharField(_("domínio"), max_length=255, default="")
    phone = models.CharField(_("telefone"), max_length=40, default="")
    city = models.CharField(_("cidade"), max_length=120, default="")
    state = models.CharField(_("UF"), max_length=4, default="")
    country_code = models.IntegerField(_("país"), null=True)
    employees = models.IntegerField(_("funcionários"), null=True)
    market_segment = models.CharField(_("segmento de mercado"), max_length=120, default="")
    sub_segment = models.CharField(_("subsegmento"), max_length=160, default="")
    cnae = models.CharField(_("CNAE"), max_length=255, default="")
    brand = models.CharField(_("marca"), max_length=120, default="")
    hosting = models.CharField(_("hospedagem"), max_length=120, null=True)
    revenue_range = models.CharField(_("faixa de faturamento informada"), max_length=120, default="")
    revenue_band = models.CharField(_("faixa de faturamento"), max_length=16, default="")
    customer_since = models.DateField(_("cliente desde"), null=True)
    tenure_years = models.FloatField(_("anos de casa"), null=True)
    tenure_band = models.CharField(_("faixa de tempo de casa"), max_length=16, null=True)
    onboarding = models.BooleanField(_("em implantação"), null=True)
    situation = models.CharField(_("situação"), max_length=16, default="")
    lines = models.IntegerField(_("linhas de contrato"), default=0)
    active_lines = models.IntegerField(_("linhas ativas"), default=0)
    contract_total = models.DecimalField(_("total contratado"), max_digits=18, decimal_places=4, null=True)
    contract_band = models.CharField(_("faixa de contrato"), max_length=16, default="")
    mrr = models.DecimalField(_("MRR"), max_digits=18, decimal_places=2, default=0)
    mrr_12m = models.DecimalField(_("MRR médio de 12 meses"), max_digits=18, decimal_places=6, null=True)
    families = models.JSONField(_("famílias de produto"), default=list)
    business_units = models.JSONField(_("unidades de negócio"), default=list)
    owner = models.ForeignKey(
        VendorUser,
        models.DO_NOTHING,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("responsável"),
    )
    purchases_12m = models.IntegerField(_("contratações em 12 meses"), default=0)
    purchases_12m_value = models.DecimalField(
        _("valor contratado em 12 meses"), max_digits=18, decimal_places=4, null=True
    )
    as_of = models.DateField(_("data de referência"))

    segment = models.ForeignKey(
        Segment,
        models.DO_NOTHING,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="members",
        verbose_name=_("segmento"),
    )
    segment_name = models.CharField(_("nome do segmento"), max_length=160, default="")
    confidence = models.FloatField(_("confiança no segmento"), null=True)
    x = models.FloatField(null=True)
    y = models.FloatField(null=True)
    life_stage = models.CharField(_("estágio de vida"), max_length=40, default="")
    life_stage_probability = models.FloatField(_("probabilidade do estágio"), null=True)
    rfm_class = models.CharField(_("classe RFM"), max_length=60, default="")
    journey_stage = models.CharField(_("etapa da jornada"), max_length=60, null=True)
    migrated_from = models.CharField(_("segmento anterior"), max_length=160, default="")

    churn_90d = models.FloatField(_("risco de churn em 90 dias"), null=True)
    churn_90d_low = models.FloatField(null=True)
    churn_90d_high = models.FloatField(null=True)
    churn_band = models.CharField(_("faixa de risco"), max_length=8, null=True)
    health = models.FloatField(_("saúde"), null=True)
    health_use = models.FloatField(_("uso"), null=True)
    health_relationship = models.FloatField(_("relacionamento"), null=True)
    health_support = models.FloatField(_("suporte"), null=True)
    health_financial = models.FloatField(_("financeiro"), null=True)
    health_result = models.FloatField(_("resultado"), null=True)
    nps_detractor_risk = models.FloatField(_("risco de detração"), null=True)
    reasons = models.JSONField(_("razões"), default=list)

    nps_value = models.FloatField(_("NPS"), null=True)
    nps_class = models.CharField(_("faixa de NPS"), max_length=16, null=True)
    nps_shrunk = models.BooleanField(_("NPS aproximado pelo segmento de mercado"), null=True)
    usage_ratio = models.FloatField(_("uso sobre a média do segmento"), null=True)
    usage_trend = models.FloatField(_("tendência de uso"), null=True)
    days_disconnected = models.IntegerField(_("dias úteis sem conexão"), null=True)
    tickets_90d = models.IntegerField(_("chamados em 90 dias"), null=True)
    overdue_amount = models.DecimalField(_("valor em atraso"), max_digits=18, decimal_places=2, default=0)
    due_contacts = models.IntegerField(_("contatos devidos"), default=0)

    search_text = models.TextField(default="", editable=False)
    name_folded = models.CharField(max_length=255, default="", editable=False)
    units_key = models.CharField(max_length=80, default="", editable=False)

    class Meta:
        verbose_name = _("cliente")
        verbose_name_plural = _("clientes")
        # Each sort of the list is an index whose last column is the tie-break of keyset pagination.
        indexes = [
            models.Index(fields=["name_folded", "customer_id"], name="customer_by_name"),
            models.Index(fields=["mrr", "customer_id"], name="customer_by_mrr"),
            models.Index(fields=["churn_90d", "customer_id"], name="customer_by_churn"),
            models.Index(fields=["health", "customer_id"], name="customer_by_health"),
            models.Index(fields=["tenure_years", "customer_id"], name="customer_by_tenure"),
            models.Index(fields=["due_contacts", "customer_id"], name="customer_by_due"),
            models.Index(fields=["overdue_amount", "customer_id"], name="customer_by_overdue"),
            models.Index(fields=["owner", "customer_id"], name="customer_by_owner"),
            models.Index(fields=["segment", "customer_id"], name="customer_by_segment"),
            # Everything the filters look at, so that counting what agrees reads a tenth of the table.
            models.Index(fields=FILTERED, name="customer_filters"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.display_name}"

    @property
    def display_name(self) -> str:
        """The name people know: trade name, else registered name."""
        return self.trade_name or self.name
