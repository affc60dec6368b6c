"""Where a person may be sent back to, and how code and state are put into that address."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import SplitResult, quote, unquote, urlsplit

from wxauth.sandbox.accounts import Account, AccountKind
from wxauth.sandbox.origin import LOOPBACK_HOSTS
from wxauth.sandbox.wechat.errorpages import REDIRECT_URI_EMPTY, WRONG_DOMAIN, PageShown

STRANGE = re.compile(r"[\x00-\x20\x7f\\]")
OTHER_NAMES = {"127.0.0.1": "localhost", "::1": "localhost", "localhost": "127.0.0.1"}
AS_IT_IS = re.compile(r"[A-Za-z0-9\-._~%!$'()*+,;:@/?=]*")


def check_redirect_uri(uri: str, account: Account, *, strict: bool) -> None:
    """Hold a redirect_uri against the account's registered domains; raises PageShown.

    The whole host has to match, the scheme and the path are free, and a port matches nothing but the entry of a test
    account or a corp
    (https://developers.weixin.qq.com/doc/oplatform/developers/troubleshooting/auth.html). Unless ``strict``, a loopback
    host is welcome with any port, which WeChat does not do.
    """
    if not uri:
        raise PageShown(REDIRECT_URI_EMPTY, en="the link has no redirect_uri", zh="链接里没有 redirect_uri")
    parts = _split(uri)
    if not strict and parts.hostname in LOOPBACK_HOSTS:
        return
    if parts.netloc.lower() not in account.callback_domains:
        raise _wrong_domain(parts, account)


def with_code(uri: str, *, code: str | None, state: str | None, appid: str | None = None) -> str:
    """The callback: code and state come before the fragment, after what query there is.

    https://developers.weixin.qq.com/community/personal/oCJUswxx6obyP2SVctyjhkjaRzsM/question

    Args:
        uri: a checked redirect_uri.
        code: the new code; None for the callback of a refusal, where there is one.
        state: as it stood in the link, still percent-encoded; None when there was none.
        appid: of the account, which a third-party platform is told; None for everybody else.
    """
    given = {"code": code, "state": None if state is None else _state(state), "appid": appid}
    return with_pairs(uri, {name: value for name, value in given.items() if value is not None})


def with_pairs(uri: str, pairs: Mapping[str, str]) -> str:
    """A checked redirect_uri with some parameters, which are encoded already."""
    address, hash_mark, fragment = quote(uri, safe="%!#$&'()*+,/:;=?@[]~").partition("#")
    given = "&".join(f"{name}={value}" for name, value in pairs.items())
    joint = "" if not given or address.endswith(("?", "&")) else "&" if "?" in address else "?"
    return f"{address}{joint}{given}{hash_mark}{fragment}"


def elsewhere(uri: str) -> str:
    """The same loopback address by its other name, under which a browser has none of the cookies; others unchanged."""
    parts = urlsplit(uri)
    other = OTHER_NAMES.get(parts.hostname or "")
    if other is None:
        return uri
    port = "" if parts.port is None else f":{parts.port}"
    return parts._replace(netloc=f"{other}{port}").geturl()


def without_openid(uri: str) -> str:
    """A redirect_uri without the parameters that are called openId.

    https://coloradmin.cn/o/2229260.html
    """
    address, mark, rest = uri.partition("?")
    query, hash_mark, fragment = rest.partition("#")
    kept = "&".join(pair for pair in query.split("&") if pair.partition("=")[0] != "openId")
    return f"{address}{mark if kept else ''}{kept}{hash_mark}{fragment}" if mark else uri


def _state(state: str) -> str:
    return state if AS_IT_IS.fullmatch(state) else quote(unquote(state), safe="")


def _split(uri: str) -> SplitResult:
    if STRANGE.search(uri):
        raise PageShown(
            WRONG_DOMAIN,
            en="redirect_uri holds a space, a line break, a control character or a backslash",
            zh="redirect_uri 中含有空格、换行、控制字符或反斜杠",
        )
    parts = _whole_address(uri)
    if parts is not None:
        return parts
    if uri.lower().startswith(("http%3a", "https%3a")):
        raise PageShown(WRONG_DOMAIN, en="redirect_uri is percent-encoded twice", zh="redirect_uri 被编码了两次")
    raise PageShown(
        WRONG_DOMAIN,
        en="redirect_uri is not an http:// or https:// address with a host",
        zh="redirect_uri 不是以 http:// 或 https:// 开头的完整地址",
    )


def _whole_address(uri: str) -> SplitResult | None:
    try:
        parts = urlsplit(uri)
        whole = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    return parts if whole and "@" not in parts.netloc else None


def _wrong_domain(parts: SplitResult, account: Account) -> PageShown:
    registered, target = ", ".join(account.callback_domains) or "-", parts.netloc[:80]
    en, zh = _near_miss(parts, account)
    return PageShown(
        WRONG_DOMAIN,
        en=f"redirect_uri points to {target}, registered for {account.appid}: {registered}" + (en and f"; {en}"),
        zh=f"redirect_uri 指向 {target}，{account.appid} 登记的域名：{registered}" + (zh and f"；{zh}"),
    )


def _near_miss(parts: SplitResult, account: Account) -> tuple[str, str]:
    host = parts.hostname or ""
    if host in LOOPBACK_HOSTS:
        return "a strict sandbox takes no loopback host", "严格模式的沙箱不接受本机地址"
    for domain in account.callback_domains:
        bare = domain.partition(":")[0]
        if host == bare:
            return _port_miss(account)
        if f"www.{host}" == bare or host == f"www.{bare}":
            return f"the host differs from {domain} by www. only", f"与 {domain} 只差 www."
        if host.endswith(f".{bare}"):
            return f"{domain} does not cover its subdomains", f"{domain} 不包含它的子域名"
    return "", ""


def _port_miss(account: Account) -> tuple[str, str]:
    if account.kind in (AccountKind.TEST, AccountKind.WECOM):
        return "the port has to be the registered one", "端口必须与登记的一致"
    return "a redirect_uri with a port never matches", "带端口的 redirect_uri 一律不匹配"
