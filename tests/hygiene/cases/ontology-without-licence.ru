#+ focus = ["https://w3id.org/comity/ontology"]

PREFIX dcterms: <http://purl.org/dc/terms/>

DELETE { GRAPH ?graph { <https://w3id.org/comity/ontology> dcterms:license ?value } }
WHERE { GRAPH ?graph { <https://w3id.org/comity/ontology> dcterms:license ?value } }
