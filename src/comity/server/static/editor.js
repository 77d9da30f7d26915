// The editor: yasgui with our prefixes, classes and properties as completions. It asks this server and no other.
"use strict";

(async () => {
  if (typeof Yasgui === "undefined") return;
  const plain = document.getElementById("plain"), rich = document.getElementById("rich");
  const query = document.getElementById("query").value;
  let known = { classes: [], properties: [], prefixes: {} };
  try {
    const answer = await fetch("/completions.json");
    if (answer.ok) known = await answer.json();
  } catch { /* without completions it is still an editor */ }

  // Those that come with it ask prefix.cc and Linked Open Vocabularies.
  const { Yasqe, Yasr } = Yasgui;
  // So that results name things as the pages do.
  Yasr.defaults.prefixes = known.prefixes;
  Yasqe.defaults.autocompleters = [];
  Yasqe.defaults.prefixCcApi = "";
  Yasqe.defaults.addPrefixesOnPaste = false;
  const starting = (terms) => (editor, token) => {
    const typed = (token && token.autocompletionString) || "";
    return terms.filter((term) => term.startsWith(typed) || term.toLowerCase().includes(typed.toLowerCase())).slice(0, 200);
  };
  const short = (iri) => {
    let best = "";
    for (const [prefix, namespace] of Object.entries(known.prefixes)) {
      const local = iri.slice(namespace.length);
      if (iri.startsWith(namespace) && /^[\w-]+$/.test(local) && (!best || namespace.length > known.prefixes[best.split(":")[0]].length)) best = `${prefix}:${local}`;
    }
    return best || `<${iri}>`;
  };
  const prefixes = Object.keys(known.prefixes).map((prefix) => `${prefix}:`);
  const terms = [...prefixes.sort(), ...[...new Set([...known.classes, ...known.properties].map(short))].sort()];
  Yasqe.registerAutocompleter({
    name: "comity",
    bulk: false,
    persistenceId: null,
    autoShow: false,
    isValidCompletionPosition: (editor) => { const token = editor.getCompleteToken(); return token.type !== "comment" && token.type !== "string" && !token.string.startsWith("?"); },
    preProcessToken: (editor, token) => ({ ...token, autocompletionString: token.string.trim() }),
    get: starting(terms),
  });

  // What is ours is shown here, wherever its name leads to in the wide world.
  const home = known.prefixes.cy ? known.prefixes.cy.replace(/ontology#$/, "") : null;
  rich.addEventListener("click", (event) => {
    const link = event.target.closest("a.iri");
    if (home && link && link.href.startsWith(home)) link.href = link.href.slice(home.length - 1).replace(/^\/id\//, "/doc/");
  }, true);

  plain.hidden = true;
  rich.hidden = false;
  const editor = new Yasgui(rich, {
    requestConfig: { endpoint: `${location.origin}/sparql`, method: "POST", headers: () => ({}) },
    endpointCatalogueOptions: { getData: () => [] },
    copyEndpointOnNewTab: true,
    persistenceId: null,
    autofocus: false,
  });
  const tab = editor.getTab();
  tab.setQuery(query);
  document.documentElement.dataset.editor = "ready";
  document.documentElement.dataset.completions = String(terms.length);
})();
