"""Strangers' queries: the task for a worker."""
