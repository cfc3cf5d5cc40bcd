"""A client of Bulk API 1.0 in each content type, for tests."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ET

import requests

SPACE = "{http://www.force.com/2009/06/asyncapi/dataload}"
MEDIA = {"CSV": "text/csv", "JSON": "application/json", "XML": "application/xml"}


class Loader:
    """Talks to ``/services/async`` in one content type."""

    def __init__(self, client, kind="CSV"):
        self.client, self.kind = client, kind
        self.token = client.tokens["access_token"]
        self.described = "application/json" if kind == "JSON" else "application/xml"

    def send(self, method, path, body=None, media="", **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        named.setdefault("X-SFDC-Session", self.token)
        if media:
            named["Content-Type"] = media
        url = f"{self.client.org.base_url}/services/async/59.0/job{path}"
        return requests.request(method, url, data=body, headers=named, timeout=30)

    def told(self, answer):
        """The values of a description."""
        assert answer.status_code < 400, answer.text
        if self.kind == "JSON":
            return answer.json()
        root = ET.fromstring(answer.content)
        return {one.tag.removeprefix(SPACE): one.text for one in root}

    def get(self, path):
        media = self.described if self.kind == "JSON" else ""
        return self.send("GET", path, media=media)

    def describe(self, path, **told):
        if self.kind == "JSON":
            body = json.dumps(told)
        else:
            inner = "".join(f"<{k}>{v}</{k}>" for k, v in told.items())
            body = f'<jobInfo xmlns="{SPACE[1:-1]}">{inner}</jobInfo>'
        return self.send("POST", path, body, self.described)

    def job(self, operation="insert", sobject="Account", **more):
        told = {"operation": operation, "object": sobject, **more}
        answer = self.describe("", **told, contentType=self.kind)
        assert answer.status_code == 201, answer.text
        return self.told(answer)["id"]

    def add(self, job, body):
        answer = self.send("POST", f"/{job}/batch", body, MEDIA[self.kind])
        assert answer.status_code == 201, answer.text
        return f"/{job}/batch/{self.told(answer)['id']}"

    def load(self, operation, body, **more):
        """The results of one batch, as lists of (id, success, created, error)."""
        batch = self.add(self.job(operation, **more), body)
        info = self.told(self.get(batch))
        assert info["state"] == "Completed", info
        return self.results(batch)

    def results(self, batch):
        answer = self.get(f"{batch}/result")
        assert answer.headers["Content-Type"].startswith(MEDIA[self.kind])
        if self.kind == "CSV":
            header, *rows = csv.reader(io.StringIO(answer.text))
            assert header == ["Id", "Success", "Created", "Error"]
            return [(i, s == "true", c == "true", e) for i, s, c, e in rows]
        if self.kind == "JSON":
            return [
                (one["id"] or "", one["success"], one["created"],
                 "".join(e["statusCode"] for e in one["errors"]))
                for one in answer.json()
            ]  # fmt: skip
        return [
            (
                one.findtext(f"{SPACE}id", ""),
                one.findtext(f"{SPACE}success") == "true",
                one.findtext(f"{SPACE}created") == "true",
                one.findtext(f"{SPACE}errors/{SPACE}statusCode", ""),
            )
            for one in ET.fromstring(answer.content)
        ]

    def refusal(self, answer):
        if "json" in answer.headers["Content-Type"]:
            body = answer.json()
            return answer.status_code, body["exceptionCode"], body["exceptionMessage"]
        root = ET.fromstring(answer.content)
        assert root.tag == f"{SPACE}error"
        return (answer.status_code, *(one.text for one in root))


def body(kind, rows):
    """Rows, of which None is a null, as a batch of a content type."""
    if kind == "JSON":
        return json.dumps(rows).encode()
    if kind == "CSV":
        names = list(rows[0])
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(names)
        for row in rows:
            writer.writerow("#N/A" if row[n] is None else row[n] for n in names)
        return text.getvalue().encode()
    root = ET.Element("sObjects", {"xmlns": SPACE[1:-1]})
    nil = "{http://www.w3.org/2001/XMLSchema-instance}nil"
    for row in rows:
        one = ET.SubElement(root, "sObject")
        for name, value in row.items():
            cell = ET.SubElement(one, name, {nil: "true"} if value is None else {})
            cell.text = None if value is None else str(value)
    return ET.tostring(root)
