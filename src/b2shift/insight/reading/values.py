"""Values recognised by their neighbours: bands and sizes, cluster numbers, state codes."""

from b2shift.insight.reading.mentions import Mention, Reading
from b2shift.insight.reading.numbers import number
from b2shift.metrics.api import load_dictionary

_STATES_AS_WORDS = frozenset({"se", "to", "pa", "al", "am", "ma", "ac", "ap", "es", "go", "pi", "ro", "mt", "ms"})
_STATES = frozenset("ac al am ap ba ce df es go ma mg ms mt pa pb pe pi pr rj rn ro rr rs sc se sp to".split())
SURE_STATES = frozenset("sp rj mg rs pr sc df rn pb ba".split())
"""Codes that are no word of either language: `detratores sp`."""
JOINING = frozenset("e and , x vs versus com ou or nem nor numero n o".split())
"""Between the numbers of several clusters: `clusters 2 e 5`, `do cluster 1 nem do 2`."""
_PLACED = frozenset("em no na de do da estado uf in from por state of e x vs ou and".split())


def beside_dimension(reading: Reading, taken: set[int]) -> None:
    """`faixa de risco alto`, `porte médio`: ordinary words that are values beside their dimension's name."""
    if any(v.name == "company_size" for v in reading.of("value")):
        for position, said in enumerate(reading.folded):
            if said in {"medias", "medios"} and position not in taken:
                reading.mentions.append(Mention("value", "company_size", position, position + 1, "media"))
                taken.add(position)
    for mention in reading.of("dimension"):
        if _is_mean_size(mention, reading):
            continue
        if (
            mention.name not in {"risk_band", "company_size"}
            or mention.end >= len(reading.words)
            or mention.end in taken
        ):
            continue
        word = reading.words[mention.end].lemma
        value = {"alta": "alto", "baixa": "baixo", "high": "alto", "low": "baixo", "medium": "medio"}.get(word, word)
        if mention.name == "company_size":
            value = {"medio": "media"}.get(value, value)
        if value in load_dictionary().dimensions[mention.name].values:
            reading.mentions.append(Mention("value", mention.name, mention.end, mention.end + 1, value))
            taken.add(mention.end)


def _is_mean_size(mention: Mention, reading: Reading) -> bool:
    """`Tamanho médio dos clientes` is a mean, `clientes de porte médio` a size."""
    after = reading.folded[mention.end : mention.end + 2]
    return mention.name == "company_size" and mention.start == 0 and after in (["medio", "dos"], ["medio", "de"])


def further_bands(reading: Reading, taken: set[int]) -> None:
    """`Risco médio ou alto`, `porte médio e grande`: the second value leaves the dimension unsaid."""
    known = load_dictionary().dimensions
    for mention in [i for i in reading.mentions if i.kind == "value" and i.name in {"risk_band", "company_size"}]:
        at = mention.end + 1
        joined = reading.folded[mention.end : at] in ([one] for one in JOINING)
        lemma = reading.words[at].lemma if at < len(reading.words) else ""
        value = "media" if mention.name == "company_size" and lemma == "medio" else lemma
        if joined and at not in taken and value in known[mention.name].values:
            reading.mentions.append(Mention("value", mention.name, at, at + 1, value))
            taken.add(at)


def sizes_before(reading: Reading, taken: set[int]) -> None:
    """`Média x grande`: of two sizes the first leaves the dimension unsaid."""
    starts = {mention.start for mention in reading.of("value") if mention.name == "company_size"}
    for position, word in enumerate(reading.words[:-2]):
        opened = position == 0 or reading.folded[position - 1] not in {"a", "em", "da", "na", "de"}
        joined = (
            reading.folded[position + 1] in {"x", "vs", "versus", "contra", "e", "ou", ","} and position + 2 in starts
        )
        if word.folded in {"media", "medias", "medios"} and position not in taken and opened and joined:
            reading.mentions.append(Mention("value", "company_size", position, position + 1, "media"))
            taken.add(position)


def risks_of(reading: Reading, taken: set[int]) -> None:
    """`Em risco alto de cancelamento`: of what the risk is belongs to its band."""
    for position, mention in enumerate(reading.mentions):
        band = mention.kind == "value" and mention.name == "risk_band"
        of = next((m for m in reading.of("metric") if m.name in {"churn_rate", "churned_customers"}
                   and m.start - mention.end == 1 and reading.folded[mention.end] in {"de", "of"}), None)  # fmt: skip
        if band and of:
            reading.mentions[position] = mention._replace(end=of.end)
            reading.mentions.remove(of)
            taken.add(mention.end)
            return


def clusters(reading: Reading, taken: set[int]) -> None:
    """`cluster 4`, `clusters 2 e 5`, `grupo três`."""
    folded = reading.folded
    for mention in [i for i in reading.mentions if i.kind == "dimension" and i.name == "cluster"]:
        at, several = mention.end, []
        while at < len(folded):
            again = folded[at] in {"do", "no", "from", "of", "in"} and folded[at - 1] in {"e", "nem", "ou", "nor", "or"}
            if again or folded[at] in JOINING:
                at += 1
                continue
            value = number(folded[at])
            follower = folded[at + 1] if at + 1 < len(folded) else ""
            if (at in taken and folded[at] not in {"zero"}) or not isinstance(value, int) or follower in {"%", "mil"}:
                break
            several.append((at, value))
            at += 1
        for position, value in several:
            reading.mentions.append(
                Mention(
                    "value", "cluster", mention.start if position == several[0][0] else position, position + 1, value
                )
            )
            taken.update(range(mention.start, position + 1))
        if several:
            reading.mentions.remove(mention)
        else:
            _clusters_left_out(reading, taken)


def _clusters_left_out(reading: Reading, taken: set[int]) -> None:
    """`Por cluster, exceto o 7`: a number after what leaves out."""
    for cue in [i for i in reading.mentions if i.kind == "cue" and i.name == "not"]:
        position = cue.end + (reading.folded[cue.end : cue.end + 1] in (["o"], ["the"]))
        value = number(reading.folded[position]) if position < len(reading.words) and position not in taken else None
        if isinstance(value, int):
            reading.mentions.append(Mention("value", "cluster", position, position + 1, value))
            taken.add(position)


def _beside_state(reading: Reading, position: int) -> bool:
    """`compare sp e rj`, `sp x pr`: two codes side by side, whatever their letters."""
    folded = reading.folded
    beside = {folded[at] for at in (position - 2, position + 2) if 0 <= at < len(folded)} & (_STATES - _STATES_AS_WORDS)
    joined = {folded[at] for at in (position - 1, position + 1) if 0 <= at < len(folded)} & {
        "e",
        "x",
        "vs",
        "versus",
        "ou",
        "and",
    }
    return bool(beside and joined) and folded[position] not in {"e", "x", "se", "to"}


def states(reading: Reading, taken: set[int]) -> None:
    """Two-letter codes: in capitals anywhere, in small letters where a place may stand."""
    shouting = reading.question.isupper()
    for position, word in enumerate(reading.words):
        if position in taken or word.folded not in _STATES:
            continue
        before = reading.folded[position - 1] if position else ""
        loud = word.typed.isupper() and (not shouting or word.folded not in _STATES_AS_WORDS)
        loud = loud or _beside_state(reading, position) or word.folded in SURE_STATES
        quiet = before in _PLACED and word.folded not in _STATES_AS_WORDS
        if loud or quiet or (before in {"estado", "uf", "em", "in"} and word.folded not in {"se", "to"}):
            reading.mentions.append(Mention("value", "state", position, position + 1, word.folded))
            taken.add(position)
