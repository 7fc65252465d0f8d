// Luminate's operations on `soap` from npm: node luminate_soap_server.js WSDL-FILE; prints its port, and each call to
// standard error.
"use strict";

const fs = require("fs");
const http = require("http");
const soap = require("soap");

const SESSION = "0123456789abcdef0123456789abcdef01234567:JSESSIONID=canary-node";
const WINDOW = { Start: "2024-05-01T12:00:00Z", End: "2024-05-02T12:00:00Z" };
let active = null;

function fault(name, code) {
  return { Fault: { faultcode: `soap:${code}`, faultstring: name, detail: { [name]: "" } } };
}

// Where the server does not know the header block it hands it over all the same.
function checked(name, headers, work) {
  process.stderr.write(`${name}\n`);
  const session = headers && headers.Session && headers.Session.SessionId;
  if (session !== SESSION) throw fault("SessionFault", "SESSION");
  return { Result: work() };
}

const operations = {
  Login: () => {
    process.stderr.write("Login\n");
    return { Result: { SessionId: SESSION } };
  },
  StartSynchronization: (asked, _done, headers) =>
    checked("StartSynchronization", headers, () => {
      active = { PartitionId: asked.PartitionId, ...WINDOW, SyncId: 118 };
      return active;
    }),
  EndSynchronization: (_asked, _done, headers) =>
    checked("EndSynchronization", headers, () => {
      if (active === null) throw fault("SynchronizationFault", "SYNCHRONIZATION");
      const ended = active;
      active = null;
      return ended;
    }),
};

const server = http.createServer((_request, answer) => answer.end());
server.listen(0, "127.0.0.1", () => {
  const wsdl = fs.readFileSync(process.argv[2], "utf8");
  const service = { LuminateOnline: { LuminateOnlineSoap: operations } };
  soap.listen(server, { path: "/luminate", services: service, xml: wsdl, callback: () => console.log(server.address().port) });
});
