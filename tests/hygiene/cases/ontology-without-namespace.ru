#+ focus = ["https://w3id.org/comity/ontology"]

PREFIX vann: <http://purl.org/vocab/vann/>

DELETE { GRAPH ?graph { <https://w3id.org/comity/ontology> vann:preferredNamespaceUri ?value } }
WHERE { GRAPH ?graph { <https://w3id.org/comity/ontology> vann:preferredNamespaceUri ?value } }
