#+ focus = ["https://w3id.org/comity/ontology"]

PREFIX owl: <http://www.w3.org/2002/07/owl#>

DELETE { GRAPH ?graph { <https://w3id.org/comity/ontology> owl:versionInfo ?value } }
INSERT { GRAPH ?graph { <https://w3id.org/comity/ontology> owl:versionInfo "0.2.0" } }
WHERE { GRAPH ?graph { <https://w3id.org/comity/ontology> owl:versionInfo ?value } }
