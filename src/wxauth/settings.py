"""What a deployment decides, read from the environment: which accounts, which WeChat, which address of our own."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Self

from wxauth.account import OfficialAccount
from wxauth.accounts import Accounts
from wxauth.errors import UsageError
from wxauth.protocol.message import Endpoints

PREFIX = "WXAUTH_"
NAMES = (
    "WXAUTH_APPID",
    "WXAUTH_SECRET",
    "WXAUTH_ACCOUNTS",
    "WXAUTH_SECRET_KEY",
    "WXAUTH_BASE_URL",
    "WXAUTH_STORE",
    "WXAUTH_SANDBOX_URL",
)
OF_THE_SANDBOX = ("WXAUTH_SANDBOX_STATE",)
"""What is set for the command, and is no setting of a sign-in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one sign-in; going from the sandbox to the real WeChat changes nothing else.

    Attributes:
        account: from ``WXAUTH_APPID`` and ``WXAUTH_SECRET``; without the secret, the official account of that appid in
            the file ``WXAUTH_ACCOUNTS``; without both, the first official account there.
        accounts: all accounts: those of the file, and ``account``.
        endpoints: the sandbox at ``WXAUTH_SANDBOX_URL``; the real WeChat when that is not set.
        secret_key: ``WXAUTH_SECRET_KEY``, at least 32 characters of your own making; see SignIn.
        base_url: ``WXAUTH_BASE_URL``, the origin under which people reach your program.
        store: ``WXAUTH_STORE``, for example ``sqlite:///sign-in.db``; memory when not set.
    """

    account: OfficialAccount
    endpoints: Endpoints = field(default_factory=Endpoints)
    secret_key: str | None = field(default=None, repr=False)
    base_url: str | None = None
    store: str = "memory:"
    accounts: Accounts = field(default_factory=Accounts)

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Read the ``WXAUTH_*`` variables.

        Args:
            environ: where to read; the environment of the process by default.

        Raises:
            UsageError: a variable is missing, unknown (with the name that was probably meant) or wrong.
        """
        environ = os.environ if environ is None else environ
        _refuse_unknown(environ)
        sandbox_url = environ.get("WXAUTH_SANDBOX_URL")
        account, accounts = _accounts(environ)
        return cls(
            account=account,
            accounts=accounts,
            endpoints=Endpoints.sandbox(sandbox_url) if sandbox_url else Endpoints(),
            secret_key=environ.get("WXAUTH_SECRET_KEY") or None,
            base_url=environ.get("WXAUTH_BASE_URL") or None,
            store=environ.get("WXAUTH_STORE") or "memory:",
        )


def _accounts(environ: Mapping[str, str]) -> tuple[OfficialAccount, Accounts]:
    path, appid = environ.get("WXAUTH_ACCOUNTS"), environ.get("WXAUTH_APPID")
    if not path:
        account = OfficialAccount(appid=_required(environ, "WXAUTH_APPID"), secret=_required(environ, "WXAUTH_SECRET"))
        return account, Accounts([account])
    accounts = Accounts.from_file(path, environ)
    if environ.get("WXAUTH_SECRET"):
        account = OfficialAccount(appid=_required(environ, "WXAUTH_APPID"), secret=_required(environ, "WXAUTH_SECRET"))
        return account, Accounts([account, *accounts])
    if appid:
        return accounts.official_account(appid), accounts
    for one in accounts:
        if isinstance(one, OfficialAccount):
            return one, accounts
    raise UsageError(f"{path} has no [[official_account]]; for other kinds alone read it by Accounts.from_file")


def _required(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name)
    if not value:
        raise UsageError(f"{name} is not set; for a trial start `wxauth sandbox`, which prints values to use")
    return value


def _refuse_unknown(environ: Mapping[str, str]) -> None:
    for name in environ:
        if name.startswith(PREFIX) and name not in (*NAMES, *OF_THE_SANDBOX):
            # Compared without the prefix, which would make any two names look alike.
            rests = [known.removeprefix(PREFIX) for known in NAMES]
            near = get_close_matches(name.removeprefix(PREFIX), rests, n=1)
            meant = f"; did you mean {PREFIX}{near[0]}?" if near else f"; known are {', '.join(NAMES)}"
            raise UsageError(f"{name} is not a setting{meant}")
