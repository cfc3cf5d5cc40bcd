"""What an org says of its pages: layouts, list views, actions, tabs, icons.

All of it follows from the objects and fields that the user may see; nothing is stored.
"""

from __future__ import annotations
