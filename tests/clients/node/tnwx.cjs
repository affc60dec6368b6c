const tnwx = require("tnwx");

const { ApiConfigKit, MiniProgramApi, QyApiConfigKit, QyOauthApi, SnsAccessTokenApi, UserApi } = tnwx;
const tokens = new Map();

async function exchange(code) {
  const grant = await SnsAccessTokenApi.getSnsAccessToken(code);
  tokens.set(grant.openid, grant.access_token);
  return grant;
}

module.exports = {
  use: (appid, secret) => {
    ApiConfigKit.putApiConfig(new tnwx.ApiConfig(appid, secret, "token"));
    ApiConfigKit.setCurrentAppId(appid);
  },
  link: (callback, scope, state) => SnsAccessTokenApi.getAuthorizeUrl(callback, scope, state),
  exchange,
  profile: (openid) => SnsAccessTokenApi.getUserInfo(tokens.get(openid), openid, "zh_CN"),
  refresh: (token) => SnsAccessTokenApi.refreshAccessToken(token),
  check: (token, openid) => SnsAccessTokenApi.checkAccessToken(token, openid),
  follower: (openid) => UserApi.getUserInfo(openid),
  session: (appid, secret, jsCode) => MiniProgramApi.code2Session(appid, secret, jsCode),
  useCorp: (corpid, agentid, secret) => {
    QyApiConfigKit.putApiConfig(new tnwx.ApiConfig(agentid, secret, "token", false, "", corpid));
    QyApiConfigKit.setCurrentAppId(agentid, corpid);
  },
  corpLink: (corpid, callback, state) => QyOauthApi.getAuthorizeUrl(corpid, callback, state),
  corpLogin: (corpid, agentid, callback, state) => QyOauthApi.getQrConnect(corpid, agentid, callback, state),
  member: (code) => QyOauthApi.getUserInfo(code),
};
