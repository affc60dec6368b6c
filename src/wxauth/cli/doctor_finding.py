"""What the doctor finds: a name, how it stands, why, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from wxauth.errors import Hint


class Status(StrEnum):
    """How something stands."""

    OK = "ok"
    WARN = "warn"
    """It works, or may work; somebody should look."""
    FAIL = "fail"
    """It cannot work."""
    SKIPPED = "skipped"
    """Nothing is known, for the reason that is told."""


CHECKS = {
    "account": "账号",
    "clock": "时钟",
    "secret": "密钥",
    "address": "出口 IP",
    "unionid": "开放平台绑定",
    "callback": "回调域名",
    "verify_file": "校验文件",
    "secret_key": "签名密钥",
    "store": "存储原子性",
    "workers": "多进程",
}
"""Every check, in the order in which they are made, with its name in Chinese."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The result of one check.

    Attributes:
        check: one of CHECKS.
        status: how it stands.
        reason: why.
        next: what to do; None when nothing has to be done.
    """

    check: str
    status: Status
    reason: Hint
    next: Hint | None = None


def ok(check: str, en: str, zh: str) -> Finding:
    """All is well."""
    return Finding(check=check, status=Status.OK, reason=Hint(en, zh))


def warn(check: str, en: str, zh: str, *, next: tuple[str, str]) -> Finding:  # noqa: A002 - as the field is called
    """Somebody should look."""
    return Finding(check=check, status=Status.WARN, reason=Hint(en, zh), next=Hint(*next))


def fail(check: str, en: str, zh: str, *, next: tuple[str, str]) -> Finding:  # noqa: A002
    """It cannot work."""
    return Finding(check=check, status=Status.FAIL, reason=Hint(en, zh), next=Hint(*next))


def skipped(check: str, en: str, zh: str, *, next: tuple[str, str] | None = None) -> Finding:  # noqa: A002
    """Nothing is known."""
    told = None if next is None else Hint(*next)
    return Finding(check=check, status=Status.SKIPPED, reason=Hint(en, zh), next=told)
