"""As little of a Django site as django-allauth can do with, its database in memory."""

import os
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode, urlsplit

import django
from django.conf import settings
from django.core.management import call_command
from django.test import Client, override_settings
from django.urls import include, path
from people_online import SITE

from wxauth.sandbox.accounts import Account

SETTINGS = {
    "SECRET_KEY": "only for tests",
    "ALLOWED_HOSTS": ["www.example.com"],
    "ROOT_URLCONF": __name__,
    "USE_TZ": True,
    "DATABASES": {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    "INSTALLED_APPS": [
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
        "allauth",
        "allauth.account",
        "allauth.socialaccount",
        "allauth.socialaccount.providers.weixin",
    ],
    "MIDDLEWARE": [
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "allauth.account.middleware.AccountMiddleware",
    ],
    "AUTHENTICATION_BACKENDS": ["allauth.account.auth_backends.AuthenticationBackend"],
    "TEMPLATES": [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ]
            },
        }
    ],
    "MIGRATION_MODULES": dict.fromkeys(("auth", "contenttypes", "sessions", "account", "socialaccount")),
    "ACCOUNT_SIGNUP_FIELDS": ["username*"],
    "ACCOUNT_EMAIL_VERIFICATION": "none",
    "SOCIALACCOUNT_LOGIN_ON_GET": True,
    "LOGIN_REDIRECT_URL": "/members/",
}

settings.configure(**SETTINGS)
django.setup()

from allauth.socialaccount.models import SocialAccount  # noqa: E402  it asks for the settings
from allauth.socialaccount.providers.weixin.views import WeixinOAuth2Adapter  # noqa: E402

__all__ = ["Site", "SocialAccount", "WeixinOAuth2Adapter", "browser", "lead_to_sandbox", "make_tables"]

LOGIN = "/accounts/weixin/login/"

urlpatterns = [path("accounts/", include("allauth.urls"))]


def make_tables() -> None:
    """Make the tables in a database of its own."""
    call_command("migrate", run_syncdb=True, verbosity=0)


def weixin(page: str, appid: str, secret: str, scope: str) -> dict:
    return {
        "AUTHORIZE_URL": os.environ["WXAUTH_SANDBOX_URL"] + page,
        "APPS": [{"client_id": appid, "secret": secret, "settings": {"scope": [scope]}}],
    }


def lead_to_sandbox() -> None:
    WeixinOAuth2Adapter.access_token_url = os.environ["WXAUTH_SANDBOX_URL"] + "/sns/oauth2/access_token"
    WeixinOAuth2Adapter.profile_url = os.environ["WXAUTH_SANDBOX_URL"] + "/sns/userinfo"


def browser() -> Client:
    """A browser of somebody who has never been here."""
    return Client(SERVER_NAME=SITE.partition("://")[2])


@dataclass
class Site:
    """The site for one account, and the browser of one visitor."""

    account: Account
    page: str
    scope: str
    secret: str
    browser: Client = field(default_factory=browser)

    def link(self) -> str:
        answer = self._get(LOGIN)
        assert answer.status_code == 302
        return answer["Location"]

    def complete(self, callback: str):
        parts = urlsplit(callback)
        return self._get(f"{parts.path}?{parts.query}")

    def complete_with(self, code: str):
        """Come back from a new link, but with a code of one's own."""
        pair = {"code": code, "state": parse_qs(urlsplit(self.link()).query)["state"][0]}
        return self.complete(f"{LOGIN}callback/?{urlencode(pair)}")

    def _get(self, path: str):
        provider = weixin(self.page, self.account.appid, self.secret, self.scope)
        with override_settings(SOCIALACCOUNT_PROVIDERS={"weixin": provider}):
            return self.browser.get(path)
