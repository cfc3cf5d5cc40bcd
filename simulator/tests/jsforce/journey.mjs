// Drives one simulated org with an unmodified jsforce and prints what it saw.
// Reads {url, key, secret, username} from standard input; prints one JSON object.
import jsforce from "jsforce";

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const { url, key, secret, username } = JSON.parse(Buffer.concat(chunks).toString());

const seen = {};
const connection = new jsforce.Connection({
  version: "66.0",
  oauth2: { clientId: key, clientSecret: secret, loginUrl: url },
});

async function failure(work) {
  try {
    await work();
    return null;
  } catch (error) {
    return { code: error.errorCode ?? error.name, message: error.message };
  }
}

const user = await connection.authorize({ grant_type: "client_credentials" });
seen.user = user;
seen.instance = connection.instanceUrl;

const global = await connection.describeGlobal();
seen.objects = global.sobjects.map((one) => one.name);
const account = await connection.sobject("Account").describe();
seen.fieldKeys = [...new Set(account.fields.map((f) => Object.keys(f).length))];
seen.nameField = account.fields.find((field) => field.name === "Name").type;

let page = await connection.query("SELECT Id, Name FROM Account ORDER BY Id");
seen.pages = [page.records.length];
const ids = page.records.map((record) => record.Id);
while (!page.done) {
  page = await connection.queryMore(page.nextRecordsUrl);
  seen.pages.push(page.records.length);
  ids.push(...page.records.map((record) => record.Id));
}
seen.queried = { total: page.totalSize, distinct: new Set(ids).size };
seen.badQuery = await failure(() => connection.query("SELECT Nope FROM Account"));

const accounts = connection.sobject("Account");
const made = await accounts.create({ Name: "Zoë's “Shop”", Phone: "1" });
const read = await accounts.retrieve(made.id);
await accounts.update({ Id: made.id, Phone: "2" });
const changed = await accounts.retrieve(made.id);
await accounts.destroy(made.id);
seen.crud = {
  made,
  name: read.Name,
  phones: [read.Phone, changed.Phone],
  gone: await failure(() => accounts.retrieve(made.id)),
};

const first = await accounts.upsert({ Name: "One", Key__c: "a-b" }, "Key__c");
const second = await accounts.upsert({ Name: "Two", Key__c: "a-b" }, "Key__c");
seen.upsert = {
  created: [first.created, second.created],
  same: first.id === second.id,
  name: (await accounts.retrieve(first.id)).Name,
};

const several = await accounts.create([
  { Name: "C1" },
  { Name: "" },
  { Name: "C2" },
]);
const found = await accounts.retrieve([several[0].id, several[2].id]);
seen.collections = {
  success: several.map((one) => one.success),
  code: several[1].errors[0].statusCode,
  names: found.map((row) => row.Name),
};

seen.composite = await connection.requestPost("/composite", {
  allOrNone: true,
  compositeRequest: [
    {
      method: "POST",
      url: "/services/data/v66.0/sobjects/Account",
      referenceId: "ref",
      body: { Name: "Composite" },
    },
    {
      method: "GET",
      url: "/services/data/v66.0/sobjects/Account/@{ref.id}?fields=Name",
      referenceId: "read",
    },
  ],
});

connection.bulk2.pollInterval = 100;
connection.bulk2.pollTimeout = 20000;
const stream = await connection.bulk2.query("SELECT Id, Name FROM Contact");
const rows = await stream.toArray();
seen.bulkQuery = { rows: rows.length, keys: Object.keys(rows[0]) };

const loaded = await connection.bulk2.loadAndWaitForResults({
  object: "Account",
  operation: "insert",
  input: [
    { Name: 'Bulk "A"', Description: "two\nlines" },
    { Name: "Bulk B", Description: "comma, semicolon;" },
    { Name: "", Description: "no name" },
  ],
  pollInterval: 100,
  pollTimeout: 20000,
});
const stored = await connection.query(
  "SELECT Name, Description FROM Account WHERE Name LIKE 'Bulk%' ORDER BY Name",
);
seen.bulkLoad = {
  done: loaded.successfulResults.map((row) => row.sf__Created),
  failed: loaded.failedResults.map((row) => row.sf__Error),
  stored: stored.records.map((row) => [row.Name, row.Description]),
};

// Bulk API 1.0, as conn.bulk and as Query#update and Query#destroy use it.
connection.bulk.pollInterval = 50;
connection.bulk.pollTimeout = 20000;
const many = Array.from({ length: 201 }, (_, n) => ({
  Name: n < 200 ? `Batch ${n}` : "",
  NumberOfEmployees: n,
}));
const inserted = await connection.bulk.load("Account", "insert", many);
const changedBulk = await connection
  .sobject("Account")
  .find({ Name: { $like: "Batch%" } })
  .update({ Name: "${Name} (Updated)", NumberOfEmployees: null });
const seenBulk = await connection
  .sobject("Account")
  .find({ Name: { $like: "Batch%(Updated)" } }, "Id, NumberOfEmployees")
  .limit(1000);
const exported = await connection.bulk.query("SELECT Id, Name FROM Contact");
const exportedRows = await exported.toArray();
const destroyed = await connection
  .sobject("Account")
  .find({ Name: { $like: "Batch%" } })
  .destroy();
const stranger = new jsforce.Connection({
  instanceUrl: url,
  accessToken: "dead",
  version: "66.0",
});
let refreshed = 0;
const renewed = new jsforce.Connection({
  instanceUrl: url,
  accessToken: "dead",
  version: "66.0",
  refreshFn: (_, done) => {
    refreshed += 1;
    done(null, connection.accessToken);
  },
});
renewed.bulk.pollInterval = 50;
seen.batches = {
  inserted: inserted.filter((one) => one.success).length,
  last: inserted[200],
  changed: changedBulk.filter((one) => one.success).length,
  emptied: seenBulk.filter((one) => one.NumberOfEmployees === null).length,
  exported: exportedRows.length,
  destroyed: destroyed.filter((one) => one.success).length,
  upserted: (
    await connection.bulk.load("Account", "upsert", { extIdField: "Key__c" }, [
      { Key__c: "b-1", Name: "One" },
      { Key__c: "a-b", Name: "Three" },
    ])
  ).map((one) => one.created),
  empty: await failure(() => connection.bulk.load("Account", "update", [])),
  badQuery: await failure(() => connection.bulk.query("SELECT Nope FROM Account")),
  stranger: await failure(() =>
    stranger.bulk.load("Account", "insert", [{ Name: "x" }]),
  ),
  renewed: (await renewed.bulk.load("Account", "insert", [{ Name: "x" }]))[0].success,
  refreshed,
};
const job = connection.bulk.createJob("Account", "insert");
const jobInfo = await job.open();
const batch = job.createBatch();
batch.execute([{ Name: "By hand" }]);
await new Promise((resolve) => batch.on("queue", resolve));
seen.job = {
  opened: jobInfo.state,
  listed: (await job.list()).map((one) => one.id === batch.id),
  checked: (await job.check()).numberBatchesTotal,
  state: (await batch.check()).state,
  closed: (await job.close()).state,
};
const given = connection.bulk.createJob("Account", "insert");
await given.open();
seen.job.aborted = (await given.abort()).state;

// SOAP login(), recent rows, and searching.
const soap = new jsforce.Connection({ loginUrl: url, version: "59.0" });
const soapUser = await soap.login(username, "letmein");
seen.soap = {
  user: soapUser.id === user.id,
  organization: soapUser.organizationId === user.organizationId,
  rows: (await soap.query("SELECT COUNT() FROM Contact")).totalSize,
  wrong: await failure(() =>
    new jsforce.Connection({ loginUrl: url }).login(username, "wrong"),
  ),
};
const viewed = await connection.query(
  "SELECT Id, Name FROM Contact ORDER BY Id LIMIT 2 FOR VIEW",
);
seen.recent = {
  wanted: viewed.records.map((row) => row.Id),
  given: (await connection.recent(2)).map((row) => row.Id),
  types: (await connection.recent(2)).map((row) => row.attributes.type),
  contacts: (await connection.sobject("Contact").recent()).map((row) => row.Id),
};
const { searchRecords } = await connection.search(
  "FIND {Compos} IN NAME FIELDS RETURNING Account(Id, Name)",
);
seen.search = searchRecords.map((row) => row.Name);
seen.columns = (
  await connection.request(
    "/query?columns=true&q=" +
      encodeURIComponent("SELECT name, owner.name FROM account"),
  )
).columnMetadata.map((one) => [
  one.columnName,
  one.joinColumns.map((inner) => inner.columnName),
]);
seen.nonempty = (
  await connection.query("SELECT COUNT() FROM Contact WHERE LastName > ''")
).totalSize;
const never = accounts.record("001000000000zzzAAA");
seen.never = [
  await failure(() => never.update({ Name: "x" })),
  await failure(() => never.destroy()),
];

seen.limit = connection.limitInfo.apiUsage;
console.log(JSON.stringify(seen));
