"""A sign-in as an application sets it up; every integration takes the same."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from wxauth.account import OfficialAccount
from wxauth.errors import UsageError
from wxauth.flow.keys import SecretKey
from wxauth.flow.signin import Rules
from wxauth.identity import Lang, Scope
from wxauth.protocol.authorize import authorize_url
from wxauth.protocol.message import LOOPBACK_HOSTS, Endpoints

_VERIFY_CODE = re.compile(r"[0-9A-Za-z]{16}")
_PATH = re.compile(r"/[0-9A-Za-z._~/-]*")
_ORIGIN = re.compile(r"https?://([0-9a-z.-]+|\[[0-9a-f:]+\])(:[1-9][0-9]{0,4})?")
_URL_REST = re.compile(r"(?:[/?#][!-\[\]-~]*)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Paths:
    """Where the sign-in lives in the application.

    Args:
        start: begins a sign-in; takes ``?return_to=/path``.
        callback: where WeChat sends the person back.
        logout: asks, then ends the session.
        home: where somebody lands who did not come from anywhere.

    Raises:
        UsageError: a path does not begin with a slash, has other characters than letters, digits, ``-._~/``, or is
            given twice.
    """

    start: str = "/toAuth"
    callback: str = "/auth"
    logout: str = "/logout"
    home: str = "/"

    def __post_init__(self) -> None:
        paths = (self.start, self.callback, self.logout, self.home)
        for path in paths:
            if not _PATH.fullmatch(path) or "//" in path:
                raise UsageError(f"{path!r} is not a path such as /auth")
        if len(set(paths)) < len(paths):
            raise UsageError(f"the paths of a sign-in have to differ: {', '.join(paths)}")

    @property
    def problem(self) -> str:
        """Below which the pages live that say why nobody was signed in."""
        return self.callback.rstrip("/") + "/problem/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """A sign-in as an application has set it up; every integration takes the same arguments.

    Args:
        account: the official account to sign in with.
        secret_key: at least 32 random characters of the application's own; shared by all its processes.
        base_url: the origin under which people reach the application, ``https://example.com``. Never taken from a
            request. None is for trials: only loopback addresses are served then.
        endpoints: where WeChat is.
        scope: ``snsapi_base`` signs in silently and yields the openid; ``snsapi_userinfo`` asks, and yields the
            profile.
        lang: language for place names in the profile.
        paths: where the sign-in lives.
        return_urls: whole URLs, besides the application's own paths, that ``return_to`` may name.
        verify_files: the codes of WeChat's ``MP_verify_<code>.txt`` files to serve.

    Raises:
        UsageError: something of this cannot work.
    """

    account: OfficialAccount
    secret_key: str = field(repr=False)
    base_url: str | None = None
    endpoints: Endpoints = field(default_factory=Endpoints)
    scope: Scope | str = Scope.SNSAPI_BASE
    lang: Lang | str = Lang.ZH_CN
    paths: Paths = field(default_factory=Paths)
    return_urls: Collection[str] = ()
    verify_files: Collection[str] = ()

    def __post_init__(self) -> None:
        if self.base_url is not None and not _is_origin(self.base_url):
            raise UsageError(f"base_url {self.base_url!r} is not {_AN_ORIGIN}")
        for url in _each("return_urls", self.return_urls):
            origin = _ORIGIN.match(url)
            if not origin or not _is_origin(origin[0]) or not _URL_REST.fullmatch(url, origin.end()):
                raise UsageError(f"{url!r} of return_urls is not a whole address such as https://example.com/done")
        for code in _each("verify_files", self.verify_files):
            if not _VERIFY_CODE.fullmatch(code):
                raise UsageError(f"{code!r} is not the 16 letters and digits of an MP_verify_<code>.txt file")
        self._try_link()

    def _try_link(self) -> None:
        """Make one authorize link, so that what WeChat would refuse is refused now and not when somebody comes."""
        callback = (self.base_url or "http://localhost") + self.paths.callback
        authorize_url(self.endpoints, self.account, callback, scope=self.scope, state="0")

    def rules(self) -> Rules:
        """The rules of its sign-ins."""
        return Rules(
            account=self.account,
            key=SecretKey(self.secret_key),
            endpoints=self.endpoints,
            scope=Scope.read(self.scope),
            lang=Lang.read(self.lang),
        )


_AN_ORIGIN = (
    "an origin such as https://example.com: small letters, no path, no slash at the end, no port that is the usual "
    "one; http for loopback hosts only; Chinese names as xn--..."
)


def _is_origin(text: str) -> bool:
    """Whether a browser would write the origin just so, over https or to this machine."""
    if not _ORIGIN.fullmatch(text):
        return False
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        return False
    usual = port == (443 if parts.scheme == "https" else 80)
    return not usual and (parts.scheme == "https" or host in LOOPBACK_HOSTS)


def _each(name: str, given: Collection[str]) -> Collection[str]:
    if isinstance(given, str):
        raise UsageError(f"{name} is several: write [{given!r}]")
    return given
