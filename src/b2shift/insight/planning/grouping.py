"""Dimensions to group by, and whether customers themselves are the subject."""

from b2shift.insight.planning.draft import Draft, Used
from b2shift.insight.planning.wording import pattern
from b2shift.insight.reading.mentions import CONNECTORS, Mention, Reading

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
    """Fill the dimensions to group by and whether customers are the subject."""
    values = reading.of("value")
    limited = any(one.field == "campaign_conversion_rate" for one in draft.filters)
    for mention in reading.of("dimension"):
        if _names_a_value(reading, mention, values):
            continue
        if (
            mention.name == "campaign"
            and not limited
            and any(v.name == "channel" and 0 < v.start - mention.end < 2 for v in values)
        ):
            continue  # `campanhas de WhatsApp` are of a channel; those `com conversão abaixo de 5%` are themselves asked for
        if (
            mention.name == "campaign"
            and reading.folded[mention.end : mention.end + 1] == [":"]
            and reading.of("metric")
        ):
            continue  # `Campanhas: conversão por mês` is a heading
        if mention.name == "customer":
            _customer(reading, draft, mention)
        elif mention.name in {"tenure_months", "renewal_date"}:
            if split_by(reading, mention) or (reading.cue("relationship") and mention not in used.mentions):
                draft.dimensions.append(mention.name)
        elif split_by(reading, mention) or not _scope(reading, mention) or mention.name in {"churn_reason", "nps_band"}:
            draft.dimensions.append(mention.name)
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
    conversions = [m for m in reading.of("metric") if m.name == "campaign_conversion_rate"]
    apart = len(conversions) == 2 and reading.folded[conversions[0].end : conversions[1].start] in (["por"], ["by"])
    if apart and "campaigns" in reading.folded[conversions[0].end - 1].replace("campanhas", "campaigns"):
        draft.dimensions.append("campaign")  # `resultado das campanhas por conversão`
    _people(reading, draft, used)
    if not draft.dimensions and not draft.customers and reading.cue("ranking", "top", "bottom", "best", "worst"):
        draft.dimensions += _ranked_groups(reading, values)


def _ranked_groups(reading: Reading, values: list[Mention]) -> list[str]:
    """Plural groups named after what orders them: `ranking por MRR dos segmentos`."""
    several = [i for i in reading.of("dimension") if reading.folded[i.end - 1] != reading.words[i.end - 1].lemma]
    groups = [i.name for i in several if i.name != "customer" and not _names_a_value(reading, i, values)]
    return groups[:1]


def split_by(reading: Reading, mention: Mention) -> bool:
    """Whether a dimension is grouped by: `por segmento`, `em cada região`, also further ones, `por segmento e região`."""
    cues = [i for i in reading.of("cue") if i.name == "by" and i.end <= mention.start]
    if not cues:
        return False
    between = set(range(cues[-1].end, mention.start))
    others = {p for i in reading.of("dimension") for p in range(i.start, i.end)}
    words = [reading.folded[p] for p in sorted(between - others)]
    if between & others and not JOINED & set(words):
        return False  # `de cada vendedor das empresas`: the second narrows, it does not split
    return all(word in CONNECTORS | JOINED | OPENING for word in words)


def _names_a_value(reading: Reading, mention: Mention, values: list[Mention]) -> bool:
    """Whether a dimension only introduces one of its values: `segmento de varejo`, `retail segment`."""
    for value in values:
        if value.name != mention.name:
            continue
        gap = (
            reading.folded[mention.end : value.start]
            if value.start >= mention.end
            else reading.folded[value.end : mention.start]
        )
        if value.start >= mention.end and all(word in CONNECTORS | {"em", "e", "é", ":"} for word in gap):
            return not split_by(reading, mention)
        if value.end <= mention.start and not gap:
            return True
    return False


def _scope(reading: Reading, mention: Mention) -> bool:
    before = next((i for i in reversed(reading.mentions) if i.end <= mention.start and i.kind == "cue"), None)
    opens = before is not None and all(w in CONNECTORS for w in reading.folded[before.end : mention.start])
    if (
        before
        and opens
        and before.name
        in {"ranking", "top", "bottom", "best", "worst", "list", "which", "between", "share", "relationship"}
    ):
        return False
    if mention.start == 0 or (
        mention.kind == "dimension"
        and mention.start <= 2
        and reading.folded[0] in {"entre", "among", "dos", "das", "of"}
    ):
        return False
    at = mention.start - 1
    while at >= 0 and reading.folded[at] in PASSED:
        at -= 1
    return at >= 0 and reading.folded[at] in SCOPE


def _customer(reading: Reading, draft: Draft, mention: Mention) -> None:
    if among(reading, mention):
        return
    if split_by(reading, mention):
        draft.dimensions.append("customer")
    elif not _scope(reading, mention):
        draft.customers = True


def among(reading: Reading, mention: Mention) -> bool:
    """Whether customers are a scope, not a grouping: `o NPS mais alto entre os clientes premium`."""
    opener = [i for i in reading.of("cue") if i.name == "by" and i.end == mention.start]
    if any(reading.folded[i.start] in {"entre", "among"} for i in opener):
        return True
    at = mention.start - 1
    while at >= 0 and reading.folded[at] in PASSED:
        at -= 1
    return at > 0 and reading.folded[at] in {"entre", "among"}


def _people(reading: Reading, draft: Draft, used: Used) -> None:
    """Customers as the subject by other words (`detratores`, `quem`, renewals), and the reasons of churn."""
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
    if used.periods and not [m for m in reading.of("metric") if m not in used.mentions]:
        draft.customers = True
    who = [i for i in reading.of("cue") if i.name == "list" and reading.folded[i.start] in {"quem", "who"}]
    if who and not {"account_owner", "campaign"} & set(draft.dimensions):
        draft.customers = True
