"""Serves the edition over HTTP: pages to read, questions as REST, SPARQL 1.1 for anybody; everything reads, nothing writes.

====================  ==================================================================================================
module                what it does
====================  ==================================================================================================
``settings``          what is served and within which limits
``run``               listens and runs it, for ``comity serve``
``app``               makes the ASGI application: routes, middleware, the life of the workers
``guard``             limits on requests, and the headers that every answer carries
``negotiation``       reads ``Accept`` and chooses a representation
``problems``          errors as problem+json (RFC 9457), or as a page
``addresses``         where an IRI of ours is shown, and how the server names itself
``cache``             answers kept while the server runs, and their entity tags
``catalogue``         the questions, read once
``nursery``           a process that holds the edition in memory and forks workers from itself
``workers``           lends workers out, ends those that overstay, and has new ones forked
``frames``            how the server and a worker talk
``sandbox``           what a worker can no longer do
``tasks``             the registry of what a worker can be asked to do, which these fill:
``answering``         … strangers' queries
``asking``            … canned questions
``counting``          … how much there is
``describing``        … what a page shows of a thing, and of the ontology
``matching``          … the Reconciliation Service
``stating``           … a thing or a graph as RDF
``refusal``           which queries are not run: SERVICE, data from elsewhere, updates
``sparql``            ``/sparql``: the SPARQL 1.1 Protocol
``description``       the service description and VoID
``things``            ``/id/…`` → ``/doc/…``; the ontology and the graphs at their IRIs
``reconciling``       ``/reconcile``: the Reconciliation Service API 0.2
``rest``              ``/q/<name>.json`` …, ``/questions``, ``/openapi.json``
``drawing``           ``/pictures``: answers drawn, by a process of its own
``pages``             HTML, from ``templates/``
====================  ==================================================================================================

The process that answers HTTP holds no store: what needs one is a task for a worker, with a limit of time, so that nothing that is
slow delays anything else. What a worker returns is plain JSON and bytes.
"""

from __future__ import annotations

from comity.server.settings import Limits, Settings

__all__ = ["Limits", "Settings"]
