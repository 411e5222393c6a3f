// The same formats as `console/formats.py`, written by the browser for axes and tooltips.
const DATES = {
  day: { day: "2-digit", month: "2-digit", year: "numeric" },
  month: { month: "short", year: "numeric" },
  quarter: { month: "numeric", year: "numeric" },
  year: { year: "numeric" },
};

function quarter(value, locale) {
  const number = Math.ceil(Number(value.slice(5, 7)) / 3);
  return locale === "en" ? `Q${number} ${value.slice(0, 4)}` : `${number}º tri/${value.slice(0, 4)}`;
}

function date(form, locale) {
  if (form === "quarter") return (value) => (value ? quarter(value, locale) : "–");
  const words = new Intl.DateTimeFormat(locale, { ...DATES[form], timeZone: "UTC" });
  const tidy = (text) => (locale === "pt-BR" && form === "month" ? text.replace(". de ", "/").replace(" de ", "/") : text);
  return (value) => (value ? tidy(words.format(new Date(`${value.slice(0, 10)}T00:00:00Z`))) : "–");
}

const DECIMALS = { money: 2, money_signed: 2, points: 2 };

function number(form, decimals, locale, short) {
  const compact = short || form.endsWith("_short") ? { notation: "compact", maximumFractionDigits: 1 } : {};
  const digits = decimals ?? DECIMALS[form] ?? 0;
  const exact = compact.notation ? {} : { minimumFractionDigits: digits, maximumFractionDigits: digits };
  const sign = form === "money_signed" ? { signDisplay: "exceptZero" } : {};
  if (form.startsWith("money")) return { style: "currency", currency: "BRL", ...sign, ...exact, ...compact };
  if (form === "percent") return { style: "percent", minimumFractionDigits: decimals ?? 0, maximumFractionDigits: decimals ?? 0 };
  if (form === "signed" || form === "points") return { signDisplay: "exceptZero", ...exact, ...compact };
  return { ...exact, ...compact };
}

// A difference of shares, in percentage points.
function points(words, locale) {
  const unit = locale === "en" ? "pp" : "p.p.";
  return (value) => `${words.format(100 * value)}\u00a0${unit}`;
}

// As `format_brl_short`: money below a thousand in full (`R$ 489,50`, `R$ 500`), below 100 million with two decimals.
function amount(words, locale) {
  const money = { style: "currency", currency: "BRL" };
  const cents = new Intl.NumberFormat(locale, { ...money, trailingZeroDisplay: "stripIfInteger" });
  const millions = new Intl.NumberFormat(locale, { ...money, notation: "compact", maximumFractionDigits: 2 });
  return (value) => {
    const size = Math.abs(value);
    return (size < 999.995 ? cents : size < 999_995 || size >= 99.995e6 ? words : millions).format(value);
  };
}

// Below a thousand nothing is compact: the decimals a column asks for stay (`0,924`).
function shortened(form, digits, words, locale) {
  if (form.startsWith("money")) return amount(words, locale);
  if (digits === undefined || form === "percent") return (value) => words.format(value);
  const exact = new Intl.NumberFormat(locale, number(form, digits, locale, false));
  return (value) => (Math.abs(value) < 1000 ? exact : words).format(value);
}

export function formatter(format, language, short = false) {
  const [form, decimals] = format.split(":");
  const locale = language.startsWith("en") ? "en" : "pt-BR";
  if (form in DATES) return date(form, locale);
  if (!form) return (value) => (value === null || value === undefined ? "–" : String(value));
  const digits = decimals === undefined ? undefined : Number(decimals);
  const words = new Intl.NumberFormat(locale, number(form, digits, locale, short));
  if (form === "points") return (value) => (value === null || value === undefined ? "–" : tidy(points(words, locale)(value), locale));
  const write = short || form.endsWith("_short") ? shortened(form, digits, words, locale) : (value) => words.format(value);
  return (value) => (value === null || value === undefined ? "–" : tidy(write(value), locale));
}

// As the pages write it: the minus sign, not a hyphen; in English `R$ 2.3k`, where browsers say `R$2.3K`.
function tidy(text, locale) {
  const told = text.replace("-", "−");
  return locale === "en" ? told.replace(/R\$(?=\d)/, "R$\u00a0").replace(/K$/, "k") : told;
}

// Along an axis: as many digits as keep neighbours apart (`R$ 1,05 mi`, `R$ 1,1 mi`).
export function ticks(format, language) {
  const [form] = format.split(":");
  if (!form || form in DATES) return formatter(format, language, true);
  const locale = language.startsWith("en") ? "en" : "pt-BR";
  if (form === "percent") {
    const share = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 });
    return (value) => share.format(value).replace("-", "−");
  }
  if (form === "points") return (value) => tidy(points(new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 }), locale)(value), locale);
  const money = form.startsWith("money") ? { style: "currency", currency: "BRL" } : {};
  const words = new Intl.NumberFormat(locale, { ...money, notation: "compact", maximumSignificantDigits: 3 });
  return (value) => tidy(words.format(value), locale);
}
