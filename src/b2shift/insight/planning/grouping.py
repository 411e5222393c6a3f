"""What numbers are split by, and whether customers themselves are asked for."""

from b2shift.insight.planning.draft import Draft, Used
from b2shift.insight.planning.wording import pattern
from b2shift.insight.reading.items import CONNECTORS, Item, Reading

SCOPE = frozenset("dos das de do da of nos nas em entre in among for from para pelos pelas no na com with to".split())
PASSED = frozenset(
    "qualquer quaisquer any algum alguma some our nossos nossas meus minhas the os as todos all todas seus my".split()
)
COMPANIES = frozenset(
    "hospitais clinicas construtoras transportadoras varejistas lojas escolas universidades faculdades bancos fabricas "
    "industrias distribuidoras distribuidores atacadistas retailers hospitals schools banks factories distributors farms "
    "operadoras financeiras manufacturers builders carriers".split()
)
"""Values of a dimension said as who they are: `hospitais com NPS baixo` are customers."""
NOUNS = frozenset("cliente customer empresa company conta account negocio business".split())
OPENING = frozenset({"por", "by", "each", "cada", "nossos", "um", "uma", "one"})
"""Words between what splits and its dimension: `em cada uma das regiões`."""
JOINED = frozenset({"e", "and", ",", "x", "/"})


def take_groups(reading: Reading, draft: Draft, used: Used) -> None:
    """Write into the draft the dimensions that split, and whether customers are the subject."""
    values = reading.of("value")
    limited = any(one.field == "campaign_conversion_rate" for one in draft.filters)
    for item in reading.of("dimension"):
        if _names_a_value(reading, item, values):
            continue
        if (
            item.name == "campaign"
            and not limited
            and any(v.name == "channel" and 0 < v.start - item.end < 2 for v in values)
        ):
            continue  # `campanhas de WhatsApp` are of a channel; those `com conversão abaixo de 5%` are themselves asked for
        if item.name == "campaign" and reading.folded[item.end : item.end + 1] == [":"] and reading.of("metric"):
            continue  # `Campanhas: conversão por mês` is a heading
        if item.name == "customer":
            _customer(reading, draft, item)
        elif item.name in {"tenure_months", "renewal_date"}:
            if split_by(reading, item) or (reading.cue("relationship") and item not in used.items):
                draft.dimensions.append(item.name)
        elif split_by(reading, item) or not _scope(reading, item) or item.name in {"churn_reason", "nps_band"}:
            draft.dimensions.append(item.name)
    converted = any(m.name == "campaign_conversion_rate" for m in reading.of("metric"))
    cue = reading.cue("top", "bottom", "best", "worst", "ranking", "which", "list")
    asked = cue is not None or not any(value.name == "channel" for value in values)
    if (
        converted
        and not limited
        and (len(set(draft.dimensions)) > 1 or not asked)
        and not any(i.name == "campaign" and split_by(reading, i) for i in reading.of("dimension"))
    ):
        draft.dimensions = [name for name in draft.dimensions if name != "campaign"]
    told = [m for m in reading.of("metric") if m.name == "campaign_conversion_rate"]
    apart = len(told) == 2 and reading.folded[told[0].end : told[1].start] in (["por"], ["by"])
    if apart and "campaigns" in reading.folded[told[0].end - 1].replace("campanhas", "campaigns"):
        draft.dimensions.append("campaign")  # `resultado das campanhas por conversão`
    _people(reading, draft, used)
    if not draft.dimensions and not draft.customers and reading.cue("ranking", "top", "bottom", "best", "worst"):
        draft.dimensions += _ranked_groups(reading, values)


def _ranked_groups(reading: Reading, values: list[Item]) -> list[str]:
    """`Ranking por MRR dos segmentos`: groups in the plural, said after what orders them."""
    several = [i for i in reading.of("dimension") if reading.folded[i.end - 1] != reading.words[i.end - 1].lemma]
    groups = [i.name for i in several if i.name != "customer" and not _names_a_value(reading, i, values)]
    return groups[:1]


def split_by(reading: Reading, item: Item) -> bool:
    """`por segmento`, `em cada região`, `by state`; also the further ones of a list, `por segmento e região`."""
    cues = [i for i in reading.of("cue") if i.name == "by" and i.end <= item.start]
    if not cues:
        return False
    between = set(range(cues[-1].end, item.start))
    others = {p for i in reading.of("dimension") for p in range(i.start, i.end)}
    words = [reading.folded[p] for p in sorted(between - others)]
    if between & others and not JOINED & set(words):
        return False  # `de cada vendedor das empresas`: the second narrows, it does not split
    return all(word in CONNECTORS | JOINED | OPENING for word in words)


def _names_a_value(reading: Reading, item: Item, values: list[Item]) -> bool:
    """`segmento de varejo`, `plano premium`, `retail segment`: the dimension's name beside one of its values."""
    for value in values:
        if value.name != item.name:
            continue
        gap = (
            reading.folded[item.end : value.start]
            if value.start >= item.end
            else reading.folded[value.end : item.start]
        )
        if value.start >= item.end and all(word in CONNECTORS | {"em", "e", "é", ":"} for word in gap):
            return not split_by(reading, item)
        if value.end <= item.start and not gap:
            return True
    return False


def _scope(reading: Reading, item: Item) -> bool:
    before = next((i for i in reversed(reading.items) if i.end <= item.start and i.kind == "cue"), None)
    opens = before is not None and all(w in CONNECTORS for w in reading.folded[before.end : item.start])
    if (
        before
        and opens
        and before.name
        in {"ranking", "top", "bottom", "best", "worst", "list", "which", "between", "share", "relationship"}
    ):
        return False
    if item.start == 0 or (
        item.kind == "dimension" and item.start <= 2 and reading.folded[0] in {"entre", "among", "dos", "das", "of"}
    ):
        return False
    at = item.start - 1
    while at >= 0 and reading.folded[at] in PASSED:
        at -= 1
    return at >= 0 and reading.folded[at] in SCOPE


def _customer(reading: Reading, draft: Draft, item: Item) -> None:
    if among(reading, item):
        return
    if split_by(reading, item):
        draft.dimensions.append("customer")
    elif not _scope(reading, item):
        draft.customers = True


def among(reading: Reading, item: Item) -> bool:
    """`O NPS mais alto entre os clientes premium`, `entre as empresas de saúde, …`: those narrow, they do not split."""
    opener = [i for i in reading.of("cue") if i.name == "by" and i.end == item.start]
    if any(reading.folded[i.start] in {"entre", "among"} for i in opener):
        return True
    at = item.start - 1
    while at >= 0 and reading.folded[at] in PASSED:
        at -= 1
    return at > 0 and reading.folded[at] in {"entre", "among"}


def _people(reading: Reading, draft: Draft, used: Used) -> None:
    """Customers asked for by other words: `detratores`, `quem`, renewals; and why they leave."""
    values = reading.of("value")
    asked = [i for i in reading.of("cue") if i.name in {"list", "count", "share"}]
    if any(word.lemma in NOUNS for i in asked for word in reading.words[i.start : i.end]):
        draft.customers = True
    for value in values:
        about_customers = value.name == "nps_band" or any(
            w.lemma in NOUNS or w.folded in COMPANIES for w in reading.words[value.start : value.end]
        )
        if about_customers and value not in used.negated and not _scope(reading, value):
            draft.customers = True
    shared = reading.cue("share") is not None and bool(values)
    if (draft.dimensions or shared) and not reading.of("metric") and {"base", "carteira"} & set(reading.folded):
        draft.customers = True
    why = pattern("reasons").search(reading.text)
    ranked = reading.cue("top", "ranking", "by") or pattern("most_said").search(reading.text)
    leaving = reading.cue("leave", "lose") or any(
        m.name in {"churn_rate", "churned_customers"} for m in reading.of("metric")
    )
    if why and ranked and leaving and not reading.cue("rise", "drop"):
        draft.dimensions.append("churn_reason")
    if used.periods and not [m for m in reading.of("metric") if m not in used.items]:
        draft.customers = True
    who = [i for i in reading.of("cue") if i.name == "list" and reading.folded[i.start] in {"quem", "who"}]
    if who and not {"account_owner", "campaign"} & set(draft.dimensions):
        draft.customers = True
