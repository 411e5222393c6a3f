"""Targets that a finger misses: what takes a press on less than 24 × 24 pixels (WCAG 2.2, 2.5.8)."""

from playwright.sync_api import Page

SMALL = """() => {
  const targets = "a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button], [role=tab]";
  const apart = (one) => one.nodeType !== 1 || one.matches(targets) || getComputedStyle(one).display !== "inline";
  const text = (node) => [...node.childNodes]
    .map((one) => one.nodeType === 3 ? one.textContent : apart(one) ? "" : text(one)).join("");
  const inSentence = (one) => {
    let block = one;
    while (getComputedStyle(block).display === "inline") block = block.parentElement;
    return block !== one && /[\\p{L}\\p{N}]{3}/u.test(text(block));
  };
  const reach = (one, dx, dy) => {
    const box = one.getBoundingClientRect(), label = one.labels?.[0];
    const takes = (far) => {
      const at = document.elementFromPoint(box.x + box.width / 2 + dx * far, box.y + box.height / 2 + dy * far);
      return at === null || one.contains(at) || Boolean(label?.contains(at));
    };
    let far = 0;
    while (far < 24 && takes(far)) far += 0.5;
    return far;
  };
  const small = (one) => {
    const box = one.getBoundingClientRect();
    if (box.width < 2 || (box.width >= 24 && box.height >= 24) || one.disabled || inSentence(one)) return false;
    one.scrollIntoView({ block: "center", inline: "center" });
    const wide = Math.max(box.width, reach(one, 1, 0) + reach(one, -1, 0));
    return wide < 24 || Math.max(box.height, reach(one, 0, 1) + reach(one, 0, -1)) < 24;
  };
  const told = (one) => `${one.outerHTML.slice(0, 160)} ${JSON.stringify(one.getBoundingClientRect())}`;
  const closed = [...document.querySelectorAll("details:not([open])")];
  const found = new Set([document, ...closed].flatMap((part) => {
    part.open = true;
    const seen = [...part.querySelectorAll(targets)].filter((one) => one.checkVisibility() && small(one)).map(told);
    part.open = false;
    return seen;
  }));
  return [...found];
}"""
"""Links in sentences are exempt; a label counts with its field, and what folds is looked into."""


def small_targets(page: Page) -> list[str]:
    """What is too small on the page, as its beginning in HTML and where it stands."""
    return list(page.evaluate(SMALL))
