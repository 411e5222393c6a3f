"""A grammar of time expressions, Portuguese and English."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

from b2shift.insight.reading import calendar
from b2shift.insight.reading.calendar import Days
from b2shift.insight.reading.numbers import number
from b2shift.kernel.calendar import add_months

MONTHS = {
    name: position
    for position, names in enumerate(
        (
            "janeiro jan january", "fevereiro fev feb february", "marco mar march", "abril abr apr april",
            "maio mai may", "junho jun june", "julho jul july", "agosto ago aug august", "setembro set sep sept september",
            "outubro out oct october", "novembro nov november", "dezembro dez dec december",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
UNITS = {
    "mes": "month", "meses": "month", "month": "month", "months": "month", "trimestre": "quarter",
    "trimestres": "quarter", "tri": "quarter", "quarter": "quarter", "quarters": "quarter", "semestre": "half",
    "semestres": "half", "half": "half", "ano": "year", "anos": "year", "year": "year", "years": "year",
}  # fmt: skip
FULL = "janeiro|fevereiro|marco|abril|maio|junho|julho|agosto|setembro|outubro|novembro|dezembro|" \
    "january|february|april|june|july|august|september|october|november|december"  # fmt: skip
SHORT = "jan|fev|feb|mar|march|abr|apr|mai|may|jun|jul|ago|aug|set|sep|sept|out|oct|nov|dez|dec"
TIME_WORDS = frozenset(
    {*MONTHS, *UNITS, "primeiro", "segundo", "terceiro", "quarto", "first", "second", "third", "fourth"}
)
"""Words of time: never put right towards another word."""
UNIT = "mes|meses|months?|trimestres?|tri|quarters?|semestres?|half|anos?|years?"
N = r"(\d+|um|uma|dois|duas|tres|quatro|cinco|seis|sete|oito|nove|dez|onze|doze|quinze|dezoito|vinte e quatro|vinte" \
    r"|trinta|sessenta|noventa|one|two|three|four|five|six|seven|eight|nine|ten|twelve|eighteen|twenty four|thirty|ninety)"  # fmt: skip
ORDINALS = {
    "primeiro": 1, "1o": 1, "first": 1, "1st": 1, "segundo": 2, "2o": 2, "second": 2, "2nd": 2, "terceiro": 3, "3o": 3,
    "third": 3, "3rd": 3, "quarto": 4, "4o": 4, "fourth": 4, "4th": 4, "quinto": 5, "5o": 5, "sexto": 6, "6o": 6, "ultimo": -1, "last": -1, "1": 1, "2": 2, "3": 3, "4": 4,
}  # fmt: skip
ORDINAL = "primeiro|segundo|terceiro|quarto|[1-4]o|first|second|third|fourth|1st|2nd|3rd|4th"
YEAR = r"(?: ?(?:de|do|of|in|/|-|,)? ?(?:ano de )?(20\d\d|\d\d(?= |$)(?! ?(?:%|mil|dias|mes|cliente|x )))| (?:d?este ano|desse ano|this year|do ano atual)| (?:do ano passado|ano passado|last year|of last year|do ano anterior))?"
THIS = "este|neste|deste|nesse|esse|desse|atual|corrente|this|current|of this"
ARTICLE = "o|no|do|the|in the"


class PeriodMention(NamedTuple):
    """A period and its span of words (`end` exclusive); `ahead` when it lies in the future.

    `parts` are the two periods of a range `entre A e B`, which may also be two to compare; `several` were named singly.
    """

    days: Days
    start: int
    end: int
    ahead: bool = False
    open_end: bool = False
    open_start: bool = False
    parts: tuple[Days, ...] = ()
    several: bool = False


class _Rule(NamedTuple):
    pattern: re.Pattern[str]
    days: Callable[[re.Match[str], date, bool], Days | None]
    ahead: bool = False


def _year(text: str | None, whole: str, as_of: date) -> int | None:
    if text:
        return int(text) if len(text) == 4 else 2000 + int(text)
    if re.search(r"(ano passado|last year|ano anterior)$", whole):
        return as_of.year - 1
    return as_of.year if re.search(r"(este ano|esse ano|this year|ano atual)$", whole) else None


def _month(m: re.Match[str], as_of: date, ahead: bool) -> Days | None:
    ahead = ahead and not m[0].startswith(("last", "past")) and not m[0].endswith("passado")
    return calendar.named_month(MONTHS[m["month"]], _year(m[2], m[0], as_of), as_of, ahead)


def _part(unit: str) -> Callable[[re.Match[str], date, bool], Days | None]:
    return lambda m, as_of, ahead: calendar.named_part(
        unit, ORDINALS[m["index"]], _year(m["year"], m[0], as_of), as_of, ahead
    )


def _count(text: str) -> int:
    return int(sum(number(part) or 0 for part in text.split(" e ")) if " e " in text else number(text) or 24)


def _last(m: re.Match[str], as_of: date, ahead: bool) -> Days | None:
    count, unit = _count(m[1]), m["unit"]
    if unit in UNITS:
        return calendar.last_closed(count, UNITS[unit], as_of)
    return as_of - timedelta(days=count * (7 if unit[0] in "sw" else 1)), as_of


def _next(m: re.Match[str], as_of: date, ahead: bool) -> Days | None:
    count, unit = _count(m[1]), m["unit"]
    if unit in UNITS:
        return calendar.coming(count, UNITS[unit], as_of)
    return as_of, as_of + timedelta(days=count * (7 if unit[0] in "sw" else 1))


def _within(m: re.Match[str], as_of: date, ahead: bool) -> Days | None:
    return _next(m, as_of, ahead) if ahead else _last(m, as_of, ahead)


def _ago(m: re.Match[str], as_of: date, ahead: bool) -> Days | None:
    return calendar.span(add_months(as_of, -_count(m[1]) * calendar.MONTHS_IN[UNITS[m["unit"]]]), 1)


def _first_months(m: re.Match[str], as_of: date, ahead: bool) -> Days | None:
    year = _year(m["year"], m[0], as_of) or as_of.year
    count = _count(m[1]) * calendar.MONTHS_IN[UNITS[m["unit"]]]
    return calendar.span(date(year, 1, 1), count)


def _day(m: re.Match[str], as_of: date, ahead: bool) -> Days | None:
    year = int(m[3]) if m[3] else as_of.year
    try:
        day = date(year if year > 99 else 2000 + year, int(m[2]), int(m[1]))
    except ValueError:
        return None
    return day, day


def _dated(m: re.Match[str], as_of: date, ahead: bool) -> Days | None:
    """`15 de agosto`, `July 1st`, `de 10 a 20 de maio`: days of a month."""
    start, _ = calendar.named_month(MONTHS[m["month"]], _year(m["year"], m[0], as_of), as_of, ahead)
    first = 1 if m["day"] == "primeiro" else int(re.sub(r"\D", "", m["day"]))
    last = int(m["to"]) if m.groupdict().get("to") else first
    days = start.replace(day=first), start.replace(day=last)
    return days if ahead or m["year"] or days[0] <= as_of else tuple(day.replace(year=day.year - 1) for day in days)  # type: ignore[return-value]


def _half_month(m: re.Match[str], as_of: date, ahead: bool) -> Days | None:
    start, _ = calendar.named_month(MONTHS[m["month"]], _year(m[3], m[0], as_of), as_of, ahead)
    half = start.replace(day=16)
    first = m["index"] in {"primeira", "1a", "1o", "first"}
    return (start, start.replace(day=15)) if first else (half, calendar.month_end(start))


def _months_until(m: re.Match[str], as_of: date, ahead: bool) -> Days | None:
    """`Os 6 meses até março`: so many whole units that end with the month; `antes de` leaves it out."""
    month, _ = calendar.named_month(MONTHS[m["month"]], _year(m[5], m[0], as_of), as_of, ahead)
    after = month if m["side"] in {"antes de", "before"} else add_months(month, 1)
    months = _count(m[1]) * calendar.MONTHS_IN[UNITS[m["unit"]]]
    return calendar.span(add_months(after, -months), months)


def _year_until(m: re.Match[str], as_of: date, ahead: bool) -> Days | None:
    """`Do começo do ano até abril`, `deste ano até maio`."""
    end = calendar.month_end(date(as_of.year, MONTHS[m["month"]], 1))
    return date(as_of.year, 1, 1), end


def _day_of_month(day: int, month: int, as_of: date, ahead: bool) -> Days | None:
    if not 1 <= month <= 12:
        return None
    start, _ = calendar.named_month(month, None, as_of, ahead)
    found = start.replace(day=day)
    return (found,) * 2 if ahead or found <= as_of else (found.replace(year=found.year - 1),) * 2


def _numbered(m: re.Match[str], as_of: date, ahead: bool) -> Days | None:
    month, year = int(m["m"]), int(m["y"])
    if year < 20:
        return _day_of_month(month, year, as_of, ahead)  # `15/03`: a day and its month
    return calendar.named_month(month, year if year > 99 else 2000 + year, as_of, ahead) if 1 <= month <= 12 else None


def _shift(unit: str, steps: int) -> Callable[[re.Match[str], date, bool], Days | None]:
    return lambda m, as_of, ahead: calendar.shifted(unit, as_of, steps)


def _current(m: re.Match[str], as_of: date, ahead: bool) -> Days | None:
    days = calendar.current(UNITS[m["unit"]], as_of)
    return (days[0], calendar.shifted(UNITS[m["unit"]], as_of, 0)[1]) if ahead else days


def _year_to_date(m: re.Match[str], as_of: date, ahead: bool) -> Days | None:
    return calendar.current("year", as_of)


def _week(steps: int) -> Callable[[re.Match[str], date, bool], Days | None]:
    def days(m: re.Match[str], as_of: date, ahead: bool) -> Days:
        monday = as_of - timedelta(days=as_of.weekday()) + timedelta(weeks=steps)
        if steps == 0 and ahead:
            return as_of, monday + timedelta(days=6)
        return monday, as_of if steps == 0 else monday + timedelta(days=6)

    return days


def _rule(pattern: str, days: Callable[[re.Match[str], date, bool], Days | None], ahead: bool = False) -> _Rule:
    return _Rule(re.compile(rf"(?<!\S)(?:{pattern})(?!\S)"), days, ahead)


PAST = "passado|anterior"
RULES = (
    _rule(r"(\d{4}) ?[-/] ?(\d{1,2}) ?[-/] ?(\d{1,2})", lambda m, a, h: (date(int(m[1]), int(m[2]), int(m[3])),) * 2),
    _rule(r"(\d{1,2}) ?/ ?(\d{1,2}) ?/ ?(\d{4}|\d\d)", _day),
    _rule(r"(?P<m>\d{1,2}) ?/ ?(?P<y>20\d\d|\d\d)", _numbered),
    _rule(r"(?P<y>20\d\d) ?[-/] ?(?P<m>\d{1,2})", _numbered),
    _rule(rf"(?:d?este ano|this year|(?:desde o |do |de |entre o )?(?:comeco|inicio|principio) d(?:o|este) ano|(?:since |from |between )?the (?:start|beginning) of (?:the|this) year) (?:ate|e|and|until|through|to) (?:o (?:fim|final) de |o mes de )?(?P<month>{FULL}|march|may)(?! de 20| 20)", _year_until),
    _rule(rf"(?:n?os |d?os |the |in the |over the )?{N} (?P<unit>meses|months|trimestres|quarters|anos|years) (?P<side>ate|antes de|to|until|before|up to|through|ending in|ending|encerrados em|terminados em|terminando em|que terminam em|que terminaram em)(?: o mes de)? (?P<month>{FULL}|march|may|mai){YEAR}", _months_until),
    _rule(rf"(?:de |entre |do dia |from |between )?(?P<day>\d{{1,2}}o?) (?:a|e|ate|to|and|-) (?P<to>\d{{1,2}}) (?:de )?(?P<month>{FULL}|{SHORT})(?: (?:de )?(?P<year>20\d\d))?", _dated),
    _rule(rf"(?:o |no |em )?(?:dia )?(?P<day>\d{{1,2}}|1o|primeiro) (?:de |of )?(?P<month>{FULL}|{SHORT})(?: (?:de )?(?P<year>20\d\d))?", _dated),
    _rule(rf"(?:on )?(?P<month>{FULL}|{SHORT}) (?P<day>\d{{1,2}}(?:st|nd|rd|th)|\d{{1,2}})(?: ?,? (?P<year>20\d\d))?(?! ?(?:%|mil|k|customer|client|segment|state|cluster))", _dated),
    _rule(rf"(?P<index>primeira|segunda|1a|2a|first|second) (?:quinzena|half) (?:de|do mes de|of) (?P<month>{FULL}|{SHORT}){YEAR}", _half_month),
    _rule(rf"(?:n?os |d?os |the |in the |over the |n?as |d?as )?(?:ultim[oa]s|last|past|previous|passad[oa]s) {N} (?:closed |full |complete )?(?P<unit>{UNIT}|dias?|days?|semanas?|weeks?)(?: fechados| completos)?", _last),
    _rule(rf"(?:n?os |d?os )?{N} ultim[oa]s (?P<unit>{UNIT}|dias?|semanas?)", _last),
    _rule(rf"{N} (?P<unit>meses|months|trimestres|quarters|dias|days) (?:passados|anteriores|pra tras|para tras)", _last),
    _rule("l ?t ?m|ttm|trailing twelve months|12m", lambda m, a, h: calendar.last_closed(12, "month", a)),
    _rule(rf"(?:n?os |the |in the |over the |n?as |d?os |d?as )?(?:proxim[oa]s|next|seguintes|coming) {N} (?P<unit>{UNIT}|dias?|days?|semanas?|weeks?)", _next, True),
    _rule(rf"(?:d?entro de|daqui a|em ate|within) {N} (?P<unit>dias|days|meses|months|semanas|weeks)", _next, True),
    _rule(rf"(?:em|in|num prazo de|no prazo de|over) {N} (?P<unit>dias|days|meses|months|semanas|weeks)", _within),
    _rule(rf"(?:ha|faz) {N} (?P<unit>{UNIT})(?: atras)?|{N} (?P<unit2>{UNIT}) (?:atras|ago)", lambda m, a, h: calendar.span(add_months(a, -_count(m[1] or m[3]) * calendar.MONTHS_IN[UNITS[m["unit"] or m["unit2"]]]), 1)),
    _rule(rf"(?:n?os |d?os |the |in the )?(?:primeiros|first) {N} (?P<unit>meses|months|trimestres|quarters)(?:(?: (?:de|do|of|in))?(?: ano de)? (?P<year>20\d\d)| (?:do|deste|of the|of this) (?:ano|year)| do ano passado| of last year)", _first_months),
    _rule(rf"(?:last |past |this past )(?P<month>{FULL}|march|may)()", _month),
    _rule(rf"(?:(?<!mes a )(?<!por )(?<!cada )(?:o )?mes de )?(?P<month>{FULL}){YEAR}(?: passado)?", _month),
    _rule(rf"(?P<month>{SHORT})(?: ?(?:de|do|of|in|/|-|,)? ?(20\d\d|\d\d)| (?:deste ano|desse ano|this year)| (?:do ano passado|last year|of last year))", _month),
    _rule(r"(?P<index>[1-4]) ?(?:t|tri|q|o tri|o trim|o trimestre)(?: ?(?:de|do|/|-)? ?(?P<year>20\d\d|\d\d))?(?: do ano passado| desse ano| deste ano| do ano atual)?", _part("quarter")),
    _rule(r"(?:q|t|tri )(?P<index>[1-4])(?: ?(?:of|in|de|do|/|-)? ?(?P<year>20\d\d|\d\d))?(?: of last year| last year| this year| do ano passado| deste ano)?", _part("quarter")),
    _rule(r"(?P<index>[1-4])(?:t|q|tri)(?P<year>\d\d|20\d\d)", _part("quarter")),
    _rule(r"(?P<year>20\d\d) ?-? ?(?:q|t|tri)(?P<index>[1-4])", _part("quarter")),
    _rule(r"(?P<index>[12])(?:s|sem)(?: ?/? ?(?P<year>\d\d|20\d\d))", _part("half")),
    _rule(r"(?:h|s)(?P<index>[12])(?: ?(?:of|in|de|/)? ?(?P<year>20\d\d|\d\d))?", _part("half")),
    _rule(rf"(?P<index>{ORDINAL}) (?:trimestre|tri|quarter)(?:,? ?(?:de|do|of|in|/)? ?(?P<year>20\d\d|\d\d(?= |$))| (?:deste ano|desse ano|this year|of this year|do ano atual)| (?:do ano passado|last year|of last year|do ano anterior))?", _part("quarter")),
    _rule(rf"(?P<index>{ORDINAL}) (?:semestre|half(?: of)?(?: the year)?)(?: ?(?:de|do|of|in|/)? ?(?P<year>20\d\d|\d\d(?= |$))| (?:deste ano|desse ano|this year|of this year)| (?:do ano passado|last year|of last year|do ano anterior))?", _part("half")),
    _rule(rf"(?P<index>{ORDINAL}|quinto|sexto|[56]o) bimestre(?: ?(?:de|do|/)? ?(?P<year>20\d\d)| d?este ano| do ano passado)?", _part("bimester")),
    _rule(rf"bimestre (?:{PAST})|ultimo bimestre", _shift("bimester", -1)),
    _rule(rf"(?P<index>{ORDINAL}) quadrimestre(?: ?(?:de|do|/)? ?(?P<year>20\d\d)| d?este ano| do ano passado)?", _part("four_months")),
    _rule(rf"quadrimestre (?:{PAST})|ultimo quadrimestre", _shift("four_months", -1)),
    _rule(rf"mes (?:{PAST})|ultimo mes(?: fechado)?(?! d[eo]s? (?:cada|todo))|last (?:closed )?month|previous month|ultimo fechamento|mes que passou", _shift("month", -1)),
    _rule("mes retrasado|penultimo mes|month before last", _shift("month", -2)),
    _rule(rf"(?:trimestre|tri) (?:{PAST})|ultimo (?:trimestre|tri)(?: fechado)?|last quarter|previous quarter|trimestre que passou", _shift("quarter", -1)),
    _rule("(?:trimestre|tri) retrasado|penultimo trimestre", _shift("quarter", -2)),
    _rule(rf"(?:semestre) (?:{PAST})|ultimo semestre|last half(?: year)?|previous half", _shift("half", -1)),
    _rule(rf"ano (?:{PAST})|last year|previous year|ano que passou", _shift("year", -1)),
    _rule("ano retrasado|year before last", _shift("year", -2)),
    _rule("(?:n?o )?(?:ultimo )?ano (?:fechado|completo|encerrado)|last (?:full|complete|closed) year", _shift("year", -1)),
    _rule("ultimo ano|past year|last twelve months", lambda m, a, h: calendar.last_closed(12, "month", a)),
    _rule(r"y ?t ?d|year to date|so far this year|(?:n?o )?acumulado (?:do|no|este|deste|neste) ano|(?:no|deste|este|neste) ano ate (?:agora|aqui|o momento|hoje)|desde o (?:inicio|comeco|principio) d(?:o|este) ano|since the (?:start|beginning) of the year|ano corrente|ate agora (?:no|este|neste) ano", _year_to_date),
    _rule("m ?t ?d|month to date|mes corrente|desde o (?:inicio|comeco) do mes", lambda m, a, h: calendar.current("month", a)),
    _rule("q ?t ?d|quarter to date|trimestre corrente|desde o (?:inicio|comeco) do trimestre", lambda m, a, h: calendar.current("quarter", a)),
    _rule("proximos? mes|mes que vem|next month|mes seguinte", _shift("month", 1), True),
    _rule("proximos? (?:trimestre|tri)|trimestre que vem|next quarter|trimestre seguinte", _shift("quarter", 1), True),
    _rule("proximos? semestre|semestre que vem|next half(?: year)?", _shift("half", 1), True),
    _rule("proximos? ano|ano que vem|next year", _shift("year", 1), True),
    _rule(r"(?:o |no |do |pelo |para o |por o |for |over |in |the )*(?:resto|restante|rest|remainder) (?:do|deste|desse|de o|of the|of this|of) ?(?:ano|year)", lambda m, a, h: (a, date(a.year, 12, 31)), True),
    _rule(r"(?:o |no |ate o |do |pro |para o |by |until |at |the |at the |by the |until the )*(?:fim|final|fechamento|encerramento|end) (?:do|deste|desse|of the|of this|of) ?(?:ano|year)|year end|(?:ate|by|until) o? ?fim de ano", lambda m, a, h: (date(a.year, 12, 1), date(a.year, 12, 31)), True),
    _rule(r"(?:o |no |ate o |do |pro |para o )*(?:fim|final|fechamento) d(?:o|este) (?:trimestre|tri)|(?:by |until |at )?(?:the )?end of (?:the|this) quarter|quarter end", lambda m, a, h: (a, calendar.shifted("quarter", a, 0)[1]), True),
    _rule(r"(?:o |no |ate o |do |pro |para o )*(?:fim|final|fechamento) d(?:o|este) mes|(?:by |until |at )?(?:the )?end of (?:the|this) month|month end", lambda m, a, h: (a, calendar.shifted("month", a, 0)[1]), True),
    _rule("semana passada|ultima semana|last week|semana anterior", _week(-1)),
    _rule("semana que vem|proxima semana|semana seguinte|next week", _week(1), True),
    _rule("(?:n?esta|n?essa|d?esta|this|current) (?:semana|week)", _week(0)),
    _rule("ontem|yesterday", lambda m, a, h: (a - timedelta(days=1),) * 2),
    _rule(rf"(?:{THIS}) (?P<unit>mes|month|trimestre|tri|quarter|semestre|ano|year)(?: atual| corrente)?", _current),
    _rule(rf"(?:{ARTICLE}) (?P<unit>mes|month|trimestre|tri|quarter|semestre|ano|year)(?: atual| corrente)?(?! (?:com|with|de 20\d\d|de maior|de menor|que|em que|mais|menos|where))", _current),
    _rule("(?P<unit>mes|trimestre|semestre|ano) (?:atual|corrente)", _current),
    _rule(r"(?:(?<!por )(?<!cada )ano de |year |em )?(?P<y>20[0-4]\d)", lambda m, a, h: calendar.named_year(int(m["y"]), a, h)),
)  # fmt: skip
RULE_WORDS = frozenset(word for rule in RULES for word in re.findall(r"[a-z]{4,}", rule.pattern.pattern))
"""Words that periods are said with: never put right towards another word either."""
_BARE = re.compile(rf"(?<!\S)(?P<month>{SHORT})(?!\S)")
_BEFORE_BARE = frozenset(
    "em de desde ate para x vs versus entre e a in of since from to until between and com by for - ou with than against ao ante contra".split()
)


def named_periods(words: list[str], as_of: date, ahead: bool, taken: set[int]) -> Iterator[PeriodMention]:
    """Every period that words name by themselves, rule by rule; `taken` words name none."""
    text, starts = " ".join(words), {}
    at = 0
    for position, word in enumerate(words):
        starts[at] = position
        at += len(word) + 1
    for rule in RULES:
        for match in rule.pattern.finditer(text):
            first = starts[match.start()]
            last = first + match.group().count(" ") + 1
            if any(position in taken for position in range(first, last)) or not _plausible(words, first):
                continue
            try:
                days = rule.days(match, as_of, ahead)
            except (ValueError, OverflowError):
                continue
            if days:
                taken.update(range(first, last))
                yield PeriodMention(days, first, last, rule.ahead or days[0] > as_of)
    for match in _BARE.finditer(text):
        position = starts[match.start()]
        if position not in taken and position and words[position - 1] in _BEFORE_BARE:
            days = calendar.named_month(MONTHS[match["month"]], None, as_of, ahead)
            yield PeriodMention(days, position, position + 1, days[0] > as_of)


def _plausible(words: list[str], first: int) -> bool:
    return not (first and words[first - 1] in {"$", "top", "<", ">", "<=", ">="})
