"""What every admin of the app shares: visibility of orgs, permissions, own pages."""

from __future__ import annotations

from sfconnector.admin.base.admins import ReadOnlyAdmin, SFAdmin
from sfconnector.admin.base.deed import Deed, Done, done
from sfconnector.admin.base.faces import Face
from sfconnector.admin.base.generic import ModelAdmin, ModelForm
from sfconnector.admin.base.page import Page, tell
from sfconnector.admin.base.row_keys import row_key
from sfconnector.admin.base.visibility import (
    UNUSABLE,
    AppFilter,
    OrgFilter,
    sees_every_org,
    visible_apps,
    visible_orgs,
)

__all__ = [
    "UNUSABLE",
    "AppFilter",
    "Deed",
    "Done",
    "Face",
    "ModelAdmin",
    "ModelForm",
    "OrgFilter",
    "Page",
    "ReadOnlyAdmin",
    "SFAdmin",
    "done",
    "row_key",
    "sees_every_org",
    "tell",
    "visible_apps",
    "visible_orgs",
]
