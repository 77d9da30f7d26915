#+ focus = ["https://w3id.org/comity/id/correction/E001", "https://w3id.org/comity/id/correction/E002"]

PREFIX correction: <https://w3id.org/comity/id/correction/>

INSERT { GRAPH ?graph { correction:E002 ?property ?value } }
WHERE { GRAPH ?graph { correction:E001 ?property ?value } }
