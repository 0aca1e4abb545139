// @parse/node-apn 8: one notification; tells what the client made of the answer.
const { address, port, ca, key, keyId, teamId, topic, token, pushType, alert, slow } = JSON.parse(process.argv[2]);
const now = Date.now;
Date.now = () => now() - slow * 1000; // the clock of a host that is slow

const apn = require("@parse/node-apn");
const provider = new apn.Provider({
  token: { key, keyId, teamId },
  address,
  port,
  ca: require("fs").readFileSync(ca),
});
provider.send(new apn.Notification({ alert, topic, pushType }), token).then(({ sent, failed }) => {
  const [{ status, response, error } = {}] = failed;
  tell({ sent: sent.map((one) => one.device), status, response, error: error && error.message });
  provider.shutdown();
});
