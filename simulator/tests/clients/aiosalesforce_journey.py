"""Drives one org with an unmodified aiosalesforce; prints what it saw as JSON.

Reads [base URL, consumer key, consumer secret] from standard input.
"""

from __future__ import annotations

import asyncio
import json
import sys

import httpx
from aiosalesforce import ClientCredentialsFlow, Salesforce


async def journey(url, key, secret):
    """Rows by query, by id, in one composite call, and in bulk."""
    auth = ClientCredentialsFlow(client_id=key, client_secret=secret)
    sf = Salesforce(httpx.AsyncClient(), base_url=url, auth=auth)
    seen = {"queried": 0}
    async for _ in sf.query("SELECT Id, Name FROM Account"):
        seen["queried"] += 1
    made = await sf.sobject.create("Account", {"Name": "One"})
    await sf.sobject.update("Account", made, {"Name": "Two"})
    seen["name"] = (await sf.sobject.get("Account", made))["Name"]
    again = await sf.sobject.upsert("Account", made, "Id", {"Name": "Three"})
    seen["created"] = again.created
    await sf.sobject.delete("Account", made)
    async with sf.composite(all_or_none=True) as composite:
        account = composite.sobject.create("Account", {"Name": "Parent"})
        contact = composite.sobject.create(
            "Contact", {"LastName": "Child", "AccountId": str(account.reference.id)}
        )
    child = await sf.sobject.get("Contact", contact.id)
    seen["linked"] = child["AccountId"] == account.id
    async with sf.composite.batch() as batch:
        counted = batch.query("SELECT Id FROM Contact WHERE LastName = 'Child'")
    seen["batch"] = len(counted.records)
    rows = [{"Name": "Bulk", "Phone": "1"}, {"Name": "", "Phone": "2"}]
    result = await sf.bulk_v2.insert("Account", rows)
    seen["bulk"] = [len(result.successful_results), len(result.failed_results)]
    seen["limit"] = (await sf.get_limits())["DailyApiRequests"]["Max"]
    return seen


if __name__ == "__main__":
    print(json.dumps(asyncio.run(journey(*json.load(sys.stdin)))))
