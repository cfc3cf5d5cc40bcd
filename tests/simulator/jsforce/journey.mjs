// Drives one simulated org with an unmodified jsforce and prints what it saw.
// Reads {url, key, secret} from standard input; prints one JSON object.
import jsforce from "jsforce";

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const { url, key, secret } = JSON.parse(Buffer.concat(chunks).toString());

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

seen.limit = connection.limitInfo.apiUsage;
console.log(JSON.stringify(seen));
