"""What was delivered, what was wrong with it, and what was published from it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from b2shift.web.crm.models.published import Published


class QualityCount(Published):
    """How many values of one file had one defect, and what was done."""

    source = models.CharField(_("fonte"), max_length=80)
    file = models.CharField(_("arquivo"), max_length=255)
    kind = models.CharField(_("defeito"), max_length=80)
    column = models.CharField(_("coluna"), max_length=160, default="")
    treatment = models.CharField(_("tratamento"), max_length=16)
    count = models.BigIntegerField(_("quantidade"), default=0)

    class Meta:
        verbose_name = _("contagem de qualidade")
        constraints = [
            models.UniqueConstraint(
                fields=["source", "file", "kind", "column", "treatment"], name="one_row_per_defect_and_treatment"
            ),
        ]
        ordering = ["source", "file", "-count"]

    def __str__(self) -> str:
        return f"{self.file} {self.kind}: {self.count}"


class Load(Published):
    """One file as last loaded, with the evidence for every choice."""

    file = models.CharField(_("arquivo"), max_length=255, primary_key=True)
    source = models.CharField(_("fonte"), max_length=80, default="")
    bytes = models.BigIntegerField(_("bytes"), null=True)
    content_hash = models.CharField(max_length=64, default="")
    status = models.CharField(_("situação"), max_length=16, default="")
    message = models.TextField(_("mensagem"), default="")
    encoding = models.CharField(_("codificação"), max_length=40, default="")
    date_order = models.CharField(_("ordem das datas"), max_length=40, default="")
    date_evidence = models.TextField(_("evidência das datas"), default="")
    decimal_mark = models.CharField(_("marca decimal"), max_length=20, default="")
    new_columns = models.JSONField(_("colunas novas"), default=list)
    rows_read = models.BigIntegerField(_("linhas lidas"), null=True)
    rows_accepted = models.BigIntegerField(_("linhas aceitas"), null=True)
    rows_rejected = models.BigIntegerField(_("linhas rejeitadas"), null=True)
    values_repaired = models.BigIntegerField(_("valores reparados"), null=True)
    seconds = models.FloatField(_("segundos"), null=True)

    class Meta:
        verbose_name = _("carga")
        verbose_name_plural = _("cargas")
        ordering = ["source", "file"]

    def __str__(self) -> str:
        return self.file


class Publication(models.Model):
    """One copy of the lake into these records; the newest says what every page shows."""

    lake_version = models.IntegerField(_("versão do lake"))
    as_of = models.DateField(_("data de referência"))
    published_at = models.DateTimeField(_("publicado em"))
    seconds = models.FloatField(_("segundos"))
    counts = models.JSONField(_("linhas por tabela"), default=dict)
    changed = models.JSONField(_("mudanças por tabela"), default=dict)

    class Meta:
        verbose_name = _("publicação")
        verbose_name_plural = _("publicações")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"v{self.lake_version} ({self.as_of:%Y-%m-%d})"
