"""One org over HTTP: what it offers, its types, its records, its limits."""

from __future__ import annotations

from sfconnector.salesforce.client.caller import Caller
from sfconnector.salesforce.client.offers import Describing
from sfconnector.salesforce.client.querying import Querying
from sfconnector.salesforce.client.writing import Writing

__all__ = ["Client"]


class Client(Describing, Querying, Writing, Caller):
    """A session with one org, built on a token source.

    ``Client(token_source, *, transport=None, on_call=None, api_version="66.0",
    hosts=HostPolicy(), retry=None, timeouts=None)``. Every method raises errors of
    ``sfconnector.exceptions``. Usable from several threads; close it when done, or use
    it as a context manager.
    """
