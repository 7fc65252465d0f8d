// What `soap` of npm makes of each condition: a client made from the WSDL, with its defaults and a timeout. The plan is
// as in steps.py.
"use strict";

const http = require("http");
const soap = require("../../examples/node/node_modules/soap");

const MILLISECONDS = 5000;
const CALLER = { UserName: "placeholder", Password: "placeholder", GoodsOwnerId: 42, IntegrationType: "example" };

function ask(act, fields) {
  const headers = { Authorization: `Bearer ${process.env.SOAP_CONTRACTS_CONTROL_TOKEN}` };
  return new Promise((resolve, reject) => {
    const options = { method: "POST", headers, agent: false };
    const request = http.request(`${process.env.SOAP_CONTRACTS_CONTROL}/${act}`, options, (answer) => {
      const done = () => (answer.statusCode === 200 ? resolve() : reject(new Error(`${act}: ${answer.statusCode}`)));
      answer.resume().on("end", done);
    });
    request.on("error", reject).end(JSON.stringify(fields));
  });
}

function shown(value) {
  if (value instanceof Date) {
    return Number.isNaN(value.getTime()) ? String(value) : value.toISOString();
  }
  return value === undefined || value === null ? null : typeof value === "object" ? JSON.stringify(value) : String(value);
}

async function end(client) {
  const [ended] = await client.EndSynchronizationAsync({ PartitionId: 123 }, { timeout: MILLISECONDS });
  const { PartitionId, Start, End, SyncId } = ended.Result;
  return { PartitionId, Start, End, SyncId };
}

async function get(client) {
  const [read] = await client.GetTimeOfLastSyncAsync(CALLER, { timeout: MILLISECONDS });
  return { GetTimeOfLastSyncResult: read.GetTimeOfLastSyncResult };
}

async function outcome(call, client) {
  try {
    const values = await call(client);
    return { values: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, shown(value)])) };
  } catch (error) {
    return { raises: [error.name ?? error.constructor.name, error.code].filter(Boolean).join(" ") };
  }
}

async function main() {
  const luminate = await soap.createClientAsync(process.env.LUMINATE_WSDL);
  luminate.addSoapHeader({ Session: { SessionId: "placeholder" } }, "", "tns", "urn:soap.convio.com");
  const ongoing = await soap.createClientAsync(process.env.ONGOING_WSDL);
  for (const [number, step] of JSON.parse(process.argv[2]).entries()) {
    for (const [act, fields] of step.asks) {
      await ask(act, fields);
    }
    const [call, client, name] = step.service === "luminate" ? [end, luminate, "LUMINATE"] : [get, ongoing, "ONGOING"];
    client.setEndpoint(`${process.env[`${name}_ENDPOINT`]}/${number}`);
    console.log(JSON.stringify(await outcome(call, client)));
  }
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
