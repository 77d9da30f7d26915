#+ focus = ["https://w3id.org/comity/id/membership-role/member"]

PREFIX membership-role: <https://w3id.org/comity/id/membership-role/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>

DELETE { GRAPH ?graph { membership-role:member rdfs:label ?label } }
INSERT { GRAPH ?graph { membership-role:member rdfs:label "Full member"@en } }
WHERE { GRAPH ?graph { membership-role:member rdfs:label ?label } }
