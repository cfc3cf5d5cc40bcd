"""The keys and types of real orgs' answers, and what tells a value from them.

The tables are written from what real orgs send. A type is a name of `TYPES`;
``?`` after it allows null; a list holds the shape of its items, a dict that of its
keys. Keys that an org may or may not send end in ``*``.
"""

from __future__ import annotations

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
            "namedLayouts* eventSchema*",
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

NOT_SENT = {
    "Experience Cloud is not imitated": {
        "token": "sfdc_community_url sfdc_community_id",
    },
    "these addresses are not served": {
        "/sobjects/Case": """
            caseArticleSuggestions caseRowArticleSuggestions defaultValues""",
        "/sobjects/Event": "eventSeriesUpdates defaultValues",
        "/sobjects/User": "passwordUtilities",
        "/sobjects/AccountChangeEvent": "eventSchema",
        "": """
            analytics appMenu chatter commerce connect flexiPage licensing
            wave""",
    },
}
"""Keys of real answers that are left out on purpose: reason, place, names."""
