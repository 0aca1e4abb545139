// @parse/node-apn 8: one notification; prints what it made of the answer.
const apn = require("@parse/node-apn");
const { address, port, ca, key, keyId, teamId, topic, token, pushType } = JSON.parse(process.argv[2]);
const provider = new apn.Provider({ token: { key, keyId, teamId }, address, port, ca: require("fs").readFileSync(ca), production: true });
const note = new apn.Notification({ alert: "Hello", topic, pushType });
provider.send(note, token).then((result) => {
  const failed = result.failed[0];
  console.log(JSON.stringify({ sent: result.sent.length, status: failed && String(failed.status), reason: failed && failed.response && failed.response.reason, timestamp: failed && failed.response && failed.response.timestamp }));
  provider.shutdown();
});
