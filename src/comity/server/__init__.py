"""Serves the edition over HTTP: pages to read, questions as REST, SPARQL 1.1 for anybody; everything reads, nothing writes.

====================  ==================================================================================================
module                what it does
====================  ==================================================================================================
``settings``          what is served and within which limits
``app``               makes the ASGI application: routes, middleware, the life of the workers
``negotiation``       reads ``Accept`` and chooses a representation
``problems``          errors as problem+json (RFC 9457), as a line of text, or as a page
``guard``             limits on requests, and the headers that every answer carries
``cache``             answers kept while the server runs, and their entity tags
``nursery``           a process that holds the edition in memory and forks workers from itself
``workers``           lends workers out, ends those that overstay, and has new ones forked
``frames``            how the server and a worker talk
``sandbox``           what a worker can no longer do when it runs a stranger's query
``tasks``             the registry of what a worker can be asked to do; ``asking``, ``describing`` and ``answering`` fill it
``refusal``           which queries are not run: SERVICE, data from elsewhere, updates
``sparql``            ``/sparql``: the SPARQL 1.1 Protocol
``description``       the service description and VoID
``things``            ``/id/…`` → ``/doc/…``; the ontology and the graphs at their IRIs
``rest``              ``/q/<name>.json`` …, ``/questions.json``, ``/openapi.json``
``pages``             HTML, from ``templates/``
====================  ==================================================================================================

The process that answers HTTP holds no store: what needs one is a task for a worker, with a limit of time, so that nothing that is
slow delays anything else. What a worker returns is plain JSON and bytes.
"""

from __future__ import annotations

from comity.server.settings import Limits, Settings

__all__ = ["Limits", "Settings"]
