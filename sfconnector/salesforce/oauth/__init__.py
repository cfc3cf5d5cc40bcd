"""Salesforce's OAuth 2.0 endpoints; the one user of requests-oauthlib."""

from __future__ import annotations

from sfconnector.salesforce import redaction
from sfconnector.salesforce.oauth.oauth_client import OAuthClient
from sfconnector.salesforce.oauth.pkce import challenge_of, new_state, new_verifier

__all__ = ["OAuthClient", "challenge_of", "new_state", "new_verifier"]

# The library prints bodies and tokens at DEBUG: no moment without the filter.
redaction.install()
