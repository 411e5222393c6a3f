"""What-if simulation of price, churn and capacity: sums over rows, each with its formula; no forecast."""

from pydantic import Field

from b2shift.kernel.contract import Contract
from b2shift.kernel.money import format_brl, format_number

MONTHS = 12
WEEKS = 4


class Baseline(Contract):
    """Known figures. Money in BRL a month; averages over the last `months` closed months."""

    months: int
    mrr: float = Field(description="MRR of the last closed month")
    opening: float = Field(description="sum of the MRR at the start of each of the months")
    churned: float = Field(description="MRR that left in the months")
    contraction: float
    gained: float = Field(description="new, reactivated and expanded MRR in the months")
    at_stake: tuple[float, ...] = Field(
        description="expected loss in 90 days (own probability times MRR) of each customer with a due contact, most urgent first"
    )


class Assumptions(Contract):
    """The assumptions of a scenario. Percentages in points."""

    price: float = Field(0, ge=-50, le=100, description="change of price, %")
    leave: float = Field(0.5, ge=0, le=10, description="MRR lost for each point of price raised, %")
    churn: float = Field(0, ge=-100, le=200, description="change of the churn of MRR, %")
    people: int = Field(0, ge=0, le=500, description="people more who make contacts")
    contacts: int = Field(10, ge=0, le=200, description="contacts of each a week")
    success: float = Field(20, ge=0, le=100, description="of the expected loss touched, what is kept, %")


class Step(Contract):
    """One number with its formula and figures."""

    label: str
    today: float
    supposed: float
    unit: str
    formula: str


class Simulation(Contract):
    """The steps, and the MRR of each of the next months in the baseline and in the scenario."""

    steps: tuple[Step, ...]
    as_today: tuple[float, ...]
    as_assumed: tuple[float, ...]


def simulate(base: Baseline, assumed: Assumptions) -> Simulation:
    """Both paths: MRR × (1 − churn) − contraction + gains, month after month, at the average monthly rates."""
    rate = base.churned / base.opening if base.opening else 0.0
    other = rate * (1 + assumed.churn / 100)
    lost = min(1.0, max(0.0, assumed.price) * assumed.leave / 100)
    start = base.mrr * (1 + assumed.price / 100) * (1 - lost)
    made = assumed.people * assumed.contacts * WEEKS
    touched = sum(base.at_stake[:made])
    kept = touched * assumed.success / 100
    gained, shrunk = base.gained / base.months, base.contraction / base.months
    as_today = _path(base.mrr, rate, gained - shrunk, 0.0)
    as_supposed = _path(start, other, gained - shrunk, kept)
    steps = (
        Step(label="MRR de partida", today=base.mrr, supposed=start, unit="brl", formula=_start(base, assumed, lost)),
        Step(
            label="Saída de MRR por mês",
            today=100 * rate,
            supposed=100 * other,
            unit="percent",
            formula=(
                f"{_money(base.churned)} cancelados ÷ {_money(base.opening)} somados no início dos {base.months} meses, "
                f"× (1 {_signed(assumed.churn)}%)"
            ),
        ),
        Step(
            label="Entradas menos contração por mês",
            today=gained - shrunk,
            supposed=gained - shrunk,
            unit="brl",
            formula=f"({_money(base.gained)} − {_money(base.contraction)}) ÷ {base.months} meses, sem hipótese",
        ),
        Step(
            label="Contatos a mais em quatro semanas",
            today=0,
            supposed=made,
            unit="count",
            formula=f"{assumed.people} pessoas × {assumed.contacts} por semana × {WEEKS} semanas",
        ),
        Step(
            label="MRR mantido em 90 dias por eles",
            today=0,
            supposed=kept,
            unit="brl",
            formula=(
                f"{_money(touched)} de perda esperada nos {format_number(min(made, len(base.at_stake)))} clientes com "
                f"contato devido mais urgentes × {format_number(assumed.success, 1)}% de sucesso"
            ),
        ),
        Step(
            label=f"MRR daqui a {MONTHS} meses",
            today=as_today[-1],
            supposed=as_supposed[-1],
            unit="brl",
            formula=f"{MONTHS} vezes: MRR × (1 − saída) + entradas − contração; o mantido volta em três partes",
        ),
    )
    return Simulation(steps=steps, as_today=as_today, as_assumed=as_supposed)


def _path(start: float, rate: float, more: float, kept: float) -> tuple[float, ...]:
    out = [start]
    for month in range(MONTHS):
        out.append(max(0.0, out[-1] * (1 - rate) + more + (kept / 3 if month < 3 else 0.0)))
    return tuple(out)


def _start(base: Baseline, assumed: Assumptions, lost: float) -> str:
    text = f"{_money(base.mrr)} × (1 {_signed(assumed.price)}%)"
    if not lost:
        return text
    return f"{text} × (1 − {format_number(assumed.price, 1)} × {format_number(assumed.leave, 2)}%)"


def _money(value: float) -> str:
    return format_brl(value)


def _signed(value: float) -> str:
    return f"{'+' if value >= 0 else '−'} {format_number(abs(value), 1)}"
