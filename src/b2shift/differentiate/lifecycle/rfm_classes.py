"""The standard grid: each of the 125 codes has exactly one class, by recency and the mean of frequency and value."""

from math import floor

from b2shift.differentiate.lifecycle.rfm_config import RfmWeights

NO_PURCHASES = "Sem compras"
EQUAL = RfmWeights()
# Rows: recency, 5 (recent) to 1 (long ago). Columns: mean of frequency and value, 1 (rare, little) to 5 (often, much).
_GRID = {
    5: ("Recentes", "Potencialmente leais", "Potencialmente leais", "Campeões", "Campeões"),
    4: ("Promissores", "Potencialmente leais", "Potencialmente leais", "Leais", "Campeões"),
    3: ("Prestes a dormir", "Precisam de atenção", "Precisam de atenção", "Leais", "Leais"),
    2: ("Hibernando", "Prestes a dormir", "Em risco", "Em risco", "Em risco"),
    1: ("Perdidos", "Hibernando", "Em risco", "Não podemos perder", "Não podemos perder"),
}
CLASSES = tuple(dict.fromkeys(name for row in _GRID.values() for name in row))


def rfm_class(recency: int, frequency: int, monetary: int, *, weights: RfmWeights = EQUAL) -> str:
    """The class of a code of three scores from 1 to 5; a mean of frequency and value that ends in a half rounds up."""
    return _GRID[recency][floor(weights.mean(frequency, monetary) + 0.5) - 1]
