"""How far a load is and how long it still takes: steps weighed by the load before, or by the bytes of a first one."""

from collections.abc import Mapping
from dataclasses import dataclass

FIRST_LOAD = {
    "Ler e limpar os arquivos": (6, 0.1, 3600),
    "Montar o cadastro": (0.4, 0.01, 3600),
    "Reconhecer prospects repetidos": (0.3, 0.03, 3600),
    "Montar a visão 360": (0.6, 0.035, 3600),
    "Contar a qualidade": (0.05, 0, 3600),
    "Calcular atributos": (1.2, 0.005, 3600),
    "Estimar riscos e propensões": (8, 0.4, 150),
    "Segmentar": (4, 0.7, 105),
    "Somar os números por mês": (0.3, 0.04, 3600),
    "Medir o efeito das campanhas": (0.5, 0.03, 3600),
    "Avaliar a régua de contatos": (1.3, 0.03, 3600),
    "Repartir as próximas ações": (0.3, 0.03, 3600),
    "Conferir o que os scores previram": (0.2, 0.002, 3600),
    "Gravar a versão": (0.2, 0.004, 3600),
    "Publicar para as páginas": (4, 0.06, 3600),
}
"""Seconds of a step, seconds more for each MB, and at most: as measured at 14, 144 and 1,690 MB (ADR 0591)."""
PARTS = {"Segmentos": (0.0, 0.85), "Prever segmentos": (0.85, 1.0)}
"""What share of its step a piece of work begins and ends at, where the step is made of several."""
TRUSTED = 10
"""Seconds that a load has to have worked off for its own pace to count as much as the expected one."""


@dataclass
class Pace:
    """Where a load is among its steps, and how fast it goes against what was expected of them."""

    seconds: Mapping[str, float]
    slowest: bool
    """Whether it is never thought to be faster than expected: what the load before did not read anew, this one may."""
    step: str = ""
    inner: float = 0

    def begin(self, step: str) -> None:
        """A step begins."""
        self.step, self.inner = step, 0

    def advance(self, stage: str, done: float) -> None:
        """The work of a step is at a share of it; it never goes back."""
        start, end = PARTS.get(stage, (0.0, 1.0))
        self.inner = max(self.inner, start + (end - start) * min(done, 1))

    @property
    def share(self) -> float:
        """How much of the load is done, 0 to 1, in time."""
        total = sum(self.seconds.values())
        return self._done / total if total else 0

    def left(self, spent: float) -> float:
        """The seconds to come, after those spent."""
        pace = (spent + TRUSTED) / (self._done + TRUSTED)
        return (sum(self.seconds.values()) - self._done) * (max(pace, 1) if self.slowest else pace)

    @property
    def _done(self) -> float:
        """The expected seconds of what is done."""
        names = list(self.seconds)
        if self.step not in names:
            return 0
        before = names[: names.index(self.step)]
        return sum(self.seconds[name] for name in before) + self.inner * self.seconds[self.step]


def of_first_load(size: int) -> Pace:
    """What to expect of a first load, by the bytes of its files."""
    megabytes = size / 1e6
    return Pace({step: min(first + each * megabytes, most) for step, (first, each, most) in FIRST_LOAD.items()}, False)


def after(steps: list[dict[str, float | str]]) -> Pace:
    """What to expect of a load after another, by the seconds its steps took."""
    return Pace({str(one["label"]): float(one["seconds"]) for one in steps}, True)
