"""List views with their rows, quick actions, and processes that an org has not."""

from __future__ import annotations

from shapes import all_of, problems
from visitor import V, rest_error

COLUMN = {
    **all_of("ascendingLabel descendingLabel sortDirection", "text?"),
    **all_of("fieldNameOrPath label selectListItem type", "text"),
    **all_of("hidden sortable", "flag"),
    "sortIndex": "whole?",
}
VIEW = {
    **all_of("describeUrl developerName id label resultsUrl url", "text"),
    "soqlCompatible": "flag",
}
ACTION = {
    **all_of("actionEnumOrId iconUrl label miniIconUrl name type", "text"),
    **all_of(
        "accessLevelRequired canvasApplicationId canvasApplicationName "
        "contextSobjectType flowDevName flowRecordIdVar iconName "
        "lightningComponentBundleId lightningComponentBundleName "
        "lightningComponentQualifiedName lightningWebComponentBundleId "
        "lightningWebComponentBundleName lightningWebComponentQualifiedName "
        "mobileExtensionId targetParentField targetRecordTypeId targetSobjectType "
        "visualforcePageName visualforcePageUrl",
        "text?",
    ),
    **all_of("showQuickActionLcHeader showQuickActionVfHeader", "flag"),
    **all_of("height width", "whole?"),
    **all_of("colors defaultValues icons", "list"),
    **all_of("layout urls", "object"),
}


def check(value, shape):
    assert problems(value, shape) == []


def views(client, name="Account"):
    body = client.get(f"/sobjects/{name}/listviews").json()
    return {one["developerName"]: one for one in body["listviews"]}


def test_the_list_views_of_an_object(client):
    body = client.get("/sobjects/Account/listviews").json()
    check(
        body,
        {
            "done": "flag",
            "listviews": [VIEW],
            "nextRecordsUrl": "text?",
            "size": "whole",
            "sobjectType": "text",
        },
    )
    assert body["size"] == len(body["listviews"])
    found = views(client)
    assert found.keys() == {"AllAccounts", "MyAccounts", "NewThisWeek", "NewLastWeek"}
    one = found["MyAccounts"]
    assert client.get(one["url"]).json() == one
    assert client.get(one["url"][:-3]).json() == one
    assert client.get("/sobjects/Account/listviews/recent").json()["listviews"] == []


def test_list_views_are_rows_as_well(client):
    asked = "SELECT Id, Name, DeveloperName FROM ListView WHERE SobjectType = 'Account'"
    rows = client.query(asked)["records"]
    found = {row["DeveloperName"]: (row["Id"], row["Name"]) for row in rows}
    listed = views(client).values()
    assert found == {one["developerName"]: (one["id"], one["label"]) for one in listed}
    [row] = client.query(f"SELECT Id FROM ListView WHERE Id = '{listed_id(listed)}'")[
        "records"
    ]
    assert client.get(row["attributes"]["url"]).json()["SobjectType"] == "Account"
    count = client.query("SELECT COUNT() FROM ListView")["totalSize"]
    client.org.records.add_object("Fresh__c")
    assert client.query("SELECT COUNT() FROM ListView")["totalSize"] == count + 4


def listed_id(listed):
    return next(iter(listed))["id"]


def test_a_list_view_tells_its_statement(client):
    body = client.get(views(client)["NewThisWeek"]["describeUrl"]).json()
    check(body["columns"], [COLUMN])
    assert body["query"] == (
        "SELECT Name, Site, BillingState, Phone, toLabel(Type), Owner.Alias, Id, "
        "CreatedDate, LastModifiedDate, SystemModstamp FROM Account "
        "WHERE CreatedDate = THIS_WEEK ORDER BY Name ASC NULLS FIRST, Id ASC NULLS FIRST"
    )
    assert body["whereCondition"] == {
        "field": "CreatedDate",
        "operator": "equals",
        "values": ["THIS_WEEK"],
    }
    name, *_, stamp = body["columns"]
    assert (name["sortIndex"], name["sortDirection"]) == (0, "ascending")
    assert (stamp["fieldNameOrPath"], stamp["hidden"]) == ("SystemModstamp", True)
    assert client.query(body["query"])["done"] is True


def test_the_rows_of_a_list_view(client):
    results = views(client)["AllAccounts"]["resultsUrl"]
    body = client.get(results).json()
    check(
        body,
        {
            "columns": [COLUMN],
            "records": [{"columns": "list"}],
            **all_of("developerName id label", "text"),
            "done": "flag",
            "size": "whole",
        },
    )
    assert (body["size"], body["done"]) == (25, False)
    rows = client.query(
        "SELECT Id, Name, CreatedDate, Owner.Alias FROM Account "
        "ORDER BY Name NULLS FIRST, Id LIMIT 3 OFFSET 25"
    )["records"]
    page = client.get(f"{results}?offset=25&limit=3").json()
    shown = [
        {one["fieldNameOrPath"]: one["value"] for one in row["columns"]}
        for row in page["records"]
    ]
    assert [one["Id"] for one in shown] == [row["Id"] for row in rows]
    assert shown[0]["Owner.Alias"] == rows[0]["Owner"]["Alias"]
    year = rows[0]["CreatedDate"][:4]
    assert shown[0]["CreatedDate"].endswith(f" GMT {year}")
    count = client.query("SELECT COUNT() FROM Account")["totalSize"]
    last = client.get(f"{results}?offset={count - 1}").json()
    assert (last["size"], last["done"]) == (1, True)


def test_my_rows_and_new_rows(client):
    mine = client.get(views(client)["MyAccounts"]["resultsUrl"], params={"limit": 2000})
    owned = client.query(
        f"SELECT COUNT() FROM Account WHERE OwnerId = '{client.org.user.id}'"
    )
    assert mine.json()["size"] == owned["totalSize"]
    made = client.post("/sobjects/Account", {"Name": "0 of today"}).json()["id"]
    new = client.get(views(client)["NewThisWeek"]["resultsUrl"]).json()
    ids = [
        one["value"]
        for row in new["records"]
        for one in row["columns"]
        if one["fieldNameOrPath"] == "Id"
    ]
    assert made in ids


def test_every_object_with_pages_has_views_that_can_be_run(client):
    """Those without rows, too: their columns follow from their fields."""
    for name in ("Case", "Lead", "Task", "Shipment__c", "Order", "User", "Pricebook2"):
        for one in views(client, name).values():
            assert client.get(one["resultsUrl"]).status_code == 200, one["label"]


def test_list_views_that_are_not_there(client):
    view = views(client)["AllAccounts"]
    other = view["url"].replace("/Account/", "/Contact/")
    for path in (other, f"{V}/sobjects/Account/listviews/garbage"):
        for end in ("", "/describe", "/results"):
            assert rest_error(client.get(path + end)) == (404, "NOT_FOUND")
    assert client.get("/sobjects/Organization/listviews").status_code == 404
    refused = client.get(f"{view['resultsUrl']}?limit=2001")
    assert rest_error(refused) == (400, "INVALID_PARAMETER")


def test_the_plan_of_a_list_view(client):
    view = views(client)["AllAccounts"]["id"]
    body = client.get("/query", params={"explain": view}).json()
    assert body["sourceQuery"].startswith("SELECT Name, Site")


def test_quick_actions_are_listed(client):
    for path in ("/quickActions", "/sobjects/Account/quickActions"):
        actions = client.get(path).json()
        check(
            actions,
            [{**all_of("actionEnumOrId label name type", "text"), "urls": "object"}],
        )
        for one in actions:
            for kind, address in one["urls"].items():
                if kind != "defaultValuesTemplate":
                    assert client.get(address).status_code == 200, address
    names = [one["name"] for one in client.get("/sobjects/Account/quickActions").json()]
    assert names[0] == "Account.NewContact"
    assert "LogACall" in names


def test_a_quick_action_is_described(client):
    body = client.get("/quickActions/LogACall/describe").json()
    assert (body["type"], body["targetSobjectType"]) == ("LogACall", "Task")
    check(body, ACTION)
    fields = [
        item["layoutComponents"][0]["value"]
        for row in body["layout"]["layoutRows"]
        for item in row["layoutItems"]
        if item["layoutComponents"]
    ]
    assert sorted(fields) == ["Description", "Subject", "WhatId", "WhoId"]


def test_a_quick_action_is_done(client):
    account = client.post("/sobjects/Account", {"Name": "A"}).json()["id"]
    path = "/quickActions/LogACall"
    values = client.get(f"{path}/defaultValues/{account}").json()
    assert (values["WhatId"], values["WhoId"], values["Description"]) == (
        account,
        None,
        None,
    )
    assert client.get(f"{path}/defaultValues").json()["WhatId"] is None
    asked = {"contextId": account, "record": {"Subject": "Call"}}
    answer = client.post(path, asked)
    body = answer.json()
    assert answer.status_code == 201
    assert (body["success"], body["created"], body["errors"]) == (True, True, [])
    assert (body["contextId"], body["feedItemIds"]) == (account, [])
    row = client.get(f"/sobjects/Task/{body['id']}").json()
    assert (row["Subject"], row["WhatId"], row["Status"]) == (
        "Call",
        account,
        "Completed",
    )
    of_account = "/sobjects/Account/quickActions/NewContact"
    made = client.post(
        of_account, {"contextId": account, "record": {"LastName": "Roe"}}
    ).json()["id"]
    contact = client.get(f"/sobjects/Contact/{made}").json()
    assert (contact["LastName"], contact["AccountId"]) == ("Roe", account)


def test_quick_actions_that_do_not_work(client):
    assert rest_error(client.get("/quickActions/Nope")) == (404, "NOT_FOUND")
    post = client.post("/quickActions/FeedItem.TextPost", {"record": {}})
    assert rest_error(post) == (404, "NOT_FOUND")
    missing = client.post("/quickActions/NewContact", {"record": {"FirstName": "x"}})
    assert rest_error(missing) == (400, "REQUIRED_FIELD_MISSING")
    unknown = client.post("/quickActions/NewLead", {"record": {"Nope": 1}})
    assert rest_error(unknown) == (400, "INVALID_FIELD")
    for asked in ({"record": []}, {"contextId": "garbage"}, {"contextId": 5}):
        assert client.post("/quickActions/NewLead", asked).status_code == 400, asked
    gone = client.get("/quickActions/LogACall/defaultValues/001000000000000AAA")
    assert rest_error(gone) == (404, "NOT_FOUND")


def test_there_are_no_rules_and_no_approval_processes(client):
    assert client.get("/process/rules").json() == {"rules": {}}
    assert client.get("/process/rules/account").json() == {"rules": {"Account": []}}
    one = client.get("/process/rules/Account/01Q000000000000AAA")
    assert rest_error(one) == (404, "NOT_FOUND")
    tried = client.post("/process/rules", {"contextIds": []}).json()
    assert tried == {"errors": None, "success": True}
    assert client.get("/process/approvals").json() == {"approvals": {}}
    submitted = client.post(
        "/process/approvals", {"requests": [{"actionType": "Submit"}]}
    )
    [body] = submitted.json()
    assert (submitted.status_code, body["success"]) == (400, False)
    assert body["errors"][0]["statusCode"] == "NO_APPLICABLE_PROCESS"
    assert client.post("/process/rules", {"contextIds": "x"}).status_code == 400
