"""The boards everybody finds ready: questions as typed queries, and pictures that pages of ours draw."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override, pgettext_lazy

from b2shift.kernel.calendar import add_months, last_closed_month
from b2shift.metrics.contracts import Comparison, Horizon, Order, Period, TypedQuery
from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import Role
from b2shift.web.console.board import pictures
from b2shift.web.console.charts import Chart, Table
from b2shift.web.crm.models import Customer
from b2shift.web.crm.questions import held_metrics


@dataclass(frozen=True)
class QuestionTile:
    """A tile that is a question; `months` back from the last closed one, with `monthly` as a series.

    An `optional` one is not missed by a house without its data.
    """

    title: str | Promise
    metrics: tuple[str, ...]
    by: tuple[str, ...] = ()
    months: int = 0
    monthly: bool = False
    intent: str = "metric"
    most: int | None = None
    wide: bool = False
    optional: bool = False

    def query(self, as_of: date) -> TypedQuery:
        """As it is meant on a day of the data."""
        closed = last_closed_month(as_of)
        first, last = add_months(closed, 1 - (self.months or 1)), add_months(closed, 1) - timedelta(days=1)
        spoken = self.months or self.intent in {"explain", "compare"}
        time = Period(start=first, end=last, grain="month" if self.monthly else None) if spoken else None
        return TypedQuery(
            intent="trend" if self.monthly else self.intent,
            metrics=self.metrics,
            dimensions=self.by,
            time=time,
            order=Order(by=self.metrics[0], dir="desc") if self.most else None,
            limit=self.most,
            comparison=Comparison(type="previous_period") if self.intent == "compare" else None,
            forecast=Horizon() if self.intent == "forecast" else None,
        )

    def of(self, held: frozenset[str]) -> "QuestionTile | None":
        """The tile over the metrics a house has data for; None where it has none, or too few to relate."""
        metrics = tuple(name for name in self.metrics if name in held)
        partly = bool(metrics) and self.intent in {"metric", "compare"}
        return replace(self, metrics=metrics) if partly or metrics == self.metrics else None

    @property
    def question(self) -> str:
        """Its title in the language questions are read in."""
        with override("pt-br"):
            return str(self.title)


@dataclass(frozen=True)
class ChartTile:
    """A tile that a page of ours draws; `follows` tells whether it is drawn of the customers it is given.

    `needs` is the metric without whose data there is nothing to draw.
    """

    title: str | Promise
    draw: Callable[[User, QuerySet[Customer]], Chart | Table | None]
    follows: bool = True
    wide: bool = False
    why: str | Promise = ""
    needs: str = ""
    optional: bool = False

    def of(self, held: frozenset[str]) -> "ChartTile | None":
        """The tile, where the house has the data it needs."""
        return self if not self.needs or self.needs in held else None


@dataclass(frozen=True)
class Board:
    """A board by its name in addresses; `lead` is whom it serves and what with.

    `needs` is the metric without whose data it is not there.
    """

    name: str
    title: str | Promise
    lead: str | Promise
    tiles: tuple[QuestionTile | ChartTile, ...]
    needs: str = ""


def _by(title: str | Promise, metric: str, dimension: str, months: int = 0, most: int | None = None) -> QuestionTile:
    return QuestionTile(title, (metric,), (dimension,), months, intent="rank" if most else "metric", most=most)


def _monthly(title: str | Promise, metric: str, months: int = 12, *, optional: bool = False) -> QuestionTile:
    return QuestionTile(title, (metric,), (), months, monthly=True, optional=optional)


BOARDS: tuple[Board, ...] = (
    Board(
        "executivo",
        _("Executivo"),
        _("Receita, saúde da base e risco em dinheiro."),
        (
            QuestionTile(
                _("A base contra o mês anterior"),
                ("mrr", "nrr", "churn_rate", "active_customers"),
                intent="compare",
                wide=True,
            ),
            ChartTile(_("Ponte da receita"), pictures.bridge, follows=False, wide=True, needs="mrr"),
            _monthly(_("Valor de pedidos mês a mês nos últimos 24 meses"), "order_value", 24, optional=True),
            _monthly(_("Clientes que compraram mês a mês nos últimos 12 meses"), "buying_customers", optional=True),
            _monthly(_("MRR mês a mês nos últimos 24 meses"), "mrr", 24),
            QuestionTile(_("Previsão do MRR"), ("mrr",), intent="forecast"),
            _monthly(_("NRR mês a mês nos últimos 12 meses"), "nrr"),
            QuestionTile(_("De onde veio a mudança do MRR"), ("mrr",), intent="explain"),
            _by(_("MRR por segmento de mercado"), "mrr", "segment"),
            _by(_("Perda esperada de MRR por região"), "mrr_at_risk", "region"),
            _by(_("MRR por linha de produto"), "mrr", "product_line"),
            _by(_("Clientes ativos por linha de produto"), "active_customers", "product_line"),
            ChartTile(_("Saúde da base"), pictures.health),
            ChartTile(_("MRR por estágio de vida e risco"), pictures.stages_of_life, why=pictures.NO_RISK, needs="mrr"),
            ChartTile(
                _("Metas"),
                pictures.goals,
                follows=False,
                why=_("Nenhuma meta definida ainda. Defina a primeira em Metas."),
            ),
            ChartTile(_("Efeito medido das campanhas"), pictures.effects, follows=False, why=pictures.NO_EFFECT),
        ),
    ),
    Board(
        "pedidos",
        pgettext_lazy("de vendas", "Pedidos"),
        _("Quanto se vende em pedidos, a quem, e quantos são cancelados."),
        (
            QuestionTile(
                _("Os pedidos contra o mês anterior"),
                ("order_value", "orders", "average_order_value", "buying_customers"),
                intent="compare",
                wide=True,
            ),
            _monthly(_("Valor de pedidos mês a mês nos últimos 24 meses"), "order_value", 24),
            QuestionTile(_("Previsão do valor de pedidos"), ("order_value",), intent="forecast"),
            QuestionTile(_("De onde veio a mudança do valor de pedidos"), ("order_value",), intent="explain"),
            _by(_("Os 10 clientes que mais compraram nos últimos 12 meses"), "order_value", "customer", 12, most=10),
            _monthly(_("Clientes que compraram mês a mês nos últimos 12 meses"), "buying_customers"),
            _monthly(_("Novos compradores mês a mês nos últimos 12 meses"), "first_time_buyers"),
            _by(_("Valor de pedidos por linha de produto nos últimos 12 meses"), "order_value", "product_line", 12),
            _by(_("Ticket médio de pedidos por estado nos últimos 12 meses"), "average_order_value", "state", 12),
            _by(_("Valor de pedidos por segmento de mercado nos últimos 12 meses"), "order_value", "segment", 12),
            _by(_("Valor de pedidos por cluster nos últimos 12 meses"), "order_value", "cluster", 12),
            _monthly(_("Taxa de cancelamento de pedidos mês a mês nos últimos 12 meses"), "order_cancellation_rate"),
        ),
        needs="order_value",
    ),
    Board(
        "marketing",
        _("Marketing"),
        _("Quem são os clientes, o que pensam e como respondem às campanhas."),
        (
            _by(_("Clientes ativos por segmento de mercado"), "active_customers", "segment"),
            _by(_("NPS por segmento de mercado nos últimos 3 meses"), "nps", "segment", 3),
            _by(_("Clientes ativos por porte"), "active_customers", "company_size"),
            _by(_("Clientes ativos por região"), "active_customers", "region"),
            _monthly(_("Novos clientes mês a mês nos últimos 12 meses"), "new_customers"),
            _by(_("Propensão a upsell por segmento de mercado"), "upsell_propensity", "segment"),
            _by(_("Conversão por segmento de mercado nos últimos 12 meses"), "campaign_conversion_rate", "segment", 12),
            ChartTile(_("Contatos devidos por tipo"), pictures.due_by_kind, follows=False),
        ),
    ),
    Board(
        "sucesso-do-cliente",
        _("Sucesso do cliente"),
        _("Onde a base pede atenção e quem cuida."),
        (
            QuestionTile(
                _("Risco, atraso e saúde hoje"),
                ("mrr_at_risk", "overdue_amount", "health_score", "churn_risk"),
                wide=True,
            ),
            _by(_("Perda esperada de MRR por responsável"), "mrr_at_risk", "account_owner"),
            _by(_("Os 10 clientes com maior perda esperada de MRR"), "mrr_at_risk", "customer", most=10),
            _by(_("Risco de churn por segmento de mercado"), "churn_risk", "segment"),
            _by(_("Clientes ativos por faixa de NPS"), "active_customers", "nps_band"),
            _monthly(_("Horas de uso mês a mês nos últimos 12 meses"), "usage_hours"),
            _monthly(_("Chamados mês a mês nos últimos 12 meses"), "tickets"),
            _by(_("Valor em atraso por estado"), "overdue_amount", "state"),
            _by(_("Horas até resolver por segmento de mercado"), "resolution_hours", "segment"),
        ),
    ),
    Board(
        "dados-e-modelos",
        _("Dados e modelos"),
        _("O que se sabe dos dados e até onde os modelos merecem crédito."),
        (
            ChartTile(_("Defeitos por tipo e tratamento"), pictures.defects, follows=False),
            ChartTile(
                _("Nota média das fontes, por carga"),
                pictures.notes_of_sources,
                follows=False,
                why=_("A linha aparece com a segunda carga."),
            ),
            ChartTile(_("Segmentações comparadas"), pictures.candidates, follows=False),
            ChartTile(_("Calibração do risco de churn"), pictures.calibration, follows=False),
            ChartTile(_("O que cada score vale"), pictures.scores, follows=False, wide=True),
            _monthly(_("Taxa de churn mês a mês nos últimos 12 meses"), "churn_rate"),
            QuestionTile(_("Existe relação entre uso e chamados?"), ("usage_hours", "tickets"), intent="relationship"),
        ),
    ),
    Board(
        "segmentos",
        _("Segmentos"),
        _("O que são os grupos de clientes, onde estão e para onde vão."),
        (
            _by(_("Clientes ativos por cluster"), "active_customers", "cluster"),
            _by(_("MRR por cluster"), "mrr", "cluster"),
            ChartTile(_("Mapa dos clientes"), pictures.map_of_customers, wide=True),
            ChartTile(_("Etapa da jornada em cada segmento"), pictures.stage_by_segment, wide=True),
            ChartTile(
                _("De onde vieram e para onde foram"),
                pictures.flows_between,
                follows=False,
                wide=True,
                why=_("Os fluxos aparecem com a segunda entrega."),
            ),
            _by(_("Risco de churn por cluster"), "churn_risk", "cluster"),
            _by(_("Health score por cluster"), "health_score", "cluster"),
            _by(_("NPS por cluster nos últimos 12 meses"), "nps", "cluster", 12),
            _by(_("Horas de uso por cluster"), "usage_hours", "cluster"),
        ),
    ),
    Board(
        "campanhas",
        _("Campanhas"),
        _("Como cada campanha e cada canal converteram, e com quem."),
        (
            _by(_("Conversão por campanha nos últimos 12 meses"), "campaign_conversion_rate", "campaign", 12),
            _by(_("Conversão por canal nos últimos 12 meses"), "campaign_conversion_rate", "channel", 12),
            _monthly(_("Conversão das campanhas mês a mês nos últimos 12 meses"), "campaign_conversion_rate"),
            _by(_("Conversão por cluster nos últimos 12 meses"), "campaign_conversion_rate", "cluster", 12),
            _by(_("Conversão por porte nos últimos 12 meses"), "campaign_conversion_rate", "company_size", 12),
            _by(_("Conversão por faixa de NPS nos últimos 12 meses"), "campaign_conversion_rate", "nps_band", 12),
            ChartTile(_("O que os contatos custaram e trouxeram"), pictures.accounts_of, follows=False, wide=True,
                  why=pictures.NO_CONTACT),
        ),
    ),
    Board(
        "efeito-das-acoes",
        _("Efeito das ações"),
        _("O que mudou por causa do que se fez: só onde há grupo de controle."),
        (
            ChartTile(
                _("Efeito medido das campanhas"), pictures.effects, follows=False, wide=True, why=pictures.NO_EFFECT
            ),
            ChartTile(
                _("Braços das jornadas"),
                pictures.arms_of_journeys,
                follows=False,
                wide=True,
                why=_("Nenhuma jornada em curso com sorteio ou grupo de controle."),
            ),
            _monthly(_("MRR de expansão mês a mês nos últimos 12 meses"), "expansion_mrr"),
            _monthly(_("MRR perdido mês a mês nos últimos 12 meses"), "churned_mrr"),
            ChartTile(_("O que os contatos custaram e trouxeram"), pictures.accounts_of, follows=False, wide=True,
                  why=pictures.NO_CONTACT),
        ),
    ),
)  # fmt: skip
BY_NAME = {board.name: board for board in BOARDS}
OF_ROLE = {
    Role.EXECUTIVE: "executivo",
    Role.MARKETING: "marketing",
    Role.ANALYST: "dados-e-modelos",
    Role.MANAGER: "sucesso-do-cliente",
    Role.EXECUTOR: "sucesso-do-cliente",
}


def of_this_house() -> tuple[Board, ...]:
    """The boards that this house has data for."""
    held = held_metrics()
    return tuple(board for board in BOARDS if not board.needs or board.needs in held)


def usual(user: User) -> Board | None:
    """What a person's role usually looks at."""
    name = OF_ROLE.get(Role(user.role))
    return BY_NAME[name] if name else None
