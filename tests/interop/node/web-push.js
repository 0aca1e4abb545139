// web-push 3: one message; tells what the client made of the answer.
const fs = require("fs");
const https = require("https");
const tls = require("tls");
const webpush = require("web-push");

const { host, port, ca, subscription, text, redirected, options } = JSON.parse(process.argv[2]);
const agent = new https.Agent();
// The endpoint's host stays the one that the certificate must be for; only where it is reached is another.
agent.createConnection = ({ servername }) => tls.connect({ host, port, servername, ca: fs.readFileSync(ca) });
webpush.sendNotification(subscription, text, redirected ? { ...options, agent } : options).then(
  ({ statusCode }) => tell({ status: statusCode }),
  ({ name, statusCode, code, headers = {} }) => tell({ name, code, status: statusCode, after: headers["retry-after"] }),
);
