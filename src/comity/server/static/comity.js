// What spares the reader a page: names as one types, and the reasons for a row in its place. Without it, all works by forms and links.
"use strict";

for (const form of document.querySelectorAll("form.find")) {
  const field = form.querySelector("input[name=q]");
  if (field) suggest(form, field);
}

function suggest(form, field) {
  const list = document.createElement("ul");
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.id = `suggestions-${[...document.querySelectorAll("form.find")].indexOf(form)}`;
  list.setAttribute("aria-label", "Suggestions");
  list.hidden = true;
  form.append(list);
  field.setAttribute("role", "combobox");
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", list.id);
  field.setAttribute("aria-expanded", "false");

  let chosen = -1, waiting, asked = 0;
  const close = () => { list.hidden = true; chosen = -1; field.setAttribute("aria-expanded", "false"); field.removeAttribute("aria-activedescendant"); };
  const choose = (number) => {
    const items = [...list.children];
    if (!items.length) return;
    chosen = (number + items.length) % items.length;
    items.forEach((item, place) => item.setAttribute("aria-selected", String(place === chosen)));
    field.setAttribute("aria-activedescendant", items[chosen].id);
    items[chosen].scrollIntoView({ block: "nearest" });
  };
  const show = (found) => {
    list.replaceChildren(...found.map((thing, place) => {
      const item = document.createElement("li");
      item.id = `${list.id}-${place}`;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      item.dataset.path = thing.path;
      const name = document.createElement("span"), kind = document.createElement("span");
      name.textContent = thing.label || thing.iri;
      kind.textContent = thing.kind;
      kind.className = "tag";
      item.append(name, kind);
      return item;
    }));
    chosen = -1;
    list.hidden = !found.length;
    field.setAttribute("aria-expanded", String(!list.hidden));
  };
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    const words = field.value.trim();
    if (words.length < 2) return close();
    waiting = setTimeout(async () => {
      const number = ++asked;
      try {
        const answer = await fetch(`/search?q=${encodeURIComponent(words)}`, { headers: { Accept: "application/json" } });
        // An answer to what was typed before must not cover a later one.
        if (answer.ok && number === asked) show((await answer.json()).found);
      } catch { close(); }
    }, 150);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" && !list.hidden) { event.preventDefault(); choose(chosen + 1); }
    else if (event.key === "ArrowUp" && !list.hidden) { event.preventDefault(); choose(chosen - 1); }
    else if (event.key === "Escape") close();
    else if (event.key === "Enter" && chosen >= 0) { event.preventDefault(); location.assign(list.children[chosen].dataset.path); }
  });
  list.addEventListener("mousedown", (event) => {
    const item = event.target.closest("li");
    if (item) { event.preventDefault(); location.assign(item.dataset.path); }
  });
  field.addEventListener("blur", () => setTimeout(close, 100));
}

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a.why");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const row = link.closest("tr"), below = row.nextElementSibling;
  if (below && below.classList.contains("reasons")) {
    below.remove();
    link.setAttribute("aria-expanded", "false");
    return;
  }
  link.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(link.href.split("#")[0]);
    const reasons = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("tr.reasons");
    if (!reasons) return location.assign(link.href);
    row.after(document.importNode(reasons, true));
    link.setAttribute("aria-expanded", "true");
  } catch {
    location.assign(link.href);
  } finally {
    link.removeAttribute("aria-busy");
  }
});
