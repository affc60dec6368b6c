"""Whether people can come back: the address of the callback, and the file that shows WeChat whose domain it is."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import PurePath
from urllib.parse import urlsplit

from wxauth.cli.doctor_finding import Finding, fail, ok, skipped, warn
from wxauth.cli.doctor_page import fetch
from wxauth.errors import UsageError
from wxauth.protocol.authorize import demand_redirect_uri
from wxauth.protocol.message import LOOPBACK_HOSTS, Endpoints

SAY = ("say --redirect-uri, or set WXAUTH_BASE_URL", "请指定 --redirect-uri，或设置 WXAUTH_BASE_URL")
REGISTER = ("register a domain of your own, and use that", "请在后台登记自己的域名，并使用它")
PREFIX = "MP_verify_"


def check_callback(redirect_uri: str | None, verify_file: str | None, endpoints: Endpoints) -> Iterator[Finding]:
    """Look at the address and at the file; what is registered in the console, nobody but its people can see."""
    yield _address(redirect_uri, endpoints)
    yield _verify_file(redirect_uri, verify_file)


def _address(redirect_uri: str | None, endpoints: Endpoints) -> Finding:
    if redirect_uri is None:
        return skipped("callback", "no address is known", "未指定回调地址", next=SAY)
    try:
        demand_redirect_uri(redirect_uri)
    except UsageError as error:
        return fail("callback", str(error), f"回调地址有误：{error}", next=SAY)
    parts = urlsplit(redirect_uri)
    host = parts.hostname or ""
    if not endpoints.is_wechat:
        return ok("callback", f"the sandbox can lead to {host}", f"沙箱可以跳转到 {host}")
    if host in LOOPBACK_HOSTS or _is_number(host) or "." not in host:
        return fail(
            "callback", f"WeChat registers domains, and {host} is none", f"微信只能登记域名，{host} 不是", next=REGISTER
        )
    try:
        socket.getaddrinfo(host, None)
    except (OSError, UnicodeError):
        steps = ("correct the address, or its DNS", "请检查地址或 DNS")
        return fail("callback", f"{host} has no address", f"{host} 无法解析", next=steps)
    if parts.scheme != "https":
        steps = ("serve it over https: a code travels in the address", "请使用 https：code 会出现在地址中")
        return warn("callback", f"{host} is reached over http", f"{host} 使用 http", next=steps)
    said = f"it has to be registered as 网页授权域名 or 授权回调域: {host}"
    return ok("callback", f"the address can be one; {said}", f"地址格式正确；后台须登记 {host}")


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _verify_file(redirect_uri: str | None, verify_file: str | None) -> Finding:
    if redirect_uri is None or verify_file is None:
        steps = (
            "say --verify-file MP_verify_....txt with an address",
            "请同时指定 --verify-file MP_verify_….txt 与回调地址",
        )
        return skipped("verify_file", "no file is known", "未指定校验文件", next=steps)
    try:
        demand_redirect_uri(redirect_uri)
    except UsageError:
        return skipped("verify_file", "the address to look at is wrong", "回调地址有误，未能检查", next=SAY)
    name, parts = PurePath(verify_file).name, urlsplit(redirect_uri)
    if not (name.startswith(PREFIX) and name.endswith(".txt")):
        steps = ("take the name of the file that the console offers", "请使用后台提供的文件名")
        return fail(
            "verify_file", f"{name[:64]} is not MP_verify_....txt", f"{name[:64]} 不是 MP_verify_….txt", next=steps
        )
    page = fetch(f"{parts.scheme}://{parts.netloc}/{name}")
    steps = (
        "serve it at the root: wxauth.web has verify_files for that",
        "请放在域名根目录；wxauth.web 可用 verify_files 提供",
    )
    if isinstance(page, str):
        return fail(
            "verify_file", f"{parts.netloc} is out of reach: {page}", f"无法访问 {parts.netloc}：{page}", next=steps
        )
    if page.status != 200:
        return fail(
            "verify_file", f"{parts.netloc} answers {page.status}", f"{parts.netloc} 返回 {page.status}", next=steps
        )
    if page.body.strip() != name.removeprefix(PREFIX).removesuffix(".txt").encode():
        return fail("verify_file", "its text is not the one in its name", "文件内容与文件名不符", next=steps)
    return ok("verify_file", f"{parts.netloc} serves it", f"{parts.netloc} 已提供该文件")
