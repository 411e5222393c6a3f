"""How each metric is made of the star's facts, said once: as words, as SQL of a month, and as DAX."""

from typing import NamedTuple

from b2shift.metrics.dictionary import load_dictionary
from b2shift.metrics.measures import measures
from b2shift.metrics.own.formula import Formula, read_formula

NOW = "now"


class Term(NamedTuple):
    """One side of a metric: the sum of a column of a source, taken of a period as its kind says."""

    source: str
    column: str
    kind: str


class Recipe(NamedTuple):
    """`scale` times the numerators, over the denominators where there are any; or a formula over other metrics."""

    scale: float
    above: tuple[Term, ...]
    below: tuple[Term, ...] = ()
    formula: Formula | None = None


def recipes() -> dict[str, Recipe]:
    """Every metric that the star can tell."""
    known = measures()["measures"]
    found = {name: recipe for name in load_dictionary().metrics if (recipe := _recipe(known.get(name) or {}))}
    return {n: r for n, r in found.items() if r.formula is None or set(r.formula.metrics()) <= set(found)}


def _recipe(measure: dict[str, object]) -> Recipe | None:
    if isinstance(text := measure.get("formula"), str):
        return Recipe(1.0, (), (), read_formula(text))
    source = measure.get("source")
    if not isinstance(source, str):
        return None
    above, below = _terms(source, "num"), _terms(source, "den")
    if "ratio" in measure:
        return Recipe(float(str(measure["ratio"])), above, below)
    return Recipe(float(str(measure.get("times", 1))), below if measure.get("of") == "den" else above)


def _terms(source: str, side: str) -> tuple[Term, ...]:
    known = measures()
    parts = known["composed"].get(source, [{"source": source, "num": "f.num", "den": "f.den"}])
    return tuple(
        Term(part["source"], str(part[side]).removeprefix("f."), known["facts"].get(part["source"], NOW))
        for part in parts
        if str(part[side]).startswith("f.")
    )


def calculation_of(name: str) -> str:
    """The calculation in words: `100 × soma(num de nps) ÷ soma(den de nps)`."""
    recipe = recipes()[name]
    if recipe.formula is not None:
        return _written(recipe.formula)
    scale = f"{recipe.scale:g} × " if recipe.scale != 1 else ""
    below = f" ÷ {_summed(recipe.below)}" if recipe.below else ""
    return f"{scale}{_summed(recipe.above)}{below}"


def month_sql(name: str) -> str:
    """The metric of one month as a SQL expression over `facts` of that month; of today over `today`."""
    recipe = recipes()[name]
    if recipe.formula is not None:
        return _formula_sql(recipe.formula)
    below = f" / nullif({_sql(recipe.below)}, 0)" if recipe.below else ""
    return f"{recipe.scale:g} * {_sql(recipe.above)}{below}"


def is_of_today(name: str) -> bool:
    """Whether it has no months."""
    recipe = recipes()[name]
    if recipe.formula is not None:
        return any(is_of_today(part) for part in recipe.formula.metrics())
    return any(term.kind == NOW for term in recipe.above + recipe.below)


def dax(name: str) -> str:
    """The metric as a DAX measure: stocks of the last closed month, ratios of sums; no right sum is blank."""
    recipe = recipes()[name]
    if recipe.formula is not None:
        return _formula_dax(recipe.formula)
    above = " + ".join(map(_dax, recipe.above))
    expression = f"DIVIDE ( {above}, {' + '.join(map(_dax, recipe.below))} )" if recipe.below else above
    expression = f"{recipe.scale:g} * {expression}" if recipe.scale != 1 else expression
    if any(term.kind == "month" for term in recipe.above + recipe.below):
        return f"IF ( HASONEVALUE ( 'Meses'[month] ), {expression} )"
    return expression


def _dax(term: Term) -> str:
    table = "Hoje" if term.kind == NOW else "Fatos do mês"
    source = f"'{table}'[source] = \"{term.source}\""
    total = f"SUM ( '{table}'[{term.column}] )"
    if term.kind == "stock":
        last = "CALCULATE ( MAX ( 'Meses'[month] ), 'Meses'[closed] = TRUE () )"
        return f"( VAR ultimo = {last} RETURN CALCULATE ( {total}, {source}, 'Meses'[month] = ultimo ) )"
    if term.kind == "day":
        return (
            f"( VAR ultimo = MAX ( 'Meses'[month] ) RETURN CALCULATE ( {total}, {source}, 'Meses'[month] = ultimo ) )"
        )
    return f"CALCULATE ( {total}, {source} )"


def _formula_dax(formula: Formula) -> str:
    if formula.number is not None:
        return f"{formula.number:g}"
    if formula.metric:
        return f"[{load_dictionary().metrics[formula.metric].label}]"
    left, right = (_formula_dax(part) for part in formula.parts)
    return f"DIVIDE ( {left}, {right} )" if formula.sign == "/" else f"( {left} {formula.sign} {right} )"


def _formula_sql(formula: Formula) -> str:
    if formula.number is not None:
        return f"{formula.number:g}"
    if formula.metric:
        return f"({month_sql(formula.metric)})"
    left, right = (_formula_sql(part) for part in formula.parts)
    return f"({left} / nullif({right}, 0))" if formula.sign == "/" else f"({left} {formula.sign} {right})"


def _sql(terms: tuple[Term, ...]) -> str:
    return " + ".join(
        f"coalesce(sum({one.column}) FILTER (WHERE source = '{one.source}'), 0)::DOUBLE PRECISION" for one in terms
    )


def _summed(terms: tuple[Term, ...]) -> str:
    return " + ".join(f"soma({one.column} de {one.source})" for one in terms)


def _written(formula: Formula) -> str:
    if formula.number is not None:
        return f"{formula.number:g}"
    if formula.metric:
        return formula.metric
    left, right = map(_written, formula.parts)
    return f"({left} {formula.sign} {right})"
