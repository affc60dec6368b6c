"""The home page of the sample application, in Chinese and English."""

from __future__ import annotations

from html import escape

from wxauth.identity import Identity

_PAGE = """<!doctype html>
<html lang="zh-CN">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>微信登录演示 · wxauth demo</title>
<style>
  body {{ margin: 0; font: 17px/1.6 system-ui, "PingFang SC", "Noto Sans CJK SC", sans-serif; }}
  main {{ max-width: 26rem; margin: 0 auto; padding: 3rem 1.25rem; }}
  h1 {{ font-size: 1.5rem; line-height: 1.3; margin: 0 0 1.5rem; }}
  img {{ width: 4rem; height: 4rem; border-radius: .5rem; }}
  dt, small, [lang=en] {{ color: GrayText; font-size: .85rem; }}
  dd {{ margin: 0 0 .75rem; overflow-wrap: anywhere; font-family: ui-monospace, monospace; font-size: .9rem; }}
  .button {{ display: block; margin: 1.5rem 0; padding: .7rem; border-radius: .5rem; text-align: center;
    background: #07823f; color: #fff; text-decoration: none; }}
</style>
<main>
<h1>微信登录演示<br><small lang="en">wxauth demo</small></h1>
{content}
</main>
"""
_NOBODY = """<p>你还没有登录。<br><span lang="en">You are not signed in.</span></p>
<a class="button" href="{sign_in_url}">微信登录 · Sign in with WeChat</a>
<p>普通浏览器不在微信里，下一页会先提示“请在微信客户端打开链接”，点那里的“在沙箱微信中打开”即可继续。<br>
<span lang="en">An ordinary browser is outside WeChat, so the next page says so first; its button
“Open in the sandbox's WeChat” leads on.</span></p>
"""
_SOMEBODY = """{avatar}
<p>你好，{nickname}！<br><span lang="en">You are signed in.</span></p>
<dl><dt>openid</dt><dd>{openid}</dd><dt>unionid</dt><dd>{unionid}</dd><dt>scope</dt><dd>{scope}</dd></dl>
<p><a href="/me">身份 JSON · Identity as JSON</a></p>
<p><a href="/logout">退出登录 · Sign out</a></p>
"""


def home_page(identity: Identity | None, *, sign_in_url: str) -> str:
    """The page: a link to sign in, or who is signed in."""
    if identity is None:
        return _PAGE.format(content=_NOBODY.format(sign_in_url=escape(sign_in_url)))
    image = identity.profile and identity.profile.headimgurl
    somebody = _SOMEBODY.format(
        avatar=f'<img src="{escape(image)}" alt="">' if image else "",
        nickname=escape(identity.nickname or identity.openid),
        openid=escape(identity.openid),
        unionid=escape(identity.unionid or "-"),
        scope=escape(identity.scope),
    )
    return _PAGE.format(content=somebody)
