"""The descriptions of a release, all from one source: ``CITATION.cff``, the ontology's header, and the statements themselves.

:mod:`~comity.export.metadata.about` reads them; each of the other modules says the same in one vocabulary: VoID, DCAT-AP, schema.org,
Croissant.
"""
