// What pages do beyond what they can without a script: live updates, keys,
// ticking all, and the choice of light or dark. Nothing here makes HTML out of
// text: what is new comes from the server as it comes without a script.

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

// Light or dark: what the system says, unless somebody chose otherwise here.
const themes = ["", "light", "dark"];
const names = { "": "Colours: auto", light: "Colours: light", dark: "Colours: dark" };
function theme(choice) {
  if (choice) document.documentElement.dataset.theme = choice;
  else delete document.documentElement.dataset.theme;
  const button = $("#theme");
  if (button) {
    button.hidden = false;
    button.textContent = names[choice];
  }
  document.dispatchEvent(new Event("theme"));
}
let chosen = localStorage.getItem("theme") ?? "";
if (!themes.includes(chosen)) chosen = "";
theme(chosen);
$("#theme")?.addEventListener("click", () => {
  chosen = themes[(themes.indexOf(chosen) + 1) % themes.length];
  localStorage.setItem("theme", chosen);
  theme(chosen);
});

// Tick all of a page.
const bulk = $("#bulk");
const boxes = () => $$('td input[type="checkbox"]', bulk ?? undefined);
const all = $("#all");
if (bulk && all) {
  all.hidden = $("#all-text").hidden = false;
  all.addEventListener("change", () => boxes().forEach((box) => { box.checked = all.checked; }));
}
$("#keys")?.removeAttribute("hidden");

// More than one complaint at once is asked about first.
bulk?.addEventListener("submit", (event) => {
  const n = boxes().filter((box) => box.checked).length;
  const verb = event.submitter?.dataset.verb;
  if (verb && n > 1 && !confirm(`${verb}: ${n} are ticked. Go on?`)) event.preventDefault();
});

// Keys. The current row is marked and has the focus of its first link.
let current = -1;
const rows = () => $$("[data-row]");
function move(step) {
  const list = rows();
  if (!list.length) return;
  current = Math.min(Math.max(current + step, 0), list.length - 1);
  list.forEach((row, i) => row.classList.toggle("current", i === current));
  $("a", list[current])?.focus({ preventScroll: true });
  list[current].scrollIntoView({ block: "nearest" });
}
function act(word) {
  const form = $("form[data-keys]");
  const button = form && $(`button[name="do"][value="${word}"]`, form);
  if (!button) return;
  if (form.id === "bulk" && !boxes().some((box) => box.checked)) {
    const box = rows()[current] && $('input[type="checkbox"]', rows()[current]);
    if (!box) return;
    box.checked = true;
  }
  form.requestSubmit(button);
}
function edit() {
  const here = $("#edit");
  if (here) {
    here.open = true;
    $("textarea", here).focus();
    return;
  }
  const link = rows()[current] && $("a", rows()[current]);
  if (link && $("form[data-keys=review]")) location.href = link.href + "#edit";
}
const keys = {
  j: () => move(1), k: () => move(-1), ArrowDown: () => move(1), ArrowUp: () => move(-1),
  x: () => { const box = rows()[current] && $('input[type="checkbox"]', rows()[current]); if (box) box.checked = !box.checked; },
  a: () => act("approve"), d: () => act("drop"), r: () => act("retry"), e: edit,
};
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input:not([type=checkbox]), textarea, select, [role=region]:not(:has(:focus))")) return;
  const deed = $("form[data-keys]") ? keys[event.key] : { j: keys.j, k: keys.k }[event.key];
  if (!deed) return;
  event.preventDefault();
  deed();
});
$("[data-edit]")?.addEventListener("click", (event) => { event.preventDefault(); edit(); });
if (location.hash === "#edit") edit();

// Live updates: the server says how many changes there have been, at first and
// after each. When the page does not have them all, it fetches itself again and
// exchanges the parts that are marked. Ticks and the current row stay.
let changes = document.body.dataset.changes;
async function refresh() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const ticked = new Set(boxes().filter((box) => box.checked).map((box) => box.value));
  const focus = document.activeElement?.closest("[data-live]") ? document.activeElement.getAttribute("href") : null;
  for (const part of $$("[data-live]")) {
    const other = $(`[data-live="${CSS.escape(part.dataset.live)}"]`, fresh);
    if (other && other.innerHTML !== part.innerHTML) part.replaceChildren(...other.childNodes);
  }
  changes = fresh.body.dataset.changes;
  boxes().forEach((box) => { box.checked = ticked.has(box.value); });
  if (current >= 0) rows()[current]?.classList.add("current");
  if (focus) $(`a[href="${CSS.escape(focus)}"]`)?.focus({ preventScroll: true });
}
if ($("[data-live]")) {
  let timer = 0;
  const events = new EventSource("/events");
  events.addEventListener("change", ({ data }) => {
    if (data === changes) return;
    if (document.hidden) { document.addEventListener("visibilitychange", refresh, { once: true }); return; }
    clearTimeout(timer);
    timer = setTimeout(refresh, 300);
  });
  addEventListener("pagehide", () => events.close());
}
