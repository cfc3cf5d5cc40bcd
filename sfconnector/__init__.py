"""Connect several Salesforce orgs from the Django admin.

Importing this package loads no Django: the verbs live in its modules
(``orgs``, ``records``, ``sync``, ``explorer``, ``health``, ``catalog``).
"""

from __future__ import annotations

__version__ = "0.1.0"
