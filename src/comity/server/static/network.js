// The network to move about in, in the place of its still picture; the same rows, asked for as JSON.
"use strict";

(async () => {
  const place = document.getElementById("moving");
  if (!place || typeof cytoscape === "undefined") return;
  const answer = await fetch(place.dataset.source);
  if (!answer.ok) return;
  const rows = (await answer.json()).rows;
  const colours = { Global: "#0b5394", Regional: "#b45f06", Bilateral: "#38761d" };
  const shapes = { instrument: "ellipse", body: "rectangle", relation: "diamond", organization: "ellipse", State: "triangle" };
  const nodes = new Map(), edges = [];
  for (const row of rows) {
    const whole = nodes.get(row.whole) || { id: row.whole, name: row.wholeLabel, kind: row.wholeKind, level: "" };
    nodes.set(row.whole, { ...whole, hub: 1 });
    const thing = nodes.get(row.thing) || { id: row.thing, name: row.thingLabel, kind: row.kind, level: "" };
    nodes.set(row.thing, { ...thing, level: thing.level || row.levelLabel || "" });
    edges.push({ data: { id: `${row.thing} ${row.link} ${row.whole}`, source: row.thing, target: row.whole, link: row.link } });
  }
  const bar = document.createElement("div");
  bar.className = "moving-bar";
  const button = document.createElement("button"), said = document.createElement("span");
  button.type = "button";
  button.textContent = "Move about in it";
  said.className = "note";
  said.setAttribute("role", "status");
  bar.append(button, said);
  document.querySelector(".paper").before(bar);
  let drawn;
  button.addEventListener("click", () => {
    const still = document.querySelector(".paper");
    place.hidden = !place.hidden;
    still.hidden = !place.hidden;
    button.textContent = place.hidden ? "Move about in it" : "Show the still picture";
    said.textContent = place.hidden ? "" : "Drag, zoom, choose a node to open its page.";
    if (drawn || place.hidden) return;
    drawn = cytoscape({
      container: place,
      elements: [...[...nodes.values()].map((data) => ({ data })), ...edges],
      layout: { name: "cose", animate: false, randomize: false, nodeRepulsion: () => 9000, idealEdgeLength: () => 46, numIter: 600 },
      wheelSensitivity: 0.3,
      style: [
        { selector: "node", style: { "background-color": (n) => colours[n.data("level")] || "#6b7280", shape: (n) => shapes[n.data("kind")] || "ellipse", width: 12, height: 12, label: "data(name)", "font-size": 8, "min-zoomed-font-size": 9, "text-wrap": "wrap", "text-max-width": 90, color: "#1d2733", "text-valign": "bottom", "text-margin-y": 3 } },
        { selector: "node[hub]", style: { width: 26, height: 26, "font-size": 11, "font-weight": "bold", "min-zoomed-font-size": 5 } },
        { selector: "edge", style: { width: 1, "line-color": "#b8bfc8", "curve-style": "straight" } },
      ],
    });
    drawn.on("tap", "node", (event) => {
      const at = event.target.id().match(/\/id\/([^/]+)\/(.+)$/);
      if (at) location.assign(`/doc/${at[1]}/${at[2]}`);
    });
    place.dataset.nodes = String(drawn.nodes().length);
  });
})();
