// A small real client of both services, made with `soap` from npm.
//
//     npm install --prefix examples/node
//     soap-contracts run -- node examples/node/soap_client.js
//
// It finds the services in its environment, as `soap-contracts run` sets it: LUMINATE_ENDPOINT, LUMINATE_WSDL,
// ONGOING_ENDPOINT, ONGOING_WSDL. Its exit code is 1 when a service answers a fault.
"use strict";

const soap = require("soap");

async function connect(name) {
  const client = await soap.createClientAsync(process.env[`${name}_WSDL`]);
  client.setEndpoint(process.env[`${name}_ENDPOINT`]);
  return client;
}

// From the environment so that it is in no file; the stub takes any.
function setting(name) {
  return process.env[name] ?? "placeholder";
}

function credentials(name) {
  return { UserName: setting(`${name}_USER`), Password: setting(`${name}_PASSWORD`) };
}

async function synchronize() {
  const luminate = await connect("LUMINATE");
  const [login] = await luminate.LoginAsync(credentials("LUMINATE"));
  // With prefix and namespace: without them the block is in no namespace, and Luminate does not see it.
  const session = { Session: { SessionId: login.Result.SessionId } };
  luminate.addSoapHeader(session, "", "tns", "urn:soap.convio.com");
  await luminate.StartSynchronizationAsync({ PartitionId: 123 });
  const [ended] = await luminate.EndSynchronizationAsync({ PartitionId: 123 });
  const { SyncId, PartitionId } = ended.Result;
  console.log(`Luminate: synchronization ${SyncId} of partition ${PartitionId} ended`);
}

async function remember() {
  const ongoing = await connect("ONGOING");
  const caller = { ...credentials("ONGOING"), GoodsOwnerId: 42, IntegrationType: "example" };
  // As text: a Date object does not always reach the wire as a dateTime.
  await ongoing.SetTimeOfLastSyncAsync({ ...caller, syncTime: new Date().toISOString() });
  const [read] = await ongoing.GetTimeOfLastSyncAsync(caller);
  console.log(`Ongoing: last synchronization at ${read.GetTimeOfLastSyncResult.toISOString()}`);
}

function reason(error) {
  const fault = error.root?.Envelope?.Body?.Fault;
  if (fault) {
    return `the service answers a fault: ${fault.faultstring}`;
  }
  return error.response ? `the service answers HTTP ${error.response.status} and no envelope` : error.message;
}

async function main() {
  try {
    await synchronize();
    await remember();
  } catch (error) {
    console.error(reason(error));
    process.exitCode = 1;
  }
}

main();
