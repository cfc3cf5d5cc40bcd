"""Makers of files: documents with one version each, and attachments."""

from __future__ import annotations

import base64
from typing import Any, Final

from salesforce_simulator.seed.deck import Deck
from salesforce_simulator.seed.maker import Maker

_FILES: Final = (
    ("Price list", "txt", "text/plain"),
    ("Data sheet", "csv", "text/csv"),
    ("Meeting minutes", "txt", "text/plain"),
    ("Übersicht Größen", "csv", "text/csv"),
    ("納品書", "txt", "text/plain"),
)


def _body(slot: int, bits: int) -> tuple[str, str, str, str, int]:
    title, extension, kind = _FILES[slot % len(_FILES)]
    lines = [f"{title} {slot + 1}", *(f"{n};{bits >> n & 255}" for n in range(20))]
    data = "\r\n".join(lines).encode()
    return title, extension, kind, base64.b64encode(data).decode(), len(data)


def version_maker(deck: Deck) -> Maker:
    """Versions of files, one for each document."""
    document_at = deck.id_at("ContentDocument")

    def make(slot: int, bits: int) -> dict[str, Any]:
        title, extension, _, body, size = _body(slot, bits)
        return {
            "ContentDocumentId": document_at(slot),
            "IsLatest": True,
            "VersionNumber": "1",
            "Title": f"{title} {slot + 1}",
            "PathOnClient": f"{title} {slot + 1}.{extension}",
            "FileType": "TEXT" if extension == "txt" else "CSV",
            "FileExtension": extension,
            "VersionData": body,
            "ContentSize": size,
            "Checksum": f"{bits:016x}{bits * 31 % 2**64:016x}",
        }

    return make


def document_maker(deck: Deck) -> Maker:
    """Documents, each with the version of the same number."""
    version_at = deck.id_at("ContentVersion")

    def make(slot: int, bits: int) -> dict[str, Any]:
        title, extension, _, _, size = _body(slot, bits)
        return {
            "Title": f"{title} {slot + 1}",
            "LatestPublishedVersionId": version_at(slot),
            "ContentSize": size,
            "FileType": "TEXT" if extension == "txt" else "CSV",
            "FileExtension": extension,
        }

    return make


def attachment_maker(deck: Deck) -> Maker:
    """Attachments of accounts."""
    account = deck.refer("Account")

    def make(slot: int, bits: int) -> dict[str, Any]:
        title, extension, kind, body, size = _body(slot, bits)
        return {
            "ParentId": account(bits >> 9),
            "Name": f"{title} {slot + 1}.{extension}",
            "ContentType": kind,
            "Body": body,
            "BodyLength": size,
        }

    return make
