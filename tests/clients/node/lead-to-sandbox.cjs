// Leads WeChat's names to the sandbox, in this process alone: node --require ./lead-to-sandbox.cjs app.js
const https = require("node:https");

const sandbox = new URL(process.env.WXAUTH_SANDBOX_URL);
const connect = https.Agent.prototype.createConnection;

https.Agent.prototype.createConnection = function (options, ...more) {
  const there = { host: sandbox.hostname, port: sandbox.port };
  const led = options.host.endsWith(".weixin.qq.com") ? { ...options, ...there } : options;
  return connect.call(this, led, ...more);
};
