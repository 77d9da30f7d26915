"""Reconciliation: which of our things, and so which item of Wikidata, a user's wording means (extra ``reconcile``).

A wrong link is worse than none. A wording is weighed by names in all label languages, codes, numbers, dates and types; it is a match only
where nothing contradicts, no other thing is nearly as likely, and the name is not known to be that of others as well.
"""

from comity.reconcile.match import Candidate, Match, Reconciler

__all__ = ["Candidate", "Match", "Reconciler"]
