// Scopes in frames tell how high they are, and get that much room.
addEventListener("message", ({ data, source }) => {
  if (!Number.isFinite(data?.srmHeight)) return;
  for (const frame of document.querySelectorAll(".scope iframe")) {
    if (frame.contentWindow === source) frame.style.blockSize = `${data.srmHeight}px`;
  }
});

// Scopes in the page itself stand apart from its styles, and begin when they are about to be seen.
addEventListener("DOMContentLoaded", () => {
  const begin = async (place) => {
    const saved = JSON.parse(place.nextElementSibling.textContent);
    const root = place.attachShadow({ mode: "open" });
    const style = Object.assign(document.createElement("link"), {
      rel: "stylesheet",
      href: place.dataset.style,
    });
    const el = document.createElement("div");
    const drawn = new Promise((resolve) => style.addEventListener("load", resolve));
    root.append(style, el);
    const [scope] = await Promise.all([globalThis.srmScope, drawn]);
    scope.render({ model: { get: (name) => saved[name] }, el });
  };
  const seen = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        seen.unobserve(target);
        begin(target);
      }
    },
    { rootMargin: "800px" },
  );
  for (const place of document.querySelectorAll("[data-live]")) seen.observe(place);
});

// The search reads the pages that it has found, to cite them: from files browsers forbid it.
if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
