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
