"""One contract for stores, and the backends that keep it."""

from comity.store.contract import Solutions, Store

__all__ = ["Solutions", "Store"]
