// Calls every operation of one service with node's `soap`: node client.js luminate|ongoing WSDL
const soap = require("soap");

const [, , service, wsdl] = process.argv;

async function luminate(client) {
  const [login] = await client.LoginAsync({ UserName: "placeholder", Password: "placeholder" });
  client.addSoapHeader({ Session: { SessionId: login.Result.SessionId } }, "", "tns", "urn:soap.convio.com");
  const window = { Start: "2024-05-01T12:00:00.000Z", End: "2024-05-02T12:00:00.000Z" };
  await client.StartSynchronizationAsync({ PartitionId: "123", ...window, Force: false });
  const [ended] = await client.EndSynchronizationAsync({ PartitionId: "123" });
  return ended.Result.PartitionId;
}

async function ongoing(client) {
  const caller = { UserName: "placeholder", Password: "placeholder", GoodsOwnerId: 42, IntegrationType: "example" };
  await client.SetTimeOfLastSyncAsync({ ...caller, syncTime: "2024-05-01T12:00:00.000Z" });
  const [read] = await client.GetTimeOfLastSyncAsync(caller);
  return read.GetTimeOfLastSyncResult.toISOString();
}

soap
  .createClientAsync(wsdl)
  .then(service === "luminate" ? luminate : ongoing)
  .then(console.log)
  .catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
