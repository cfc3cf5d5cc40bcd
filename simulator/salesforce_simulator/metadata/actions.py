"""Quick actions: what the publisher offers for all objects, and for one.

Shapes: `Quick Actions` and `sObject Quick Actions` of the REST API Developer Guide and
``DescribeQuickActionResult`` of the SOAP API. The actions are those of a new org.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from salesforce_simulator.metadata.icons import colors, icon_urls, icons
from salesforce_simulator.metadata.place import Place
from salesforce_simulator.metadata.sections import Item, section
from salesforce_simulator.schema import Field, Schema, SObjectType

_PREFIX: Final = "09D"
_NOTHING: Final = (
    "accessLevelRequired",
    "canvasApplicationId",
    "canvasApplicationName",
    "flowDevName",
    "flowRecordIdVar",
    "iconName",
    "lightningComponentBundleId",
    "lightningComponentBundleName",
    "lightningComponentQualifiedName",
    "lightningWebComponentBundleId",
    "lightningWebComponentBundleName",
    "lightningWebComponentQualifiedName",
    "mobileExtensionId",
    "targetRecordTypeId",
    "visualforcePageName",
    "visualforcePageUrl",
    "width",
)


@dataclass(frozen=True)
class QuickAction:
    """One action. ``context`` is the object whose page offers it, "" for all."""

    name: str
    label: str
    type: str
    target: str = ""
    """The object whose rows it makes; "" for a post."""
    fields: tuple[str, ...] = ()
    context: str = ""
    parent: str = ""
    """The lookup of the new row to the row it is made from."""

    @property
    def path(self) -> str:
        """Its address behind the version."""
        of_object = f"sobjects/{self.context}/" if self.context else ""
        return f"{of_object}quickActions/{self.name}"


_TASK: Final = ("Subject", "ActivityDate", "WhoId", "WhatId", "Status", "Priority")
_CONTACT: Final = ("FirstName", "LastName", "Email", "Phone", "Title", "AccountId")
_CASE: Final = ("ContactId", "Status", "Subject", "Description", "AccountId")
_OPPORTUNITY: Final = ("Name", "AccountId", "CloseDate", "StageName", "Amount")
GLOBAL_ACTIONS: Final = (
    QuickAction("FeedItem.TextPost", "Post", "Post"),
    QuickAction("FeedItem.ContentPost", "File", "Post"),
    QuickAction("FeedItem.LinkPost", "Link", "Post"),
    QuickAction(
        "LogACall",
        "Log a Call",
        "LogACall",
        "Task",
        ("Subject", "Description", "WhoId", "WhatId"),
    ),
    QuickAction("NewTask", "New Task", "Create", "Task", _TASK),
    QuickAction(
        "NewEvent",
        "New Event",
        "Create",
        "Event",
        ("Subject", "StartDateTime", "EndDateTime", "WhoId", "WhatId"),
    ),
    QuickAction("NewContact", "New Contact", "Create", "Contact", _CONTACT),
    QuickAction("NewCase", "New Case", "Create", "Case", _CASE),
    QuickAction(
        "NewLead",
        "New Lead",
        "Create",
        "Lead",
        ("FirstName", "LastName", "Email", "Phone", "Company", "Title"),
    ),
    QuickAction(
        "NewOpportunity", "New Opportunity", "Create", "Opportunity", _OPPORTUNITY
    ),
)
OBJECT_ACTIONS: Final = (
    QuickAction(
        "NewContact",
        "New Contact",
        "Create",
        "Contact",
        _CONTACT,
        "Account",
        "AccountId",
    ),
    QuickAction("NewCase", "New Case", "Create", "Case", _CASE, "Account", "AccountId"),
    QuickAction(
        "NewOpportunity",
        "New Opportunity",
        "Create",
        "Opportunity",
        _OPPORTUNITY,
        "Account",
        "AccountId",
    ),
    QuickAction("NewCase", "New Case", "Create", "Case", _CASE, "Contact", "ContactId"),
)


def offered(schema: Schema, one: SObjectType | None = None) -> Iterator[QuickAction]:
    """The actions of an object's pages: its own, then the global ones."""
    own = [action for action in OBJECT_ACTIONS if one and action.context == one.name]
    for action in (*own, *GLOBAL_ACTIONS):
        if not action.target or schema.object(action.target) is not None:
            yield action


def find(
    schema: Schema, name: str, one: SObjectType | None = None
) -> QuickAction | None:
    """The action of this name, an object's own one first; None if there is none.

    ``Account.NewCase`` names an object's own one as well.
    """
    wanted = name.lower()
    for action in offered(schema, one):
        if wanted in {action.name.lower(), f"{action.context}.{action.name}".lower()}:
            return action
    return None


def brief(place: Place, action: QuickAction) -> dict[str, Any]:
    """The action as lists show it."""
    path = place.url(action.path)
    urls = {"quickAction": path, "describe": f"{path}/describe"}
    if action.target:
        urls["defaultValues"] = f"{path}/defaultValues"
        urls["defaultValuesTemplate"] = f"{path}/defaultValues/{{ID}}"
    full = f"{action.context}.{action.name}" if action.context else action.name
    is_post = action.type == "Post"
    return {
        "actionEnumOrId": action.name if is_post else place.id(_PREFIX, full),
        "label": action.label,
        "name": full,
        "type": action.type,
        "urls": urls,
    }


def action_items(
    place: Place, schema: Schema, one: SObjectType | None = None
) -> list[dict[str, Any]]:
    """The actions as a layout lists them."""
    items = []
    for action in offered(schema, one):
        shown = brief(place, action)
        items.append(
            {
                "accessLevelRequired": None,
                "colors": colors(action.target),
                "icons": icons(place, action.target or "FeedItem"),
                "label": action.label,
                "quickActionName": shown["name"],
                "targetSobjectType": action.target or None,
                "type": action.type,
                "urls": shown["urls"],
                **icon_urls(place, action.target or "FeedItem"),
            }
        )
    return items


def describe(place: Place, schema: Schema, action: QuickAction) -> dict[str, Any]:
    """Everything about one action."""
    target = schema.object(action.target) if action.target else None
    items = [Item(target, one) for one in fields(schema, action)] if target else []
    shown: dict[str, Any] = {
        **brief(place, action),
        **dict.fromkeys(_NOTHING),
        "colors": colors(action.target),
        "contextSobjectType": action.context or None,
        "defaultValues": [],
        "height": None,
        "icons": icons(place, action.target or "FeedItem"),
        "layout": section("", items, layout_id=None, section_id=None)
        if target
        else None,
        "showQuickActionLcHeader": False,
        "showQuickActionVfHeader": False,
        "targetParentField": action.parent or None,
        "targetSobjectType": action.target or None,
        **icon_urls(place, action.target or "FeedItem"),
    }
    return dict(sorted(shown.items()))


def fields(schema: Schema, action: QuickAction) -> list[Field]:
    """The fields that an action asks for and that the user may see."""
    target = schema.object(action.target) if action.target else None
    if target is None:
        return []
    found = (target.field(name) for name in action.fields)
    return [field for field in found if field is not None]
