"""Layouts, tabs and themes: what an org says of its pages."""

from __future__ import annotations

import pytest
from shapes import FIELD, PICKLIST, all_of, problems
from visitor import V, Visitor, rest_error

MASTER = "012000000000000AAA"
COLORS = [all_of("color context theme", "text")]
ICONS = [
    {**all_of("contentType theme url", "text"), **all_of("height width", "whole")},
]
BUTTON = {
    **all_of(
        "custom menubar overridden resizeable scrollbars showsLocation showsStatus "
        "toolbar",
        "flag",
    ),
    **all_of("label name", "text"),
    **all_of("behavior content contentSource encoding url windowPosition", "text?"),
    **all_of("height width", "whole?"),
    "colors": COLORS,
    "icons": ICONS,
}
COMPONENT = {
    **all_of("displayLines tabOrder", "whole"),
    **all_of("type value", "text"),
    "details*": "object",
    "components*": "list",
    "fieldType*": "text",
}
ITEM = {
    **all_of("editableForNew editableForUpdate placeholder required", "flag"),
    "label": "text",
    "layoutComponents": "list",
}
SECTION = {
    **all_of("collapsed useCollapsibleSection useHeading", "flag"),
    **all_of("columns rows", "whole"),
    **all_of("heading layoutSectionId parentLayoutId tabOrder", "text"),
    "layoutRows": [{"layoutItems": [ITEM], "numItems": "whole"}],
}
RELATED = {
    "accessLevelRequiredForCreate": "text?",
    "buttons": "list",
    "columns": [
        {
            **all_of("field fieldApiName label name", "text"),
            **all_of("format lookupId", "text?"),
            "sortable": "flag",
        }
    ],
    "custom": "flag",
    **all_of("field label name sobject", "text"),
    "limitRows": "whole",
    "sort": "list",
}
OFFERED = {
    "accessLevelRequired": "text?",
    "colors": COLORS,
    "icons": ICONS,
    **all_of("iconUrl label miniIconUrl quickActionName type", "text"),
    "targetSobjectType": "text?",
    "urls": "object",
}
LAYOUT = {
    "buttonLayoutSection": {"detailButtons": [BUTTON]},
    "detailLayoutSections": [SECTION],
    "editLayoutSections": [SECTION],
    "feedView": "object?",
    "highlightsPanelLayoutSection": "object?",
    "id": "text",
    "multirowEditLayoutSections": "list",
    "offlineLinks": "list",
    "quickActionList": {"quickActionListItems": [OFFERED]},
    "relatedContent": "object?",
    "relatedLists": "list",
    "saveOptions": "list",
}
MAPPING = {
    **all_of("active available defaultRecordTypeMapping master", "flag"),
    **all_of("developerName layoutId name recordTypeId", "text"),
    "picklistsForRecordType": [{"picklistName": "text", "picklistValues": [PICKLIST]}],
    "urls": {"layout": "text"},
}
COMPACT = {
    "actions": [BUTTON],
    "fieldItems": [ITEM],
    "id": "text?",
    "imageItems": "list",
    **all_of("label name objectType", "text"),
}


def check(value, shape):
    assert problems(value, shape) == []


def components(sections):
    """Every field of a layout, the parts of addresses and names included."""
    for section in sections:
        for row in section["layoutRows"]:
            for item in row["layoutItems"]:
                for one in item["layoutComponents"]:
                    check(one, COMPONENT)
                    yield one
                    yield from one.get("components", [])


@pytest.mark.parametrize("name", ["Account", "Contact"])
def test_a_page_layout_shows_every_field_with_its_describe(client, name):
    body = client.get(f"/sobjects/{name}/describe/layouts").json()
    assert body.keys() == {
        "layouts",
        "recordTypeMappings",
        "recordTypeSelectorRequired",
    }
    assert body["recordTypeSelectorRequired"] == [False]
    [layout] = body["layouts"]
    [mapping] = body["recordTypeMappings"]
    check(layout, LAYOUT)
    check(layout["relatedLists"], [RELATED])
    check(mapping, MAPPING)
    assert mapping["layoutId"] == layout["id"]
    described = client.get(f"/sobjects/{name}/describe").json()
    fields = {field["name"]: field for field in described["fields"]}
    shown = {one["value"]: one for one in components(layout["detailLayoutSections"])}
    shown.pop(", ")
    hidden = {"Id", "IsDeleted", "SystemModstamp", "MasterRecordId"}
    hidden |= {"LastActivityDate", "LastViewedDate", "LastReferencedDate", "PhotoUrl"}
    assert shown.keys() == fields.keys() - hidden
    assert all(one["details"] == fields[key] for key, one in shown.items())
    edited = {one["value"] for one in components(layout["editLayoutSections"])}
    assert {"Phone", "OwnerId"} <= edited
    assert edited.isdisjoint({"CreatedById", "LastModifiedDate"})


def test_sections_go_down_their_columns(client):
    [layout] = client.get("/sobjects/Account/describe/layouts").json()["layouts"]
    first, *_, last = layout["detailLayoutSections"]
    assert (first["heading"], first["columns"], first["tabOrder"]) == (
        "Account Information",
        2,
        "TopToBottom",
    )
    assert first["rows"] == len(first["layoutRows"])
    orders = [
        [item["layoutComponents"][0]["tabOrder"] for item in row["layoutItems"]]
        for row in first["layoutRows"]
        if not row["layoutItems"][1]["placeholder"]
    ]
    assert orders == [[1 + at, 1 + at + first["rows"]] for at in range(len(orders))]
    created = last["layoutRows"][0]["layoutItems"][0]
    assert created["label"] == "Created By"
    assert [one["value"] for one in created["layoutComponents"]] == [
        "CreatedById",
        ", ",
        "CreatedDate",
    ]


def test_a_required_field_and_an_address_with_its_parts(client):
    [layout] = client.get("/sobjects/Contact/describe/layouts").json()["layouts"]
    items = {
        item["layoutComponents"][0]["value"]: item
        for section in layout["editLayoutSections"]
        for row in section["layoutRows"]
        for item in row["layoutItems"]
        if item["layoutComponents"]
    }
    assert items["Name"]["required"] is True
    assert items["Phone"]["required"] is False
    [address] = items["MailingAddress"]["layoutComponents"]
    assert address["fieldType"] == "address"
    assert {"MailingStreet", "MailingCity"} <= {
        one["value"] for one in address["components"]
    }
    assert items["AccountId"]["label"] == "Account"


def test_related_lists_follow_the_lookups(client):
    [layout] = client.get("/sobjects/Account/describe/layouts").json()["layouts"]
    lists = {one["name"]: one for one in layout["relatedLists"]}
    contacts = lists["Contacts"]
    assert (contacts["sobject"], contacts["field"]) == ("Contact", "AccountId")
    assert contacts["columns"][0] == {
        "field": "Contact.Name",
        "fieldApiName": "Name",
        "format": None,
        "label": "Full Name",
        "lookupId": "Id",
        "name": "Name",
        "sortable": True,
    }
    assert contacts["sort"] == [{"ascending": True, "column": "Name"}]


def test_what_is_hidden_from_a_user_stands_on_no_layout(client):
    client.org.user.hide("Account.Phone", "Contact")
    [layout] = client.get("/sobjects/Account/describe/layouts").json()["layouts"]
    shown = {one["value"] for one in components(layout["detailLayoutSections"])}
    assert "Phone" not in shown
    assert "Contacts" not in {one["name"] for one in layout["relatedLists"]}
    assert rest_error(client.get("/sobjects/Contact/describe/layouts")) == (
        404,
        "NOT_FOUND",
    )


def test_one_layout_by_record_type_and_by_name(client):
    body = client.get("/sobjects/Account/describe/layouts").json()
    alone = client.get(f"/sobjects/Account/describe/layouts/{MASTER}").json()
    assert alone == body["layouts"][0]
    named = client.get("/sobjects/User/describe/namedLayouts/UserAlt").json()
    check(named["layouts"][0], LAYOUT)
    for path in (
        "Account/describe/layouts/012000000000001AAA",
        "Account/describe/namedLayouts/UserAlt",
        "Account/describe/compactLayouts/garbage",
        "Organization/describe/layouts",
    ):
        answer = client.get(f"/sobjects/{path}")
        assert rest_error(answer) == (404, "NOT_FOUND"), path


def test_the_global_layout_has_nothing_but_actions(client):
    [layout] = client.get("/sobjects/Global/describe/layouts").json()["layouts"]
    assert layout["buttonLayoutSection"] is None
    assert layout["detailLayoutSections"] == []
    names = [
        one["quickActionName"]
        for one in layout["quickActionList"]["quickActionListItems"]
    ]
    assert "LogACall" in names


def test_compact_layouts_of_one_object_and_of_many(client):
    body = client.get("/sobjects/Account/describe/compactLayouts").json()
    [layout] = body["compactLayouts"]
    check(layout, COMPACT)
    assert (layout["name"], body["defaultCompactLayoutId"]) == ("SYSTEM", None)
    assert body["recordTypeCompactLayoutMappings"] == [
        {
            "available": True,
            "compactLayoutId": None,
            "compactLayoutName": "SYSTEM",
            "recordTypeId": MASTER,
            "recordTypeName": "Master",
            "urls": {
                "compactLayout": f"{V}/sobjects/Account/describe/compactLayouts/{MASTER}"
            },
        }
    ]
    for path in (
        body["urls"]["primary"],
        f"{V}/sobjects/Account/describe/compactLayouts/{MASTER}",
    ):
        assert client.get(path).json() == layout
    many = client.get("/compactLayouts?q=Account,contact").json()
    assert many["Account"] == layout
    assert many["Contact"]["objectType"] == "Contact"
    assert rest_error(client.get("/compactLayouts")) == (400, "INVALID_PARAMETER")
    assert rest_error(client.get("/compactLayouts?q=Nope")) == (404, "NOT_FOUND")


def test_what_results_of_a_search_show(client):
    account, contact = client.get("/search/layout/?q=Account,Contact").json()
    assert (account["label"], account["limitRows"]) == ("Search Results", 25)
    columns = [(one["field"], one["name"]) for one in account["searchColumns"]]
    assert columns[0] == ("Account.Name", "Name")
    assert columns[-1] == ("User.Alias", "Owner.Alias")
    assert contact["searchColumns"][1]["field"] == "Account.Name"
    assert rest_error(client.get("/search/layout")) == (400, "INVALID_PARAMETER")


def test_there_are_no_approval_layouts(client):
    body = client.get("/sobjects/Account/describe/approvalLayouts").json()
    assert body == {"approvalLayouts": []}


def test_tabs_and_theme(client):
    tabs = client.get("/tabs").json()
    for tab in tabs:
        check(
            tab,
            {
                "colors": COLORS,
                "icons": ICONS,
                "custom": "flag",
                **all_of("iconUrl label miniIconUrl mobileUrl name url", "text"),
                "sobjectName": "text?",
            },
        )
    found = {tab["name"]: tab for tab in tabs}
    assert found["standard-Account"]["label"] == "Accounts"
    assert found["standard-Account"]["url"] == f"{client.org.base_url}/001/o"
    assert found["Shipment__c"]["custom"] is True
    items = client.get("/theme").json()["themeItems"]
    for item in items:
        check(item, {"colors": COLORS, "icons": ICONS, "name": "text"})
    assert {"Account", "Shipment__c"} <= {item["name"] for item in items}


def test_layouts_and_themes_need_no_second_look(client: Visitor):
    for path in ("/sobjects/Account/describe/layouts", "/theme"):
        first = client.get(path)
        since = {"If-Modified-Since": first.headers["Last-Modified"]}
        assert client.get(path, headers=since).status_code == 304


def test_every_address_that_describes_name_answers(client):
    """With a row's id in it where the address asks for one."""
    answers = {}
    for one in client.get("/sobjects").json()["sobjects"]:
        if one["name"] not in {"Account", "Case", "Shipment__c", "User", "Order"}:
            continue
        rows = client.query(f"SELECT Id FROM {one['name']} LIMIT 1")["records"]
        for named in one["urls"].values():
            if "{ID}" not in named or rows:
                address = named.replace("{LayoutName}", "UserAlt")
                address = address.replace("{ID}", rows[0]["Id"] if rows else "")
                answers[address] = client.get(address).status_code
    assert {path: code for path, code in answers.items() if code != 200} == {}
    assert len(answers) > 30
    resources = client.get(V).json()
    del resources["identity"]  # a whole address, of the identity service
    del resources["jobs"], resources["process"]  # there is something below them only
    for path in resources.values():
        assert client.get(path).status_code != 404, path


def test_fields_of_layouts_have_the_57_keys(client):
    [layout] = client.get("/sobjects/Case/describe/layouts").json()["layouts"]
    for one in components(layout["editLayoutSections"]):
        details = dict(one["details"])
        details.pop("defaultValue")
        check(details, FIELD)
