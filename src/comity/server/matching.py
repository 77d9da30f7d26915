"""The Reconciliation Service: a task for a worker, which has :class:`comity.reconcile.service.ReconciliationService`."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from comity.errors import ComityError, UnknownName
from comity.server.frames import Frame
from comity.server.problems import Refused
from comity.server.tasks import task

if TYPE_CHECKING:
    from comity.api import Comity
    from comity.reconcile.service import ReconciliationService

_services: WeakKeyDictionary[Comity, ReconciliationService] = WeakKeyDictionary()

CALLS = (
    *("manifest", "queries", "suggest_entities", "suggest_types", "suggest_properties"),
    *("flyout", "preview", "extend", "propose_properties"),
)


def service_of(edition: Comity) -> ReconciliationService:
    """Return the service over the edition; it is made once for a process."""
    if edition not in _services:
        from comity.reconcile.service import ReconciliationService

        _services[edition] = ReconciliationService(edition.reconciler(), edition.store)
    return _services[edition]


def prepare(edition: Comity) -> None:
    """Make the service, for workers to come, if it can be made."""
    with contextlib.suppress(ComityError):
        service_of(edition)


@task("reconcile")
def reconcile(edition: Comity, call: str, arguments: list[Any]) -> Frame:
    """What one of :data:`CALLS` of the service returns: in the head under ``answer``."""
    if call not in CALLS:
        raise ValueError(call)
    try:
        return Frame({"answer": getattr(service_of(edition), call)(*arguments)})
    except UnknownName as error:
        if call not in ("flyout", "preview"):
            raise
        raise Refused(404, error.what, error.remedy) from None
