#+ focus = ["https://w3id.org/comity/ontology#State"]

PREFIX cy: <https://w3id.org/comity/ontology#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>

DELETE { GRAPH ?graph { cy:State rdfs:label ?value } }
WHERE { GRAPH ?graph { cy:State rdfs:label ?value } }
