#+ focus = ["https://w3id.org/comity/graph/ontology"]


DELETE { GRAPH ?graph { <https://w3id.org/comity/ontology> a ?value } }
WHERE { GRAPH ?graph { <https://w3id.org/comity/ontology> a ?value } }
