"use strict";
// What a website loads to show the QR login in a frame of its own page. Written for the sandbox, from the documented
// parameters: https://developers.weixin.qq.com/doc/oplatform/developers/dev/auth/web.md
{
  const own = new URL(document.currentScript.src);
  if (own.hostname === "res.wx.qq.com") own.hostname = "open.weixin.qq.com";

  // Put into the address as they are: who gives redirect_uri, style or href has encoded it.
  const AS_GIVEN = ["styletype", "sizetype", "bgcolor", "rst", "style", "href", "color_scheme"];
  const ONLY = { lang: "en", stylelite: 1, fast_login: 0 };

  const address = (asked) => {
    const inside = { true: "true", false: "false" }[asked.self_redirect] ?? "default";
    const always = `appid=${asked.appid}&scope=${asked.scope}&redirect_uri=${asked.redirect_uri}&state=${asked.state}`;
    const given = AS_GIVEN.filter((name) => asked[name]).map((name) => `&${name}=${asked[name]}`);
    const chosen = Object.entries(ONLY).filter(([name, value]) => asked[name] === value);
    const more = [...given, ...chosen.map(([name, value]) => `&${name}=${value}`)].join("");
    return `${own.origin}/connect/qrconnect?${always}&login_type=jssdk&self_redirect=${inside}${more}`;
  };

  const isReady = (event) => {
    if (event.origin !== own.origin) return false;
    try {
      const said = JSON.parse(event.data);
      return said.type === "status" && said.status === "wxReady";
    } catch {
      return false;
    }
  };

  const framed = (source) => {
    const frame = document.createElement("iframe");
    Object.assign(frame, { src: source, width: "300px", height: "400px", title: "微信登录", allow: "local-network-access" });
    frame.style.border = "0";
    return frame;
  };

  window.WxLogin = function WxLogin(asked) {
    const frame = framed(address(asked));
    window.addEventListener("message", (event) => {
      if (event.source === frame.contentWindow && isReady(event)) asked.onReady?.(true);
    });
    document.getElementById(asked.id).replaceChildren(frame);
  };
}
