#+ focus = ["https://w3id.org/comity/ontology"]

PREFIX owl: <http://www.w3.org/2002/07/owl#>

DELETE { GRAPH ?graph { <https://w3id.org/comity/ontology> owl:versionInfo ?value } }
WHERE { GRAPH ?graph { <https://w3id.org/comity/ontology> owl:versionInfo ?value } }
