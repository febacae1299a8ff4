// A link in a picture, followed as one in the text: the theme's instant navigation cannot read an SVG link's address.
document.addEventListener(
  "click",
  (event) => {
    const link = event.target.closest("svg a");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    const twin = document.createElement("a");
    twin.href = link.href.baseVal;
    document.body.append(twin);
    twin.click();
    twin.remove();
  },
  { capture: true },
);

// After a scroll, the theme may take the reader to the top of the next page instead of to the line that the link names.
document$.subscribe(() =>
  setTimeout(() => {
    if (location.hash && !document.querySelector(":target")) location.replace(location.hash);
  }),
);

// A table that holds sentences: on a phone its cells stand below each other, and each has to say what column it is of.
document$.subscribe(() =>
  document.querySelectorAll(".md-typeset table:not([class])").forEach((table) => {
    const heads = [...table.querySelectorAll("thead th")].map((head) => head.textContent);
    const cells = [...table.querySelectorAll("tbody td")];
    const long = new Set(cells.filter((cell) => cell.textContent.length > 40).map((cell) => cell.cellIndex));
    if (long.size < (heads.length > 2 ? 1 : 2)) return;
    table.dataset.sentences = "";
    for (const cell of cells) if (cell.textContent.trim()) cell.dataset.column = heads[cell.cellIndex];
  }),
);

// On paper there is no dark: a dark page would be printed black on black, or in pale words on white.
let scheme;
matchMedia("print").addEventListener("change", ({ matches }) => {
  if (matches) scheme = document.body.dataset.mdColorScheme;
  document.body.dataset.mdColorScheme = matches ? "default" : scheme;
});
