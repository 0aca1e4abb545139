// web-push 3: one message; every connection goes to the gateway, and a look-up of a name ends the process.
const dns = require("dns");
dns.lookup = () => { console.error("a name was looked up"); process.exit(3); };
const https = require("https");
const tls = require("tls");
const fs = require("fs");
const webpush = require("web-push");
const { host, port, ca, subscription, publicKey, privateKey, subject, text } = JSON.parse(process.argv[2]);
const agent = new https.Agent();
agent.createConnection = (options) => tls.connect({ host, port, servername: options.servername || options.host, ca: fs.readFileSync(ca) });
webpush
  .sendNotification(subscription, text, { vapidDetails: { subject, publicKey, privateKey }, TTL: 60, agent })
  .then((answer) => console.log(JSON.stringify({ status: answer.statusCode })))
  .catch((error) => console.log(JSON.stringify({ name: error.name, status: error.statusCode })));
