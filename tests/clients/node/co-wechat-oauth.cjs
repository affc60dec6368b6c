const OAuth = require("co-wechat-oauth");

let oauth;

module.exports = {
  use: (appid, secret) => {
    oauth = new OAuth(appid, secret);
  },
  link: (callback, scope, state) => oauth.getAuthorizeURL(callback, state, scope),
  websiteLink: (callback, state) => oauth.getAuthorizeURLForWebsite(callback, state),
  exchange: async (code) => (await oauth.getAccessToken(code)).data,
  profile: (openid) => oauth.getUser({ openid, lang: "zh_CN" }),
  refresh: async (token) => (await oauth.refreshAccessToken(token)).data,
  check: (token, openid) => oauth.verifyToken(openid, token),
};
