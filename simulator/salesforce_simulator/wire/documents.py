"""XML as clients send it, read without trusting it."""

from __future__ import annotations

from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from salesforce_simulator.wire.messages import BodyError


def read_xml(body: bytes) -> Element:
    """The root of an XML document. Raises `BodyError`.

    A document type is refused: with one, a few lines unfold into gigabytes.
    """
    try:
        root: Element = fromstring(body.strip(), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise BodyError(str(error)) from error
    return root


def local(element: Element) -> str:
    """The name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def text_of(element: Element, name: str) -> str:
    """The text of the first element below of that name, in any namespace, or ""."""
    found = (one for one in element.iter() if local(one) == name)
    return "".join(next(found, Element("")).itertext()).strip()
