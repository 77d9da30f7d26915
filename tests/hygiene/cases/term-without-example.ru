#+ focus = ["https://w3id.org/comity/ontology#State"]

PREFIX cy: <https://w3id.org/comity/ontology#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>

DELETE { GRAPH ?graph { cy:State skos:example ?value } }
WHERE { GRAPH ?graph { cy:State skos:example ?value } }
