#+ focus = ["https://w3id.org/comity/id/scheme/membership-role"]

PREFIX membership-role: <https://w3id.org/comity/id/membership-role/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>

DELETE { GRAPH ?graph { membership-role:member skos:topConceptOf ?value } }
WHERE { GRAPH ?graph { membership-role:member skos:topConceptOf ?value } }
