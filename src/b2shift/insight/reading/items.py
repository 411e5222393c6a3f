"""A question read: its words, and everything recognised in them."""

import re
from dataclasses import dataclass, field
from datetime import date

from b2shift.insight.reading.calendar import last_closed
from b2shift.insight.reading.lexicon import CONNECTORS, Item, Lexicon
from b2shift.insight.reading.numbers import Amount, amounts, number
from b2shift.insight.reading.periods import TIME_WORDS, Found
from b2shift.insight.reading.spans import find_periods
from b2shift.insight.reading.text import Word, singular, split
from b2shift.metrics.api import load_dictionary

_ENGLISH = frozenset(
    "the what which who show list how is are our by with more than last customers and for of does did give in why".split()
)
_STATES_AS_WORDS = frozenset({"se", "to", "pa", "al", "am", "ma", "ac", "ap", "es", "go", "pi", "ro", "mt", "ms"})
_STATES = frozenset("ac al am ap ba ce df es go ma mg ms mt pa pb pe pi pr rj rn ro rr rs sc se sp to".split())
GLUED = re.compile(r"^(?:(top)(\d{1,3})|(\d{1,3})([md]))$")
ORDINAL = re.compile(r"^(?:[12]o|primeiro|segundo)$")
COUNTED_TIME = frozenset("ultimo last past ult proximo prox next em ha".split())
SURE_STATES = frozenset("sp rj mg rs pr sc df rn pb ba".split())
"""Codes that are no word of either language: `detratores sp`."""
JOINING = frozenset("e and , x vs versus com ou or nem nor numero n o".split())
"""Between the numbers of several clusters: `clusters 2 e 5`, `do cluster 1 nem do 2`."""
PAYING = ("pag", "fatur", "pay", "bill")
_NARROWED = frozenset(
    "tirando exceto menos fora excluindo ignorando desconsiderando contar ignoring excluding except so apenas somente only de entre para com "
    "considerando por dentre among for of by".split()
)
_PLACED = frozenset("em no na de do da estado uf in from por state of e x vs ou and".split())


@dataclass
class Reading:
    """One question, read once; the planner only looks."""

    question: str
    words: list[Word]
    as_of: date
    portuguese: bool
    items: list[Item] = field(default_factory=list)
    periods: list[Found] = field(default_factory=list)
    amounts: list[Amount] = field(default_factory=list)
    nouns: frozenset[str] = frozenset()
    """Ordinary nouns of the business: after `por` they would name a group."""
    qualifying: frozenset[str] = frozenset()
    """Ordinary words that beside a name narrow it."""

    @property
    def folded(self) -> list[str]:
        """The words, folded and put right."""
        return [word.folded for word in self.words]

    @property
    def text(self) -> str:
        """The folded words in one line."""
        return " ".join(self.folded)

    def of(self, kind: str) -> list[Item]:
        """Items of a kind, in the order they stand."""
        return [item for item in self.items if item.kind == kind]

    def cue(self, *names: str) -> Item | None:
        """The first cue with one of these names."""
        return next((item for item in self.items if item.kind == "cue" and item.name in names), None)

    def covered(self) -> set[int]:
        """Places of words that something explains."""
        spans = [(i.start, i.end) for i in self.items]
        spans += [(a.start, a.end) for a in self.amounts] + [(p.start, p.end) for p in self.periods]
        return {place for start, end in spans for place in range(start, end)}


def read(question: str, as_of: date, lexicon: Lexicon, *, ahead: bool = False) -> Reading:
    """Recognise everything in a question; `ahead` reads months without a year as coming ones."""
    words = _spelled(split(question), lexicon)
    portuguese = sum(word.folded in _ENGLISH for word in words) * 4 < len(words) + 1
    reading = Reading(question, words, as_of, portuguese, nouns=lexicon.nouns, qualifying=lexicon.qualifying)
    taken: set[int] = set()
    first = _phrases(reading, lexicon, taken, longest_only=True)
    reading.periods = find_periods(reading.folded, as_of, ahead, {p for i in first for p in range(i.start, i.end)})
    for found in reading.periods:
        taken.update(range(found.start, found.end))
    for item in first:
        taken.update(range(item.start, item.end))
    reading.items = [*first, *_phrases(reading, lexicon, taken, longest_only=False)]
    for item in reading.items:
        taken.update(range(item.start, item.end))
    _beside_dimension(reading, taken)
    _further_bands(reading, taken)
    _clusters(reading, taken)
    _states(reading, taken)
    reading.amounts = amounts(reading.folded, portuguese, taken)
    _rates(reading)
    _whoever(reading)
    _idle(reading)
    _closed(reading)
    _least(reading)
    reading.items.sort(key=lambda item: item.start)
    return reading


def _rates(reading: Reading) -> None:
    """`Mais de 5 mil por mês`, `10 chamados por mês`: a month beside an amount is no step of a series."""
    ends = {a.end + (reading.folded[a.end : a.end + 1] in (["horas"], ["hours"])) for a in reading.amounts}
    ends |= {i.end for i in reading.items if i.kind == "metric" and i.start in ends}
    asked = any(item.kind == "cue" and item.name == "how_much" for item in reading.items)
    if asked and not reading.periods:  # `quanto o agro nos paga por mês?`: the number is a month's anyway
        ends |= {i.end for i in reading.items if i.name == "mrr" and reading.folded[i.start].startswith(PAYING)}
    for place, item in enumerate(reading.items):
        if item.kind == "cue" and item.name == "grain_month" and item.start in ends:
            reading.items[place] = item._replace(name="each_month")


def _whoever(reading: Reading) -> None:
    """`Considerando só quem paga mais de 5 mil`: those narrow what is asked for, they are not it."""
    for place, item in enumerate(reading.items):
        alone = item.kind == "cue" and item.name == "list" and reading.folded[item.start] in {"quem", "who"}
        if alone and item.start and reading.folded[item.start - 1] in _NARROWED:
            reading.items[place] = item._replace(name="whoever")


def _idle(reading: Reading) -> None:
    """`Sem usar há 3 meses`: all those months, not the one three months ago."""
    if not any(i.kind == "cue" and i.name in {"none", "not"} for i in reading.items):
        return
    for place, found in enumerate(reading.periods):
        said = reading.folded[found.start : found.end]
        count = number(said[1]) if len(said) == 3 and said[0] in {"ha", "faz"} else None
        if isinstance(count, int) and said[2] in {"mes", "meses"}:
            reading.periods[place] = found._replace(days=last_closed(count, "month", reading.as_of))


def _closed(reading: Reading) -> None:
    """`Fechamos maio com quantos clientes?`: a period is closed, nobody is won."""
    places = {found.start for found in reading.periods}
    for item in [i for i in reading.items if i.kind == "cue" and i.name == "gain"]:
        after = item.end + (reading.folded[item.end : item.end + 1] in (["o"], ["a"], ["the"]))
        if reading.folded[item.start].startswith(("fech", "clos")) and {item.end, after} & places:
            reading.items.remove(item)


def _least(reading: Reading) -> None:
    """`Qual segmento usa menos o sistema?` leaves nothing out."""
    starts = {item.start for item in reading.of("value")}
    for place, item in enumerate(reading.items):
        less = item.kind == "cue" and item.name == "not" and reading.folded[item.start] == "menos"
        if less and not starts & set(range(item.end, item.end + 3)):
            reading.items[place] = Item("cue", "bottom", item.start, item.start + 1)


def _spelled(words: list[Word], lexicon: Lexicon) -> list[Word]:
    out: list[Word] = []
    for place, word in enumerate(words):
        if word.folded == "pro" and not _is_plan(words, place):
            out.extend(Word(word.typed, one, one, False) for one in ("para", "o"))
            continue
        parts = GLUED.match(word.folded)
        if parts and (parts[1] or (place and words[place - 1].lemma in COUNTED_TIME)):
            out.extend(Word(word.typed, one, singular(one), False) for one in _unglued(parts))
            continue
        if word.folded == "sem" and place and ORDINAL.match(words[place - 1].folded):
            out.append(Word(word.typed, "semestre", "semestre", False))
            continue
        if word.folded in lexicon.short and not _is_code(word, words, place):
            whole = lexicon.short[word.folded].split()
            out.extend(Word(word.typed, one, singular(one), False) for one in whole)
            continue
        plain = word.folded[:-1] if word.folded.endswith("s") and len(word.folded) > 4 else ""
        if plain in lexicon.spelling.known and word.lemma not in lexicon.spelling.known:
            out.append(word._replace(lemma=plain))  # an English plural where a Portuguese one was looked for: `scores`
            continue
        if lexicon.knows(word.folded) or number(word.folded) is not None or word.folded in TIME_WORDS:
            out.append(word)
            continue
        right = lexicon.spelling.right(word.folded)
        out.append(word if right == word.folded else Word(word.typed, right, singular(right), False))
    return out


def _is_code(word: Word, words: list[Word], place: int) -> bool:
    """A letter in capitals or beside a number is no abbreviation: `Q1`, `grupo C`, `TX`."""
    shouted = all(one.typed.isupper() for one in words if one.typed.isalpha())
    loud = word.typed.isupper() and not shouted
    beside_money = place > 0 and words[place - 1].folded in {"$", "r"}
    return (len(word.folded) == 1 and (loud or beside_money)) or (
        len(word.folded) == 2 and loud and word.folded != "hs"
    )


def _unglued(parts: re.Match[str]) -> tuple[str, str]:
    """`Top10` is `top 10`, `últimos 3m` the last 3 months."""
    return (parts[1], parts[2]) if parts[1] else (parts[3], "meses" if parts[4] == "m" else "dias")


def _is_plan(words: list[Word], place: int) -> bool:
    """`plano pro`, `the pro plan`; elsewhere `pro` is `para o`."""
    before = words[place - 1].lemma if place else ""
    after = words[place + 1].lemma if place + 1 < len(words) else ""
    return before in {"plano", "plan", "pacote", "do", "no", "the"} or after in {"plan", "tier", "x", "vs"}


def _phrases(reading: Reading, lexicon: Lexicon, taken: set[int], *, longest_only: bool) -> list[Item]:
    """Phrases from left to right; with `longest_only`, those that no period may break: comparisons of time."""
    found: list[Item] = []
    lemmas, at = [word.lemma for word in reading.words], 0
    while at < len(lemmas):
        item = None if at in taken else lexicon.match(lemmas, at, taken)
        place = item is not None and item.kind == "value" and item.name == "state" and item.end - item.start > 1
        if item and longest_only and not place and item.name not in {"previous_year", "previous_period", "p90", "p95"}:
            item = None
        if item and (_spreads(item, reading) or _swallows(item, lemmas, lexicon, taken)):
            item = None
        if item and _is_auxiliary(item, reading):
            item = None
        if (
            item
            and item.name == "share"
            and item.start
            and lemmas[item.start] == "%"
            and lemmas[item.start - 1].isdigit()
        ):
            item = None
        if item and item.name == "average_all" and reading.folded[item.end - 1] == "medias":
            item = Item("cue", "compare", item.start, item.start + 1)
        if item and item.name == "average_all" and reading.folded[at] == "media" and found and found[-1].end == at:
            item = None if found[-1].kind == "metric" else item  # `propensão média dos clientes`
        if item and item.name == "risk_band" and item.value == "baixo" and _risk_is_denied(item, reading):
            item = Item("value", "risk_band", item.start + 1, item.end + 1, "alto")
        if item and _is_mean_risk(item, reading):
            item = Item("metric", "churn_risk", item.start, item.end)
        if item and _is_health(item, reading):
            item = Item("metric", "health_score", item.start, item.end)
        if item:
            found.append(item)
        at = item.end if item else at + 1
    return found


def _swallows(item: Item, lemmas: list[str], lexicon: Lexicon, taken: set[int]) -> bool:
    """`Em valor vencido`, `na faixa de risco alta`: a cue that ends inside a longer name is none."""
    if item.kind != "cue" or item.end - item.start < 2 or item.end - 1 in taken:
        return False
    kinds, first = ({"dimension", "value"}, item.start + 1) if item.name == "between" else ({"metric"}, item.end - 1)
    inside = [lexicon.match(lemmas, place, taken) for place in range(first, item.end)]
    return any(found is not None and found.kind in kinds and found.end > item.end for found in inside)


def _spreads(item: Item, reading: Reading) -> bool:
    """`distribuição dos clientes por plano` is no segment."""
    word = reading.folded[item.start]
    after = reading.folded[item.end : item.end + 1]
    return (
        item.value == "distribuicao"
        and word.startswith("distribui")
        and after in (["de"], ["do"], ["dos"], ["das"], ["da"], ["por"])
    )


def _is_auxiliary(item: Item, reading: Reading) -> bool:
    """`o MRR deve crescer` owes nothing."""
    after = reading.folded[item.end] if item.end < len(reading.words) else ""
    return (
        reading.folded[item.start] in {"deve", "devem", "devemos"}
        and item.end - item.start == 1
        and after.endswith("r")
    )


def _is_health(item: Item, reading: Reading) -> bool:
    """`clientes com saúde ruim` is about their health, `clientes da saúde` about a segment."""
    if item.value != "saude" or reading.folded[item.start] not in {"saude", "health"}:
        return False
    before = reading.folded[item.start - 1] if item.start else ""
    return before in {"com", "a", "sua", "with", "cuja", "their", "boa", "ma"}


def _is_mean_risk(item: Item, reading: Reading) -> bool:
    """`Risco de churn médio por vendedor` is a mean, `clientes de risco médio` a band."""
    opens = item.start == 0 or reading.folded[item.start - 1] in {"o", "qual", "the"}
    beside = reading.folded[item.end : item.end + 1] in (["por"], ["by"], ["per"])
    return item.name == "risk_band" and item.value == "medio" and opens and beside


def _risk_is_denied(item: Item, reading: Reading) -> bool:
    """`sem risco alto` leaves the high ones out; `sem risco` alone means low."""
    after = reading.folded[item.end : item.end + 1]
    return reading.folded[item.start] in {"sem", "without"} and after in (["alto"], ["elevado"], ["high"])


def _beside_dimension(reading: Reading, taken: set[int]) -> None:
    """`faixa de risco alto`, `porte médio`: ordinary words that are values beside their dimension's name."""
    if any(v.name == "company_size" for v in reading.of("value")):
        for place, said in enumerate(reading.folded):
            if said in {"medias", "medios"} and place not in taken:
                reading.items.append(Item("value", "company_size", place, place + 1, "media"))
                taken.add(place)
    for item in reading.of("dimension"):
        if _is_mean_size(item, reading):
            continue
        if item.name not in {"risk_band", "company_size"} or item.end >= len(reading.words) or item.end in taken:
            continue
        word = reading.words[item.end].lemma
        value = {"alta": "alto", "baixa": "baixo", "high": "alto", "low": "baixo", "medium": "medio"}.get(word, word)
        if item.name == "company_size":
            value = {"medio": "media"}.get(value, value)
        if value in load_dictionary().dimensions[item.name].values:
            reading.items.append(Item("value", item.name, item.end, item.end + 1, value))
            taken.add(item.end)


def _is_mean_size(item: Item, reading: Reading) -> bool:
    """`Tamanho médio dos clientes` is a mean, `clientes de porte médio` a size."""
    after = reading.folded[item.end : item.end + 2]
    return item.name == "company_size" and item.start == 0 and after in (["medio", "dos"], ["medio", "de"])


def _further_bands(reading: Reading, taken: set[int]) -> None:
    """`Risco médio ou alto`, `porte médio e grande`: the second value leaves the dimension unsaid."""
    known = load_dictionary().dimensions
    for item in [i for i in reading.items if i.kind == "value" and i.name in {"risk_band", "company_size"}]:
        at = item.end + 1
        joined = reading.folded[item.end : at] in ([one] for one in JOINING)
        lemma = reading.words[at].lemma if at < len(reading.words) else ""
        value = "media" if item.name == "company_size" and lemma == "medio" else lemma
        if joined and at not in taken and value in known[item.name].values:
            reading.items.append(Item("value", item.name, at, at + 1, value))
            taken.add(at)


def _clusters(reading: Reading, taken: set[int]) -> None:
    """`cluster 4`, `clusters 2 e 5`, `grupo três`."""
    folded = reading.folded
    for item in [i for i in reading.items if i.kind == "dimension" and i.name == "cluster"]:
        at, several = item.end, []
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
        for place, value in several:
            reading.items.append(
                Item("value", "cluster", item.start if place == several[0][0] else place, place + 1, value)
            )
            taken.update(range(item.start, place + 1))
        if several:
            reading.items.remove(item)
        else:
            _clusters_left_out(reading, taken)


def _clusters_left_out(reading: Reading, taken: set[int]) -> None:
    """`Por cluster, exceto o 7`: a number after what leaves out."""
    for cue in [i for i in reading.items if i.kind == "cue" and i.name == "not"]:
        place = cue.end + (reading.folded[cue.end : cue.end + 1] in (["o"], ["the"]))
        value = number(reading.folded[place]) if place < len(reading.words) and place not in taken else None
        if isinstance(value, int):
            reading.items.append(Item("value", "cluster", place, place + 1, value))
            taken.add(place)


def _beside_state(reading: Reading, place: int) -> bool:
    """`compare sp e rj`, `sp x pr`: two codes side by side, whatever their letters."""
    folded = reading.folded
    beside = {folded[at] for at in (place - 2, place + 2) if 0 <= at < len(folded)} & (_STATES - _STATES_AS_WORDS)
    joined = {folded[at] for at in (place - 1, place + 1) if 0 <= at < len(folded)} & {
        "e",
        "x",
        "vs",
        "versus",
        "ou",
        "and",
    }
    return bool(beside and joined) and folded[place] not in {"e", "x", "se", "to"}


def _states(reading: Reading, taken: set[int]) -> None:
    """Two-letter codes: in capitals anywhere, in small letters where a place may stand."""
    shouting = reading.question.isupper()
    for place, word in enumerate(reading.words):
        if place in taken or word.folded not in _STATES:
            continue
        before = reading.folded[place - 1] if place else ""
        loud = word.typed.isupper() and (not shouting or word.folded not in _STATES_AS_WORDS)
        loud = loud or _beside_state(reading, place) or word.folded in SURE_STATES
        quiet = before in _PLACED and word.folded not in _STATES_AS_WORDS
        if loud or quiet or (before in {"estado", "uf", "em", "in"} and word.folded not in {"se", "to"}):
            reading.items.append(Item("value", "state", place, place + 1, word.folded))
            taken.add(place)


__all__ = ["CONNECTORS", "Item", "Reading", "read"]
