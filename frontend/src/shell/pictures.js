// A drawing wider than its frame begins where it says something: with what is marked in the middle.
function centre(frame) {
  const wanted = frame.querySelector("[data-centre], [aria-current]");
  if (!wanted || frame.scrollWidth <= frame.clientWidth) return;
  const [outer, inner] = [frame.getBoundingClientRect(), wanted.getBoundingClientRect()];
  frame.scrollLeft += inner.left + inner.width / 2 - outer.left - outer.width / 2;
}

export function startPictures(htmx) {
  htmx.onLoad((root) => {
    for (const frame of root.querySelectorAll?.("[data-drawing]") ?? []) centre(frame);
  });
}
