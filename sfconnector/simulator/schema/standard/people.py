"""The org itself and the people who work in it."""

from __future__ import annotations

from typing import Any, Final

from sfconnector.simulator.schema.fields import Field
from sfconnector.simulator.schema.groups import address, audit, person, record_id
from sfconnector.simulator.schema.kinds import (
    READ_ONLY,
    SYSTEM,
    area,
    check,
    choice,
    email,
    lookup,
    moment,
    phone,
    text,
    url,
    whole,
)
from sfconnector.simulator.schema.objects import SObjectType
from sfconnector.simulator.schema.standard import values

_SETTING: Final[dict[str, Any]] = {"length": 40, "restricted_picklist": True}


def _regional() -> tuple[Field, ...]:
    required = {**_SETTING, "nillable": False}
    return (
        choice("TimeZoneSidKey", "Time Zone", values.TIME_ZONES, **required),
        choice("LocaleSidKey", "Locale", values.LOCALES, **required),
        choice("EmailEncodingKey", "Email Encoding", ("UTF-8",), **required),
        choice("LanguageLocaleKey", "Language", values.LANGUAGE_CODES, **required),
    )


def user() -> SObjectType:
    """User: somebody who can log in. Users are deactivated, never deleted."""
    return SObjectType(
        name="User",
        label="User",
        label_plural="Users",
        key_prefix="005",
        deletable=False,
        undeletable=False,
        feed_enabled=True,
    ).with_fields(
        (
            record_id("User ID"),
            text(
                "Username", "Username", 80, nillable=False, unique=True, id_lookup=True
            ),
            *person()[:2],
            person()[3],
            text("CompanyName", "Company Name", 80),
            text("Division", "Division", 80),
            text("Department", "Department", 80),
            text("Title", "Title", 80),
            *address(),
            email("Email", "Email", length=128, nillable=False),
            phone("Phone", "Phone"),
            phone("Fax", "Fax"),
            phone("MobilePhone", "Mobile Phone"),
            text("Alias", "Alias", 8, nillable=False),
            text("CommunityNickname", "Nickname", 40, nillable=False),
            check("IsActive", "Active", default_value=True),
            *_regional(),
            lookup("UserRoleId", "Role ID", "UserRole"),
            lookup("ProfileId", "Profile ID", "Profile", nillable=False),
            choice("UserType", "User Type", values.USER_TYPES, length=40, **SYSTEM),
            text("EmployeeNumber", "Employee Number", 20),
            lookup("ManagerId", "Manager ID", "User", "Manager"),
            moment("LastLoginDate", "Last Login", **READ_ONLY),
            *audit(deletable=False),
            text("FederationIdentifier", "SAML Federation ID", 512, unique=True),
            area("AboutMe", "About Me", 1000),
            url("FullPhotoUrl", "Url for full-sized Photo", length=1024, **READ_ONLY),
            url("SmallPhotoUrl", "Photo", length=1024, **READ_ONLY),
        )
    )


def organization() -> SObjectType:
    """Organization: the org; it has exactly one row."""
    return SObjectType(
        name="Organization",
        label="Organization",
        label_plural="Organizations",
        key_prefix="00D",
        createable=False,
        deletable=False,
        undeletable=False,
        searchable=False,
        triggerable=False,
        layoutable=False,
        mru_enabled=False,
    ).with_fields(
        (
            record_id("Organization ID"),
            text("Name", "Name", 80, nillable=False, name_field=True),
            text("Division", "Division", 80),
            *address(),
            phone("Phone", "Phone"),
            phone("Fax", "Fax"),
            text("PrimaryContact", "Primary Contact", 80),
            choice("DefaultLocaleSidKey", "Locale", values.LOCALES, **_SETTING),
            choice("TimeZoneSidKey", "Time Zone", values.TIME_ZONES, **_SETTING),
            choice("LanguageLocaleKey", "Language", values.LANGUAGE_CODES, **_SETTING),
            check("ReceivesInfoEmails", "Info Emails"),
            check("ReceivesAdminInfoEmails", "Info Emails Admin"),
            whole("FiscalYearStartMonth", "Fiscal Year Starts In", 9),
            check("UsesStartDateAsFiscalYearName", "Fiscal Year Name by Start"),
            moment("SystemModstamp", "System Modstamp", **SYSTEM),
            choice(
                "OrganizationType",
                "Edition",
                values.ORGANIZATION_TYPES,
                length=40,
                **READ_ONLY,
            ),
            text("NamespacePrefix", "Namespace Prefix", 15, **READ_ONLY),
            text("InstanceName", "Instance Name", 5, **READ_ONLY),
            check("IsSandbox", "Is Sandbox", **SYSTEM),
            moment("TrialExpirationDate", "Trial Expiration Date", **READ_ONLY),
            whole("MonthlyPageViewsUsed", "Monthly Page Views Used", 9, **READ_ONLY),
            check("IsReadOnly", "Is Read Only", **SYSTEM),
            *audit(deletable=False)[:4],
        )
    )


def _setup_object(
    name: str, label: str, plural: str, prefix: str, *fields: Field
) -> SObjectType:
    return SObjectType(
        name=name,
        label=label,
        label_plural=plural,
        key_prefix=prefix,
        layoutable=False,
        triggerable=False,
        undeletable=False,
    ).with_fields((record_id(f"{label} ID"), *fields, *audit(deletable=False)))


def profile() -> SObjectType:
    """Profile: what a kind of users may do."""
    return _setup_object(
        "Profile",
        "Profile",
        "Profiles",
        "00e",
        text("Name", "Name", nillable=False, name_field=True, unique=True),
        choice("UserType", "User Type", values.USER_TYPES, length=40, **SYSTEM),
        text("Description", "Description"),
    )


def user_role() -> SObjectType:
    """UserRole: a place in the hierarchy of users."""
    return _setup_object(
        "UserRole",
        "Role",
        "Roles",
        "00E",
        text("Name", "Name", 80, nillable=False, name_field=True),
        lookup("ParentRoleId", "Parent Role ID", "UserRole", "ParentRole"),
        text("DeveloperName", "Developer Name", 80),
    )


def group() -> SObjectType:
    """Group: a queue or a set of users."""
    return _setup_object(
        "Group",
        "Group",
        "Groups",
        "00G",
        text("Name", "Name", 40, nillable=False, name_field=True),
        text("DeveloperName", "Developer Name", 80),
        choice("Type", "Type", ("Regular", "Queue", "Role"), length=40),
        email("Email", "Email", length=255),
    )


def record_type() -> SObjectType:
    """RecordType: a variant of an object."""
    return _setup_object(
        "RecordType",
        "Record Type",
        "Record Types",
        "012",
        text("Name", "Name", 80, nillable=False, name_field=True),
        text("DeveloperName", "Record Type Name", 80, nillable=False),
        text("Description", "Description"),
        text("SobjectType", "SObject Type Name", 40, nillable=False),
        check("IsActive", "Active"),
    )
