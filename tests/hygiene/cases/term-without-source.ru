#+ focus = ["https://w3id.org/comity/ontology#State"]

PREFIX cy: <https://w3id.org/comity/ontology#>
PREFIX dcterms: <http://purl.org/dc/terms/>

DELETE { GRAPH ?graph { cy:State dcterms:source ?value } }
WHERE { GRAPH ?graph { cy:State dcterms:source ?value } }
