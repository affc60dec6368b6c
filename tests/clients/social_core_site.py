"""As little of a web site as social-core can do with: one visitor's session, and the settings."""

import warnings
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import parse_qsl, urlsplit

from people_online import SITE
from social_core.backends.weixin import WeixinOAuth2
from social_core.storage import BaseStorage, NonceMixin

from wxauth.sandbox.accounts import Account

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # python3-openid imports by a name of old
    from social_core.strategy import BaseStrategy

CALLBACK = f"{SITE}/complete"
STEPS = ("social_details", "social_uid")


@dataclass
class Member:
    """What social-core has found out when it signs somebody in."""

    uid: str
    unionid: str | None
    username: str
    avatar: str


def member(*, uid, response, details, **_):
    """The last step of the pipeline, in the place of a database."""
    found = Member(uid, response.get("unionid"), details["username"], details["profile_image_url"])
    return {"user": found}


class Nonces(NonceMixin):
    unused: ClassVar[set[tuple[str, int, str]]] = set()

    @classmethod
    def use(cls, server_url, timestamp, salt):
        cls.unused.add((server_url, timestamp, salt))
        return True

    @classmethod
    def consume(cls, server_url, timestamp, salt):
        known = (server_url, timestamp, salt) in cls.unused
        cls.unused.discard((server_url, timestamp, salt))
        return known


class Storage(BaseStorage):
    nonce = Nonces


class Site(BaseStrategy):
    def __init__(self, backend: type[WeixinOAuth2], account: Account, *, callback: str = CALLBACK) -> None:
        super().__init__(storage=Storage)
        self.backend_class, self.callback = backend, callback
        self.session: dict[str, object] = {}
        self.query: dict[str, str] = {}
        steps = tuple(f"social_core.pipeline.social_auth.{step}" for step in STEPS)
        self.settings = {
            "SOCIAL_AUTH_KEY": account.appid,
            "SOCIAL_AUTH_SECRET": account.secret,
            "SOCIAL_AUTH_PIPELINE": (*steps, f"{__name__}.member"),
        }

    @property
    def backend(self) -> WeixinOAuth2:
        return self.backend_class(self, self.callback)

    def link(self) -> str:
        return self.backend.auth_url()

    def complete(self, callback: str) -> Member:
        self.query = dict(parse_qsl(urlsplit(callback).query))
        return self.backend.auth_complete()

    def complete_with(self, code: str) -> Member:
        """Come back from a new link, but with a code of one's own."""
        self.query = {"code": code, "state": dict(parse_qsl(urlsplit(self.link()).query))["state"]}
        return self.backend.auth_complete()

    def get_setting(self, name):
        return self.settings[name]

    def get_request_data(self, merge=True):
        return self.query

    def build_absolute_uri(self, path=None):
        return path

    def session_get(self, name, default=None):
        return self.session.get(name, default)

    def session_set(self, name, value):
        self.session[name] = value

    def session_pop(self, name):
        return self.session.pop(name, None)
