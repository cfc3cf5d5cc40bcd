"""SOAP envelopes: what a call names, and the faults of Salesforce's partner API."""

from __future__ import annotations

from xml.sax.saxutils import escape

from salesforce_simulator.wire.messages import Response

XML_TYPE = "text/xml;charset=UTF-8"
NAMESPACES = {
    "u": "urn:partner.soap.sforce.com",
    "c": "urn:enterprise.soap.sforce.com",
}
"""By the letter in the path: partner and enterprise."""


class SoapFault(Exception):  # noqa: N818 - SOAP's own word
    """A call that is refused, with Salesforce's code and message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message

    def response(self, kind: str) -> Response:
        """The fault, as status 500; ``kind`` is the letter in the path."""
        name = "LoginFault" if self.code == "INVALID_LOGIN" else "UnexpectedErrorFault"
        code, message = escape(self.code), escape(self.message)
        detail = (
            f'<detail><sf:{name} xsi:type="sf:{name}">'
            f"<sf:exceptionCode>{code}</sf:exceptionCode>"
            f"<sf:exceptionMessage>{message}</sf:exceptionMessage>"
            f"</sf:{name}></detail>"
        )
        body = (
            f"<soapenv:Fault><faultcode>sf:{code}</faultcode>"
            f"<faultstring>{code}: {message}</faultstring>{detail}</soapenv:Fault>"
        )
        space = NAMESPACES[kind].replace("urn:", "urn:fault.", 1)
        return wrapped(body, spaces=f'xmlns:sf="{space}"', status=500)


def wrapped(body: str, *, spaces: str, status: int = 200) -> Response:
    """An envelope around ``body``; ``spaces`` declares the namespaces it uses."""
    text = (
        '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope '
        'xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" '
        f'{spaces} xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>"
    )
    return Response(status, body=text.encode(), headers={"Content-Type": XML_TYPE})
