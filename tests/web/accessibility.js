// What a reader without a mouse or without sight needs, as far as a program can see it.
() => {
  const found = [];
  const all = (s) => [...document.querySelectorAll(s)];
  const seen = (e) => e.getClientRects().length > 0 && getComputedStyle(e).visibility !== "hidden";
  const text = (e) => (e.innerText || e.textContent || "").trim();
  const say = (what, e) => found.push(what + ": " + (e ? e.outerHTML.slice(0, 120) : ""));
  if (all("h1").length !== 1) say("not one h1");
  let level = 0;
  for (const h of all("h1,h2,h3,h4")) {
    const now = Number(h.tagName[1]);
    if (now > level + 1) say("heading level skipped", h);
    if (!text(h)) say("empty heading", h);
    level = now;
  }
  for (const s of ["header", "main", "footer", "nav"]) if (!document.querySelector(s)) say("no landmark " + s);
  if (all("main").length !== 1) say("not one main");
  for (const n of all("nav")) if (!n.getAttribute("aria-label")) say("navigation without a name", n);
  if (!document.documentElement.lang) say("no language");
  if (!document.title) say("no title");
  const ids = new Set();
  for (const e of all("[id]")) { if (ids.has(e.id)) say("id twice", e); ids.add(e.id); }
  for (const a of ["aria-labelledby", "aria-describedby", "for", "form"])
    for (const e of all("[" + a + "]"))
      for (const id of e.getAttribute(a).split(/\s+/)) if (!document.getElementById(id)) say("dangling " + a, e);
  for (const e of all("input:not([type=hidden]),select,textarea"))
    if (!e.labels.length && !e.getAttribute("aria-label")) say("no label", e);
  for (const e of all("a[href],button,summary"))
    if (!text(e) && !e.getAttribute("aria-label")) say("no name", e);
  for (const e of all("th")) if (!e.scope) say("th without scope", e);
  for (const t of all("table")) if (!t.querySelector("th")) say("table without heads", t);
  for (const e of all("svg")) {
    const hidden = e.getAttribute("aria-hidden") === "true";
    const named = e.getAttribute("role") === "img" && (e.getAttribute("aria-label") || e.getAttribute("aria-labelledby"));
    if (!hidden && !named) say("picture neither named nor hidden", e);
  }
  for (const e of all("fieldset")) if (!e.querySelector("legend")) say("group without a name", e);
  for (const e of all("[tabindex]")) if (e.tabIndex > 0) say("forced order", e);
  for (const e of all("button,.button,summary,.chips a,nav a,input[type=radio],input[type=checkbox]")) {
    if (!seen(e)) continue;
    const box = (e.type === "radio" || e.type === "checkbox" ? e.closest("label") : e).getBoundingClientRect();
    if (box.height < 24 || box.width < 24) say("target under 24 px", e);
  }
  const parse = (c) => { const n = c.match(/[\d.]+/g).map(Number); const k = c.startsWith("color(") ? 255 : 1; return [n[0] * k, n[1] * k, n[2] * k, n[3] ?? 1]; };
  const lum = ([r, g, b]) => { const f = (v) => ((v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * f(r) + 0.7152 * f(g) + 0.0722 * f(b); };
  const behind = (e) => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c[3] === 1) return c; if (c[3] > 0) say("half transparent ground", e); } return [255, 255, 255, 1]; };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let looked = 0;
  for (let n = walker.nextNode(); n; n = walker.nextNode()) {
    const e = n.parentElement;
    if (!n.data.trim() || !seen(e) || e.closest("svg,.vh,.skip")) continue;
    const s = getComputedStyle(e), a = lum(parse(s.color)), b = lum(behind(e));
    const size = parseFloat(s.fontSize), large = size >= 24 || (size >= 18.66 && Number(s.fontWeight) >= 700);
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    looked += 1;
    if (ratio < (large ? 3 : 4.5)) say("contrast " + ratio.toFixed(2), e);
  }
  if (looked < 5) say("contrast was hardly looked at");
  return found;
}
