"""The backends of social-core, led to the sandbox."""

import os
import re
from typing import ClassVar

from social_core.backends.weixin import WeixinOAuth2, WeixinOAuth2APP

WECHAT = re.compile(r"https://(api|open)\.weixin\.qq\.com")


def at_sandbox(url: str) -> str:
    return WECHAT.sub(os.environ["WXAUTH_SANDBOX_URL"], url)


class AtSandbox:
    def authorization_url(self):
        return at_sandbox(super().authorization_url())

    def request(self, url, **options):
        return super().request(at_sandbox(url), **options)


class Website(AtSandbox, WeixinOAuth2):
    pass


class OfficialAccount(AtSandbox, WeixinOAuth2APP):
    DEFAULT_SCOPE: ClassVar = ["snsapi_userinfo"]
