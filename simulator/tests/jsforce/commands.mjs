// Asks one simulated org for every kind of thing that an unmodified jsforce can ask for,
// one command after the other, and prints what each of them gave.
// Reads {url, key, secret, username} from standard input; prints {command: answer}.
import jsforce from "jsforce";

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const { url, key, secret, username } = JSON.parse(Buffer.concat(chunks).toString());

const seen = {};
async function command(name, work) {
  seen[name] = await work();
}
const failure = (work) =>
  work().then(
    () => null,
    (error) => error.errorCode ?? error.name,
  );
const oauth2 = {
  clientId: key,
  clientSecret: secret,
  loginUrl: url,
  redirectUri: "http://localhost:8000/callback",
};
const connection = new jsforce.Connection({ version: "66.0", oauth2 });
const accounts = connection.sobject("Account");
const contacts = connection.sobject("Contact");
const good = (results) => results.map((one) => one.success);

// Logging in
await command("authorize", async () => {
  const user = await connection.authorize({ grant_type: "client_credentials" });
  return user.id;
});
await command("identity", async () => (await connection.identity()).username);
const web = new jsforce.Connection({ version: "66.0", oauth2 });
await command("getAuthorizationUrl", async () => {
  const asked = new URL(web.oauth2.getAuthorizationUrl({ scope: "api refresh_token" }));
  return [asked.pathname, asked.searchParams.get("scope")];
});
await command("authorize code", async () => {
  const answer = await fetch(web.oauth2.getAuthorizationUrl(), {
    method: "POST",
    body: new URLSearchParams({ action: "allow", username, password: "letmein" }),
    redirect: "manual",
  });
  const back = new URL(answer.headers.get("location"));
  return (await web.authorize(back.searchParams.get("code"))).id;
});
await command("oauth2.refreshToken", async () => {
  const renewed = await web.oauth2.refreshToken(web.refreshToken);
  return renewed.instance_url;
});
await command("refresh by itself", async () => {
  web.accessToken = "dead";
  return (await web.query("SELECT Id FROM Contact LIMIT 1")).totalSize;
});
await command("logout", async () => {
  const token = web.accessToken;
  await web.logout();
  const gone = new jsforce.Connection({ instanceUrl: url, accessToken: token });
  return failure(() => gone.query("SELECT Id FROM Contact"));
});

// Describing
await command("request /services/data", async () =>
  (await connection.request("/services/data")).at(-1).version,
);
await command("describeGlobal", async () =>
  (await connection.describeGlobal()).sobjects.some((one) => one.name === "Account"),
);
await command("describe", async () => (await connection.describe("Account")).keyPrefix);
await command("describe$", async () => (await connection.describe$("Account")).name);
await command("sobject.describe$", async () => (await contacts.describe$()).name);
await command("limits", async () =>
  (await connection.request("/limits")).DailyApiRequests.Max,
);
await command("limitInfo", async () => connection.limitInfo.apiUsage.limit);

// Pages: layouts, lists, actions
await command("layouts", async () => {
  const { layouts } = await accounts.layouts();
  return layouts[0].editLayoutSections.map((section) => section.heading);
});
await command("layouts named", async () =>
  (await connection.sobject("User").layouts$("UserAlt")).layouts.length,
);
await command("compactLayouts", async () =>
  (await accounts.compactLayouts()).compactLayouts[0].name,
);
await command("approvalLayouts", async () => (await accounts.approvalLayouts()).approvalLayouts);
let view;
await command("listviews", async () => {
  const { listviews } = await accounts.listviews();
  view = accounts.listview(listviews[0].id);
  return listviews.map((one) => one.developerName);
});
await command("listview.describe", async () => (await view.describe()).sobjectType);
await command("listview.results", async () => (await view.results()).size);
await command("listview.explain", async () => (await view.explain()).plans.length);
await command("tabs", async () => (await connection.tabs())[0].name);
await command("theme", async () =>
  (await connection.theme()).themeItems.some((one) => one.name === "Account"),
);
await command("quickActions", async () =>
  (await connection.quickActions()).some((one) => one.name === "LogACall"),
);
await command("quickAction", async () => {
  const action = connection.quickAction("LogACall");
  const [row] = await accounts.find({}, "Id").limit(1);
  const { WhatId } = await action.defaultValues(row.Id);
  const done = await action.execute(row.Id, { Subject: "Called" });
  const task = await connection.sobject("Task").retrieve(done.id);
  return [WhatId === row.Id, done.success, task.Subject, task.WhatId === row.Id];
});
await command("process.rule", async () => {
  const rules = await connection.process.rule.list();
  const [row] = await accounts.find({}, "Id").limit(1);
  return [rules, (await connection.process.rule.trigger(row.Id)).success];
});
await command("tooling.describe", async () =>
  (await connection.tooling.sobject("ApexClass").describe()).fields.some(
    (one) => one.name === "SymbolTable",
  ),
);
await command("tooling.query", async () =>
  (await connection.tooling.query("SELECT Id, Metadata FROM RemoteProxy")).records[0].Metadata
    .isActive,
);
await command("tooling.completions", async () =>
  connection.tooling.completions("visualforce"),
);
await command("tooling.executeAnonymous", async () =>
  failure(() => connection.tooling.executeAnonymous("System.debug(1);")),
);
await command("create multipart", async () => {
  const versions = connection.sobject("ContentVersion");
  const data = Buffer.from([0, 13, 10, 255, 45, 45]);
  const created = await connection.create(
    "ContentVersion",
    { PathOnClient: "a.bin", VersionData: data.toString("base64") },
    { multipartFileFields: { VersionData: { filename: "a.bin" } } },
  );
  const { VersionData } = await versions.retrieve(created.id);
  const read = await connection.request(VersionData, { encoding: "base64" });
  return read === data.toString("base64");
});

// Asking
const all = "SELECT Id, Name FROM Account ORDER BY Id";
let page;
await command("query", async () => (page = await connection.query(all)).records.length);
await command("queryMore", async () =>
  (await connection.queryMore(page.nextRecordsUrl)).records.length,
);
await command("query autoFetch", async () =>
  (await connection.query(all, { autoFetch: true, maxFetch: 9000 })).records.length,
);
await command("query on record", () => {
  let rows = 0;
  return new Promise((resolve, reject) => {
    const asked = connection.query(all);
    asked.on("record", () => (rows += 1));
    asked.on("end", () => resolve(rows));
    asked.on("error", reject);
    asked.run({ autoFetch: true, maxFetch: 2500 });
  });
});
await command("find", async () =>
  (await contacts.find({ LastName: { $gt: "" } }, ["Id"]).limit(3)).length,
);
await command("find sorted", async () => {
  const rows = await contacts.find({}, "Id, LastName").sort({ Id: -1 }).limit(2).skip(1);
  return rows[0].Id > rows[1].Id;
});
await command("findOne", async () => Object.keys(await contacts.findOne({}, ["Id"])));
await command("count", async () => contacts.count());
await command("include", async () => {
  const rows = await accounts
    .find({}, "Id, Name")
    .include("Contacts", {}, "Id, LastName")
    .end()
    .limit(5);
  return rows.map((row) => row.Contacts === null || row.Contacts.done);
});
await command("toSOQL", async () => contacts.find({ Email: null }, "Id").toSOQL());
await command("explain", async () =>
  (await connection.query("SELECT Id FROM Contact").explain()).plans.length,
);
await command("search", async () => {
  const [row] = (await connection.query("SELECT LastName FROM Contact LIMIT 1")).records;
  const sosl = `FIND {${row.LastName}} IN NAME FIELDS RETURNING Contact(LastName)`;
  const { searchRecords } = await connection.search(sosl);
  return searchRecords.some((one) => one.LastName === row.LastName);
});

// Changing
let made;
await command("create", async () => (made = await accounts.create({ Name: "A" })).success);
await command("retrieve", async () => (await accounts.retrieve(made.id)).Name);
await command("update", async () =>
  (await accounts.update({ Id: made.id, Name: "B" })).success,
);
await command("record.retrieve", async () => (await accounts.record(made.id).retrieve()).Name);
await command("record.update", async () =>
  (await accounts.record(made.id).update({ Phone: "1" })).success,
);
await command("recent", async () => (await connection.recent(1)).map((row) => row.Id === made.id));
await command("sobject.recent", async () => (await accounts.recent())[0].Id === made.id);
let many;
await command("create many", async () =>
  good((many = await accounts.create([{ Name: "C" }, { Name: "" }, { Name: "D" }]))),
);
const ids = () => [many[0].id, many[2].id];
await command("create all or none", async () =>
  (await accounts.create([{ Name: "C" }, { Name: "" }], { allOrNone: true })).map(
    (one) => one.errors[0].statusCode,
  ),
);
await command("retrieve many", async () =>
  (await accounts.retrieve(ids())).map((row) => row.Name),
);
await command("update many", async () =>
  good(await accounts.update(ids().map((id) => ({ Id: id, Phone: "2" })))),
);
await command("upsert", async () =>
  (await accounts.upsert({ Key__c: "k-1", Name: "U" }, "Key__c")).created,
);
await command("upsert many", async () =>
  (
    await accounts.upsert(
      [
        { Key__c: "k-1", Name: "V" },
        { Key__c: "k-2", Name: "W" },
      ],
      "Key__c",
    )
  ).map((one) => one.created),
);
await command("upsert all or none", async () =>
  (
    await accounts.upsert(
      [
        { Key__c: "k-3", Name: "X" },
        { Key__c: "k-4", Name: "" },
      ],
      "Key__c",
      { allOrNone: true },
    )
  ).map((one) => [one.success, one.created]),
);
await command("query.update", async () =>
  good(await accounts.find({ Phone: "2" }).update({ Phone: "3" })),
);
await command("destroy", async () => (await accounts.destroy(made.id)).success);
await command("destroy many", async () => good(await accounts.destroy(ids())));
await command("query.destroy", async () =>
  good(await accounts.find({ Key__c: { $like: "k-%" } }).destroy()),
);
await command("queryAll", async () =>
  (
    await connection.query("SELECT Id FROM Account WHERE IsDeleted = true AND Name = 'B'", {
      scanAll: true,
    })
  ).totalSize,
);
const window = () => [new Date(Date.now() - 3600 * 1000), new Date()];
await command("deleted", async () => Object.keys(await accounts.deleted(...window())));
await command("updated", async () => Object.keys(await contacts.updated(...window())));

// By path
await command("requestPost tree", async () => {
  const records = [{ attributes: { type: "Account", referenceId: "a" }, Name: "Tree" }];
  const answer = await connection.requestPost("/composite/tree/Account", { records });
  return [answer.hasErrors, (made = answer.results[0]).referenceId];
});
const path = () => `/sobjects/Account/${made.id}`;
await command("requestPatch", async () => connection.requestPatch(path(), { Phone: "9" }));
await command("requestGet", async () => (await connection.requestGet(path())).Phone);
await command("requestPost batch", async () =>
  (
    await connection.requestPost("/composite/batch", {
      batchRequests: [
        { method: "GET", url: "v66.0/limits" },
        { method: "DELETE", url: `v66.0${path()}` },
      ],
    })
  ).results.map((one) => one.statusCode),
);
await command("request refused", async () => failure(() => connection.requestGet(path())));

// In bulk
for (const bulk of [connection.bulk, connection.bulk2]) {
  bulk.pollInterval = 20;
  bulk.pollTimeout = 20000;
}
await command("bulk.load", async () =>
  good(
    await connection.bulk.load("Account", "insert", [
      { Name: "L", Phone: "1" },
      { Name: "", Phone: "1" },
    ]),
  ),
);
await command("bulk.query", async () =>
  (await (await connection.bulk.query("SELECT Id FROM Contact")).toArray()).length,
);
await command("bulk2.query", async () =>
  (await (await connection.bulk2.query("SELECT Id FROM Contact")).toArray()).length,
);
await command("bulk2.loadAndWaitForResults", async () => {
  const results = await connection.bulk2.loadAndWaitForResults({
    object: "Account",
    operation: "insert",
    input: [{ Name: "M", Phone: "1" }, { Name: "", Phone: "1" }],
  });
  return [results.successfulResults.length, results.failedResults.length];
});
await command("bulk2 job by hand", async () => {
  const job = connection.bulk2.createJob({ object: "Account", operation: "insert" });
  await job.open();
  await job.uploadData("Name\nN\n");
  await job.close();
  await job.poll(20, 20000);
  return [(await job.check()).state, (await job.getAllResults()).successfulResults.length];
});
await command("bulk2 job aborted", async () => {
  const job = connection.bulk2.createJob({ object: "Account", operation: "insert" });
  await job.open();
  await job.abort();
  return (await job.check()).state;
});

console.log(JSON.stringify(seen));
