"""Statements Salesforce refuses, and how it words the refusal."""

from __future__ import annotations

WSDL = "Please reference your WSDL or the describe call for the appropriate names."


def no_column(name: str, entity: str) -> str:
    return (
        f"No such column '{name}' on entity '{entity}'. If you are attempting to use a "
        "custom field, be sure to append the '__c' after the custom field name. " + WSDL
    )


def no_type(name: str) -> str:
    return (
        f"sObject type '{name}' is not supported. If you are attempting to use a custom "
        "object, be sure to append the '__c' after the entity name. " + WSDL
    )


def no_relation(name: str, place: str) -> str:
    ending = f" {WSDL}"
    return (
        f"Didn't understand relationship '{name}' in {place}. If you are attempting to use "
        "a custom relationship, be sure to append the '__r' after the custom relationship "
        f"name.{ending}"
    )


LOCATED = [
    ("SELECT Id, FROM Moon__c", "MALFORMED_QUERY", 12, "unexpected token: 'FROM'"),
    (
        "SELECT Id FROM Moon__c WHERE",
        "MALFORMED_QUERY",
        29,
        "unexpected token: '<EOF>'",
    ),
    (
        "SELECT Id FROM Moon__c WHRE x = 1",
        "MALFORMED_QUERY",
        29,
        "unexpected token: 'x'",
    ),
    (
        "SELECT * FROM Moon__c",
        None,
        0,
        "line 1:7 no viable alternative at character '*'",
    ),
    (
        "SELECT Id FROM Moon__c WHERE Text__c = 'O'Neil'",
        "MALFORMED_QUERY",
        43,
        "unexpected token: 'Neil'",
    ),
    (
        "SELECT Id FROM Moon__c WHERE Text__c IS NULL",
        "MALFORMED_QUERY",
        38,
        "unexpected token: 'IS'",
    ),
    (
        "SELECT Id FROM Moon__c WHERE Count__c = 1 AND Count__c = 2 OR Count__c = 3",
        "MALFORMED_QUERY",
        60,
        "unexpected token: 'OR'",
    ),
    (
        "SELECT Id FROM Moon__c WHERE Count__c = 1 AND NOT Count__c = 2",
        "MALFORMED_QUERY",
        47,
        "unexpected token: 'NOT'",
    ),
    (
        "SELECT Id FROM Moon__c LIMIT -1",
        "MALFORMED_QUERY",
        30,
        "expecting a colon, found '-'",
    ),
    (
        "SELECT Id FROM Moon__c LIMIT ten",
        "MALFORMED_QUERY",
        30,
        "expecting a colon, found 'ten'",
    ),
    (
        "SELECT Id FROM Moon__c WHERE Name = :name",
        "MALFORMED_QUERY",
        37,
        "Bind variables only allowed in Apex code",
    ),
    ("SELECT Id, Foo FROM Moon__c", "INVALID_FIELD", 12, no_column("Foo", "Moon__c")),
    (
        "SELECT Planet__r.Foo FROM Moon__c",
        "INVALID_FIELD",
        8,
        no_column("Foo", "Planet__c"),
    ),
    (
        "SELECT Id FROM Moon__c ORDER BY Foo",
        "INVALID_FIELD",
        33,
        no_column("Foo", "Moon__c"),
    ),
    (
        "SELECT Id FROM Moon__c WHERE Foo = 1",
        "INVALID_FIELD",
        30,
        no_column("Foo", "Moon__c"),
    ),
    (
        "SELECT Owner.Company FROM Moon__c",
        "INVALID_FIELD",
        8,
        no_column("Company", "Name"),
    ),
    ("select count() from XYZZY", "INVALID_TYPE", 21, no_type("XYZZY")),
    (
        "SELECT Star.Name FROM Moon__c",
        "INVALID_FIELD",
        8,
        no_relation("Star", "field path"),
    ),
    (
        "SELECT Id, (SELECT Id FROM Moons) FROM Planet__c",
        "INVALID_TYPE",
        28,
        no_relation("Moons", "FROM part of query call"),
    ),
    (
        "SELECT Id FROM Moon__c WHERE Story__c = 'x'",
        "INVALID_FIELD",
        30,
        "field 'Story__c' can not be filtered in a query call",
    ),
    (
        "SELECT Id FROM Moon__c ORDER BY Story__c",
        "MALFORMED_QUERY",
        33,
        "field 'Story__c' can not be sorted in a query call",
    ),
    (
        "SELECT Id FROM Moon__c ORDER BY Tags__c",
        "MALFORMED_QUERY",
        33,
        "field 'Tags__c' can not be sorted in a query call",
    ),
    (
        "SELECT Amount__c FROM Moon__c GROUP BY Amount__c",
        "MALFORMED_QUERY",
        40,
        "field 'Amount__c' can not be grouped in a query call",
    ),
    (
        "SELECT Id FROM Account WHERE BillingAddress = 'x'",
        "INVALID_FIELD",
        30,
        "Address fields can only be filtered using Distance expressions",
    ),
    (
        "SELECT Id FROM Moon__c WHERE Count__c = '1'",
        "INVALID_FIELD",
        30,
        "value of filter criterion for field 'Count__c' must be of type int and should not be enclosed in quotes",
    ),
    (
        "SELECT Id FROM Moon__c WHERE Amount__c = '1'",
        "INVALID_FIELD",
        30,
        "value of filter criterion for field 'Amount__c' must be of type double and should not be enclosed in quotes",
    ),
    (
        "SELECT Id FROM Moon__c WHERE Flag__c = 'true'",
        "INVALID_FIELD",
        30,
        "value of filter criterion for field 'Flag__c' must be of type boolean and should not be enclosed in quotes",
    ),
    (
        "SELECT Id FROM Moon__c WHERE CreatedDate > 2026-01-01",
        "INVALID_FIELD",
        30,
        "value of filter criterion for field 'CreatedDate' must be of type dateTime and should not be enclosed in quotes",
    ),
    (
        "SELECT Id FROM Moon__c WHERE Name = 5",
        "INVALID_FIELD",
        30,
        "value of filter criterion for field 'Name' must be of type string and should be enclosed in quotes",
    ),
    (
        "SELECT Id FROM Moon__c WHERE Id = 'abc'",
        "INVALID_QUERY_FILTER_OPERATOR",
        30,
        "invalid ID field: abc",
    ),
    (
        "SELECT Id FROM Moon__c WHERE Id LIKE 'a1%'",
        "INVALID_QUERY_FILTER_OPERATOR",
        30,
        "invalid operator on id field",
    ),
    (
        "SELECT Id FROM Moon__c WHERE Tags__c LIKE 'a1%'",
        "INVALID_QUERY_FILTER_OPERATOR",
        30,
        "invalid operator on multipicklist field",
    ),
    (
        "SELECT Id FROM Moon__c WHERE Text__c INCLUDES ('a')",
        "INVALID_QUERY_FILTER_OPERATOR",
        30,
        "invalid operator on string field",
    ),
    (
        "SELECT Name, COUNT(Id) FROM Moon__c",
        "MALFORMED_QUERY",
        8,
        "Field must be grouped or aggregated: Name",
    ),
    (
        "SELECT COUNT(Id) FROM Moon__c GROUP BY Name ORDER BY Day__c",
        "MALFORMED_QUERY",
        54,
        "Ordered field must be grouped or aggregated: Day__c",
    ),
    (
        "SELECT SUM(Name) FROM Moon__c",
        "MALFORMED_QUERY",
        8,
        "field Name does not support aggregate operator SUM",
    ),
    (
        "SELECT Name n FROM Moon__c",
        "MALFORMED_QUERY",
        8,
        "only aggregate expressions use field aliasing",
    ),
    (
        "SELECT Id FROM Moon__c WHERE Name IN (SELECT Id FROM Moon__c)",
        "INVALID_FIELD",
        30,
        "The left operand field in the where expression for outer query should be an id field, cannot use: 'Name'",
    ),
    (
        "SELECT Id FROM Moon__c WHERE Id IN (SELECT Planet__c FROM Moon__c)",
        "INVALID_FIELD",
        30,
        "The selected field 'Planet__c' in the subquery and the left operand field in the where expression in the outer query 'Id' should point to the same object type",
    ),
]

PLAIN = [
    ("", "MALFORMED_QUERY", "SOQL statements cannot be empty or null"),
    ("SELEKT Name FROM Account", "MALFORMED_QUERY", "unexpected token: SELEKT"),
    (
        "SELECT Id FROM Moon__c WHERE Name = 'open",
        "MALFORMED_QUERY",
        "line 1:36 mismatched character '<EOF>' expecting '''",
    ),
    (
        "SELECT Id FROM Moon__c OFFSET 2001",
        "NUMBER_OUTSIDE_VALID_RANGE",
        "Maximum SOQL offset allowed is 2000",
    ),
    ("SELECT Id, Id FROM Moon__c", "INVALID_FIELD", "duplicate field selected: Id"),
    (
        "SELECT Id, FIELDS(ALL) FROM Moon__c LIMIT 200",
        "INVALID_FIELD",
        "duplicate field selected: Id",
    ),
    (
        "SELECT Planet__r.Name, planet__r.NAME FROM Moon__c",
        "INVALID_FIELD",
        "duplicate field selected: Planet__r.Name",
    ),
    (
        "SELECT COUNT(Id) n, COUNT(Name) n FROM Moon__c",
        "MALFORMED_QUERY",
        "duplicate alias: n",
    ),
    (
        "SELECT FIELDS(ALL) FROM Moon__c",
        "MALFORMED_QUERY",
        "The SOQL FIELDS function must have a LIMIT of at most 200",
    ),
    (
        "SELECT FIELDS(CUSTOM) FROM Moon__c LIMIT 201",
        "MALFORMED_QUERY",
        "The SOQL FIELDS function must have a LIMIT of at most 200",
    ),
    (
        "SELECT COUNT(Id) FROM Moon__c LIMIT 1",
        "MALFORMED_QUERY",
        "Non-grouped query that uses overall aggregate functions cannot also use LIMIT",
    ),
    (
        "SELECT COUNT() FROM Moon__c ORDER BY Name",
        "MALFORMED_QUERY",
        "Ordered field must be grouped or aggregated: Name",
    ),
    (
        "SELECT Id FROM Planet__c WHERE Name = 'x' OR Id IN (SELECT Planet__c FROM Moon__c)",
        "MALFORMED_QUERY",
        "Semi join sub-selects are not allowed with the 'OR' operator",
    ),
    (
        "SELECT Id FROM Planet__c WHERE Name = 'x' AND (Name = 'y' OR Id IN (SELECT Planet__c FROM Moon__c))",
        "MALFORMED_QUERY",
        "Semi join sub-selects are only allowed at the top level WHERE expressions and not in nested WHERE expressions.",
    ),
    (
        "SELECT Id FROM Planet__c WHERE Id IN (SELECT Planet__c FROM Moon__c WHERE Id IN (SELECT Id FROM Moon__c))",
        "MALFORMED_QUERY",
        "Nesting of semi join sub-selects is not supported",
    ),
    (
        "SELECT Id FROM Planet__c WHERE "
        + " AND ".join(["Id IN (SELECT Planet__c FROM Moon__c)"] * 3),
        "MALFORMED_QUERY",
        "Maximum 2 semi join sub-selects are allowed",
    ),
    (
        "SELECT Name, (SELECT Id FROM Moons__r), COUNT(Id) FROM Planet__c GROUP BY Name",
        "MALFORMED_QUERY",
        "Grouped query cannot use child relationships in the SELECT list",
    ),
]
