#+ focus = ["https://w3id.org/comity/ontology#State"]

PREFIX cy: <https://w3id.org/comity/ontology#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>

INSERT { GRAPH ?graph { ?term rdfs:label ?french } }
WHERE {
  GRAPH ?graph { ?term rdfs:isDefinedBy <https://w3id.org/comity/ontology> ; rdfs:label ?label }
  FILTER(?term != cy:State)
  BIND(STRLANG(STR(?label), "fr") AS ?french)
}
