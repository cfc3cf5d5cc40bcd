"""Files: content and attachments, whose bodies are base64 fields."""

from __future__ import annotations

from sfconnector.simulator.schema.groups import audit, owner, record_id
from sfconnector.simulator.schema.kinds import (
    READ_ONLY,
    SYSTEM,
    area,
    blob,
    check,
    choice,
    lookup,
    moment,
    text,
    whole,
)
from sfconnector.simulator.schema.objects import SObjectType

_ORIGINS = ("C", "H")
_HOLDERS = ("Account", "Case", "Contact", "Lead", "Opportunity", "Shipment__c")


def content_document() -> SObjectType:
    """ContentDocument: a file, of which there may be several versions."""
    return SObjectType(
        name="ContentDocument",
        label="Content Document",
        label_plural="Content Documents",
        key_prefix="069",
        createable=False,
        replicateable=False,
        feed_enabled=True,
    ).with_fields(
        (
            record_id("ContentDocument ID"),
            *audit(deletable=False)[:4],
            check("IsArchived", "Is Archived", **SYSTEM),
            owner(),
            audit()[0],
            audit()[5],
            text("Title", "Title", nillable=False, name_field=True),
            lookup(
                "LatestPublishedVersionId",
                "Latest Published Version ID",
                "ContentVersion",
                **READ_ONLY,
            ),
            area("Description", "Description", 1000),
            whole("ContentSize", "Size", 9, **READ_ONLY),
            text("FileType", "File Type", 20, **READ_ONLY),
            text("FileExtension", "File Extension", 40, **READ_ONLY),
            moment("ContentModifiedDate", "Content Modified Date", **READ_ONLY),
        )
    )


def content_version() -> SObjectType:
    """ContentVersion: one version of a file."""
    return SObjectType(
        name="ContentVersion",
        label="Content Version",
        label_plural="Content Versions",
        key_prefix="068",
        deletable=False,
        undeletable=False,
        replicateable=False,
        mru_enabled=False,
    ).with_fields(
        (
            record_id("ContentVersion ID"),
            lookup(
                "ContentDocumentId",
                "ContentDocument ID",
                "ContentDocument",
                children="ContentVersions",
                updateable=False,
            ),
            check("IsLatest", "Is Latest", **SYSTEM),
            text("VersionNumber", "Version Number", 20, **READ_ONLY),
            text(
                "Title",
                "Title",
                nillable=False,
                name_field=True,
                defaulted_on_create=True,
            ),
            area("Description", "Description", 1000),
            text("ReasonForChange", "Reason For Change", 1000),
            text("PathOnClient", "Path On Client", 500, updateable=False),
            whole("RatingCount", "Rating Count", 9, **READ_ONLY),
            audit()[0],
            *audit(deletable=False),
            owner(),
            text("FileType", "File Type", 20, **READ_ONLY),
            blob("VersionData", "Version Data"),
            whole("ContentSize", "Size", 9, **READ_ONLY),
            text("FileExtension", "File Extension", 40, **READ_ONLY),
            choice("Origin", "Content Origin", _ORIGINS, default_value="C", length=40),
            text("Checksum", "Checksum", 50, **READ_ONLY),
        )
    )


def attachment() -> SObjectType:
    """Attachment: a file kept with one record."""
    return SObjectType(
        name="Attachment",
        label="Attachment",
        label_plural="Attachments",
        key_prefix="00P",
        layoutable=False,
        mru_enabled=False,
        bulk_supported=False,
    ).with_fields(
        (
            record_id("Attachment ID"),
            audit()[0],
            lookup(
                "ParentId",
                "Parent ID",
                _HOLDERS,
                children="Attachments",
                child_cascades=True,
                nillable=False,
                updateable=False,
            ),
            text("Name", "File Name", nillable=False, name_field=True),
            check("IsPrivate", "Private"),
            text("ContentType", "Content Type", 120),
            whole("BodyLength", "Body Length", 9, **READ_ONLY),
            blob("Body", "Body", nillable=False),
            owner(),
            *audit()[1:],
            text("Description", "Description", 500),
        )
    )
