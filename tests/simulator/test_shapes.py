"""Each kind of answer has the keys and types that real orgs' answers have.

The tables are written from what real orgs send. A type is a name of `TYPES`;
``?`` after it allows null; a list holds the shape of its items, a dict that of its
keys. Keys that an org may or may not send end in ``*``.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.simulator.visitor import V, Visitor

TYPES = {
    "text": str,
    "flag": bool,
    "whole": int,
    "number": (int, float),
    "list": list,
    "object": dict,
}


def problems(value, shape, path="answer"):
    """Every place where a value differs from its shape."""
    if isinstance(shape, dict):
        return _object_problems(value, shape, path)
    if isinstance(shape, list):
        if not isinstance(value, list) or not value:
            return [f"{path} is no list with items"]
        return [p for item in value for p in problems(item, shape[0], f"{path}[]")]
    name = shape.rstrip("?")
    if value is None:
        return [] if shape.endswith("?") or name == "null" else [f"{path} is null"]
    right = name != "null" and isinstance(value, TYPES[name])
    if isinstance(value, bool) and name != "flag":
        right = False
    return [] if right else [f"{path} is {value!r:.40}, not {shape}"]


def _object_problems(value, shape, path):
    if not isinstance(value, dict):
        return [f"{path} is no object"]
    named = {key.rstrip("*"): inner for key, inner in shape.items()}
    needed = {key for key in shape if not key.endswith("*")}
    found = [f"{path}.{key} is missing" for key in sorted(needed - set(value))]
    found += [f"{path}.{key} is strange" for key in sorted(set(value) - set(named))]
    for key in set(value) & set(named):
        found += problems(value[key], named[key], f"{path}.{key}")
    return found


def all_of(names, kind):
    return dict.fromkeys(names.split(), kind)


ATTRIBUTES = {"type": "text", "url": "text"}
ROW = {"attributes": ATTRIBUTES, "Id": "text", "Name": "text?"}
ERROR = [{"message": "text", "errorCode": "text", "fields*": "list"}]
SAVED = {"id": "text", "success": "flag", "errors": "list"}
UPSERTED = {**SAVED, "created": "flag"}
ITEM_ERROR = {"statusCode": "text", "message": "text", "fields": "list"}
FAILED = {"success": "flag", "errors": [ITEM_ERROR]}

TOKEN = {
    **all_of("access_token signature scope instance_url id token_type", "text"),
    "issued_at": "text",
    "refresh_token*": "text",
    "id_token*": "text",
}
URLS = all_of(
    "enterprise metadata partner rest sobjects search query recent tooling_soap "
    "tooling_rest profile feeds groups users feed_items feed_elements custom_domain",
    "text",
)
PHOTOS = {"picture": "text", "thumbnail": "text"}
USERINFO = {
    **all_of(
        "sub user_id organization_id preferred_username nickname name email "
        "given_name family_name zoneinfo profile picture user_type language locale "
        "updated_at",
        "text",
    ),
    **all_of("email_verified is_salesforce_integration_user active", "flag"),
    "photos": PHOTOS,
    "address": "object",
    "urls": URLS,
    "utcOffset": "whole",
}
IDENTITY = {
    **all_of(
        "id user_id organization_id username nick_name display_name email first_name "
        "last_name timezone user_type language locale last_modified_date",
        "text",
    ),
    **all_of(
        "asserted_user email_verified mobile_phone_verified is_lightning_login_user "
        "active is_app_installed",
        "flag",
    ),
    **all_of(
        "addr_street addr_city addr_state addr_country addr_zip mobile_phone", "text?"
    ),
    "photos": PHOTOS,
    "status": {"created_date": "text?", "body": "text?"},
    "urls": URLS,
    "utcOffset": "whole",
}
OBJECT = {
    **all_of(
        "activateable createable custom customSetting deepCloneable deletable "
        "deprecatedAndHidden feedEnabled hasSubtypes isInterface isSubtype layoutable "
        "mergeable mruEnabled queryable replicateable retrieveable searchable "
        "triggerable undeletable updateable",
        "flag",
    ),
    **all_of("label labelPlural name", "text"),
    **all_of("associateEntityType associateParentEntity keyPrefix", "text?"),
    "urls": {
        **all_of("sobject describe rowTemplate", "text"),
        **all_of(
            "compactLayouts* approvalLayouts* listviews* quickActions* layouts* "
            "eventSchema*",
            "text",
        ),
    },
}
PICKLIST = {
    **all_of("active defaultValue", "flag"),
    **all_of("label value", "text"),
    "validFor": "text?",
}
FIELD = {
    **all_of(
        "aggregatable aiPredictionField autoNumber calculated cascadeDelete "
        "caseSensitive createable custom defaultedOnCreate dependentPicklist "
        "deprecatedAndHidden displayLocationInDecimal encrypted externalId filterable "
        "formulaTreatNullNumberAsZero groupable highScaleNumber htmlFormatted idLookup "
        "nameField namePointing nillable permissionable polymorphicForeignKey "
        "queryByDistance restrictedDelete restrictedPicklist searchPrefilterable "
        "sortable unique updateable writeRequiresMasterRead",
        "flag",
    ),
    **all_of("byteLength digits length precision scale", "whole"),
    **all_of("label name soapType type", "text"),
    **all_of(
        "calculatedFormula compoundFieldName controllerName defaultValueFormula "
        "extraTypeInfo inlineHelpText mask maskType referenceTargetField "
        "relationshipName",
        "text?",
    ),
    "relationshipOrder": "whole?",
    "filteredLookupInfo": "object?",
    "referenceTo": "list",
    "picklistValues": "list",
}
CHILD = {
    **all_of("cascadeDelete deprecatedAndHidden restrictedDelete", "flag"),
    **all_of("childSObject field", "text"),
    "relationshipName": "text?",
    "junctionIdListNames": "list",
    "junctionReferenceTo": "list",
}
RECORD_TYPE = {
    **all_of("active available defaultRecordTypeMapping master", "flag"),
    **all_of("developerName name recordTypeId", "text"),
    "urls": {"layout": "text"},
}
DESCRIBE = {
    **OBJECT,
    **all_of("compactLayoutable searchLayoutable", "flag"),
    **all_of(
        "defaultImplementation extendedBy extendsInterfaces implementedBy "
        "implementsInterfaces networkScopeFieldName",
        "text?",
    ),
    **all_of("listviewable lookupLayoutable", "flag?"),
    **all_of("actionOverrides namedLayoutInfos", "list"),
    "childRelationships": [CHILD],
    "fields": "list",
    "recordTypeInfos": [RECORD_TYPE],
    "sobjectDescribeOption": "text",
    "supportedScopes": [{"label": "text", "name": "text"}],
    "urls": {
        **OBJECT["urls"],
        **all_of("uiDetailTemplate uiEditTemplate uiNewRecord", "text"),
    },
}
ADDRESS = {
    **all_of("city country postalCode state street geocodeAccuracy", "text?"),
    **all_of("countryCode* stateCode*", "text?"),
    **all_of("latitude longitude", "number?"),
}
QUERY_JOB = {
    **all_of(
        "id operation object createdById createdDate systemModstamp state "
        "concurrencyMode contentType lineEnding columnDelimiter",
        "text",
    ),
    "apiVersion": "number",
}
QUERY_JOB_INFO = {
    **QUERY_JOB,
    "jobType": "text",
    **all_of("numberRecordsProcessed retries totalProcessingTime", "whole"),
    "isPkChunkingSupported*": "flag",
}
INGEST_JOB = {**QUERY_JOB, "contentUrl": "text", "externalIdFieldName*": "text"}
INGEST_JOB_INFO = {
    **QUERY_JOB,
    "jobType": "text",
    **all_of(
        "numberRecordsProcessed numberRecordsFailed retries totalProcessingTime "
        "apiActiveProcessingTime apexProcessingTime",
        "whole",
    ),
    "contentUrl*": "text",
}


@pytest.fixture
def client(visitor) -> Visitor:
    visitor.log_in()
    return visitor


def check(value, shape):
    assert problems(value, shape) == []


def test_the_checker_itself_sees_differences():
    assert problems({"a": 1}, {"a": "text"})
    assert problems({"a": True}, {"a": "whole"})
    assert problems({"a": None}, {"a": "text"})
    assert problems({"a": "x", "b": 1}, {"a": "text"})
    assert problems({}, {"a": "text"})
    assert problems([], ["text"])
    assert problems({"a": None}, {"a": "text?", "b*": "whole"}) == []


def test_tokens_and_identities(client):
    check(client.tokens, TOKEN)
    check(client.refresh().json(), TOKEN)
    check(client.get("/services/oauth2/userinfo").json(), USERINFO)
    check(client.get(f"/id/{client.org.org_id}/{client.org.user.id}").json(), IDENTITY)


def test_versions_and_resources(client):
    check(
        client.get("/services/data").json(),
        [{"label": "text", "url": "text", "version": "text"}],
    )
    resources = client.get(V).json()
    assert {"sobjects", "query", "queryAll", "limits", "identity"} <= set(resources)
    assert all(isinstance(path, str) for path in resources.values())


def test_limits_have_the_71_names_of_a_real_org(client):
    limits = client.get("/limits").json()
    assert len(limits) == 71
    nested = {"Max": "whole", "Remaining": "whole"}
    for name, entry in limits.items():
        extra = {"CreateCustom": nested} if name == "PermissionSets" else {}
        check(entry, {**nested, **extra})


def test_describe_global(client):
    body = client.get("/sobjects").json()
    check(
        body,
        {"encoding": "text", "maxBatchSize": "whole", "sobjects": [OBJECT]},
    )
    assert len(body["sobjects"]) > 300


@pytest.mark.parametrize("name", ["Account", "Contact", "Opportunity", "Lead", "Case"])
def test_describe(client, name):
    body = client.get(f"/sobjects/{name}/describe").json()
    check(body, DESCRIBE)
    assert list(body) == sorted(body)
    for field in body["fields"]:
        default = field.pop("defaultValue")
        assert default is None or isinstance(default, str | bool)
        check(field, FIELD)
        assert list(field) == sorted(field)
        for entry in field["picklistValues"]:
            check(entry, PICKLIST)


def test_basic_information_recent_items_and_search(client):
    client.post("/sobjects/Account", {"Name": "Seen"})
    body = client.get("/sobjects/Account").json()
    check(body, {"objectDescribe": OBJECT, "recentItems": [ROW]})
    check(client.get("/recent").json(), [ROW])
    check(
        client.get("/search", params={"q": "FIND {qqqq}"}).json(),
        {"searchRecords": "list"},
    )


def test_rows(client):
    made = client.post("/sobjects/Account", {"Name": "N", "BillingCity": "Bern"}).json()
    check(made, SAVED)
    row = client.get(f"/sobjects/Account/{made['id']}").json()
    names = {
        f["name"] for f in client.get("/sobjects/Account/describe").json()["fields"]
    }
    assert set(row) == names | {"attributes"}
    check(row["BillingAddress"], ADDRESS)
    assert row["ShippingAddress"] is None
    path = f"/sobjects/Account/Id/{made['id']}"
    check(client.patch(path, {"Phone": "1"}).json(), UPSERTED)


def test_pages_parents_children_and_aggregates(client):
    page = client.query("SELECT Id, Name FROM Account LIMIT 2")
    check(page, {"totalSize": "whole", "done": "flag", "records": [ROW]})
    client.org.page_size = 1
    page = client.query("SELECT Id, Name FROM Account LIMIT 2")
    check(
        page,
        {
            "totalSize": "whole",
            "done": "flag",
            "nextRecordsUrl": "text",
            "records": [ROW],
        },
    )
    parent = {"attributes": ATTRIBUTES, "Name": "text"}
    page = client.query("SELECT Owner.Name FROM Account LIMIT 1")
    check(page["records"], [{"attributes": ATTRIBUTES, "Owner": parent}])
    page = client.query("SELECT COUNT(Id) FROM Account")
    assert page["records"][0]["attributes"] == {"type": "AggregateResult"}
    assert isinstance(page["records"][0]["expr0"], int)


def test_record_counts_updated_and_deleted(client):
    check(
        client.get("/limits/recordCount?sObjects=Account").json(),
        {"sObjects": [{"count": "whole", "name": "text"}]},
    )
    key = client.post("/sobjects/Account", {"Name": "Gone"}).json()["id"]
    client.delete(f"/sobjects/Account/{key}")
    client.org.clock.advance(120)
    now = client.org.clock.now()
    window = {"start": (now - timedelta(days=1)).isoformat(), "end": now.isoformat()}
    check(
        client.get("/sobjects/Account/updated", params=window).json(),
        {"ids": "list", "latestDateCovered": "text"},
    )
    check(
        client.get("/sobjects/Account/deleted", params=window).json(),
        {
            "deletedRecords": [{"id": "text", "deletedDate": "text"}],
            "earliestDateAvailable": "text",
            "latestDateCovered": "text",
        },
    )


def test_errors(client):
    for path in ("/nothing", "/query?q=x", "/sobjects/Account/garbage"):
        check(client.get(path).json(), ERROR)
    check(client.post("/sobjects/Account", {}).json(), ERROR)
    client.org.expire_sessions()
    check(client.get("/limits").json(), ERROR)


def test_composite_and_collections(client):
    def one(method, path, body=None):
        return {"method": method, "url": V + path, "referenceId": "r", "body": body}

    item = {
        "body": SAVED,
        "httpHeaders": {"Location": "text"},
        "httpStatusCode": "whole",
        "referenceId": "text",
    }
    insert = one("POST", "/sobjects/Account", {"Name": "x"})
    check(
        client.post("/composite", {"compositeRequest": [insert]}).json(),
        {"compositeResponse": [item]},
    )
    failed = {**item, "body": ERROR, "httpHeaders": {}}
    missing = one("GET", "/nothing")
    check(
        client.post("/composite", {"compositeRequest": [missing]}).json(),
        {"compositeResponse": [failed]},
    )
    graph = {
        "graphId": "text",
        "graphResponse": {"compositeResponse": [item]},
        "isSuccessful": "flag",
    }
    graphs = [{"graphId": "g", "compositeRequest": [insert]}]
    check(
        client.post("/composite/graph", {"graphs": graphs}).json(), {"graphs": [graph]}
    )
    good = {"attributes": {"type": "Account"}, "Name": "x"}
    bad = {"attributes": {"type": "Account"}}
    saved, refused = client.post("/composite/sobjects", {"records": [good, bad]}).json()
    check(saved, SAVED)
    check(refused, FAILED)
    batch = [{"method": "GET", "url": "v66.0/limits"}]
    check(
        client.post("/composite/batch", {"batchRequests": batch}).json(),
        {"hasErrors": "flag", "results": [{"statusCode": "whole", "result": "object"}]},
    )


def test_bulk_jobs(client):
    from sfconnector.simulator.bulk import Pace

    client.org.jobs.pace = Pace(queue_seconds=0, run_seconds=0)
    asked = {"operation": "query", "query": "SELECT Id FROM Account"}
    made = client.post("/jobs/query", asked).json()
    check(made, QUERY_JOB)
    check(client.get(f"/jobs/query/{made['id']}").json(), QUERY_JOB_INFO)
    asked = {"operation": "insert", "object": "Account", "contentType": "CSV"}
    made = client.post("/jobs/ingest", asked).json()
    check(made, INGEST_JOB)
    path = f"/jobs/ingest/{made['id']}"
    csv = {"Content-Type": "text/csv"}
    client.call("PUT", f"{path}/batches", data=b"Name\nx\n", headers=csv)
    client.patch(path, {"state": "UploadComplete"})
    check(client.get(path).json(), INGEST_JOB_INFO)
    listed = client.get("/jobs/query").json()
    assert sorted(listed) == ["done", "nextRecordsUrl", "records"]
