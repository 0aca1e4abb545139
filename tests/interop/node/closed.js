// Nothing leaves this machine: a look-up of a name, and a connection to another host, ends the process with status 3.
const dns = require("dns");
const net = require("net");

const connected = new Set();
const end = (what) => {
  console.error(`A client wanted to ${what}, which is not this machine.`);
  process.exit(3);
};
for (const place of [dns, dns.promises, dns.Resolver.prototype, dns.promises.Resolver.prototype]) {
  for (const name of Object.keys(place).concat(Object.getOwnPropertyNames(place))) {
    if (/^(lookup|resolve|reverse)/.test(name)) place[name] = (host) => end(`look up ${host}`);
  }
}
const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...given) {
  const said = Array.isArray(given[0]) ? given[0][0] : given[0]; // net.connect hands over [options, callback]
  const host = typeof said === "object" ? said.host || "localhost" : given[1] || "localhost";
  if (net.isIP(host) === 0) end(`look up ${host}`);
  if (host !== "127.0.0.1") end(`connect to ${host}`);
  connected.add(host);
  return connect.apply(this, given);
};

// What a script has to tell, and whom it connected to.
global.tell = (told) => console.log(JSON.stringify({ ...told, connected: [...connected] }));
