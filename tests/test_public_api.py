"""What ``import wxauth`` offers: pinned, described, and complete."""

import inspect

import pytest

import wxauth

PINNED = [
    "AccountAuthorized",
    "AccountRefused",
    "AccountUnauthorized",
    "Accounts",
    "Agreed",
    "AppCredential",
    "AsyncClients",
    "AsyncKeptGrants",
    "AsyncMiniProgramClient",
    "AsyncMobileClient",
    "AsyncOnBehalfClient",
    "AsyncPlatformClient",
    "AsyncWeChat",
    "AsyncWeComClient",
    "AsyncWebsiteClient",
    "Authorization",
    "Authorized",
    "AuthorizerCredential",
    "CircuitOpen",
    "Clients",
    "CodeRefused",
    "ComponentCredential",
    "CorpCredential",
    "CorpScope",
    "DeadlineExceeded",
    "Denied",
    "Endpoints",
    "Follower",
    "FollowerPage",
    "Grant",
    "Hint",
    "Identity",
    "JsConfig",
    "JsapiTicket",
    "KeptGrants",
    "Lang",
    "Malformed",
    "Member",
    "MemberDetail",
    "MiniProgram",
    "MiniProgramClient",
    "MiniProgramSession",
    "MobileApp",
    "MobileClient",
    "NotFromWeChat",
    "OfficialAccount",
    "OnBehalfClient",
    "OpenData",
    "OtherPush",
    "Outsider",
    "PhoneNumber",
    "PlatformClient",
    "PreAuthCode",
    "Profile",
    "QrLook",
    "Scope",
    "Settings",
    "SignInAgain",
    "StoreError",
    "ThirdPartyPlatform",
    "TicketPushed",
    "TokenDead",
    "TokenKind",
    "UpstreamProtocolError",
    "UpstreamUnavailable",
    "UsageError",
    "WeChat",
    "WeChatBusy",
    "WeChatError",
    "WeComApp",
    "WeComClient",
    "WebsiteApp",
    "WebsiteClient",
    "WxAuthError",
    "read_agreement",
    "read_callback",
]


def test_the_public_names_are_these() -> None:
    assert wxauth.__all__ == PINNED


def test_the_public_names_are_sorted() -> None:
    assert wxauth.__all__ == sorted(set(wxauth.__all__))


@pytest.mark.parametrize("name", PINNED)
def test_every_public_name_is_there_and_described(name: str) -> None:
    value = getattr(wxauth, name)
    assert value.__name__ == name
    text = inspect.cleandoc(value.__doc__ or "")
    assert text
    assert not text.startswith(f"{name}("), "that is what dataclass writes where nobody described it"


@pytest.mark.parametrize("name", PINNED)
def test_every_public_method_and_field_is_described(name: str) -> None:
    kind = getattr(wxauth, name)
    for method, value in vars(kind).items():
        if not method.startswith("_") and (inspect.isroutine(value) or isinstance(value, property)):
            assert inspect.getdoc(value), f"{name}.{method}"
    for field in getattr(kind, "__dataclass_fields__", {}):
        assert name == "Hint" or field in (kind.__doc__ or ""), f"{name}.{field}"


def test_every_error_is_public() -> None:
    from wxauth import errors

    raised = {name for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, Exception)}
    assert raised <= set(wxauth.__all__)


def test_the_names_can_be_listed_and_star_imported() -> None:
    assert set(PINNED) <= set(dir(wxauth))
    names: dict[str, object] = {}
    exec("from wxauth import *", names)
    assert set(PINNED) <= set(names)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'wxauth' has no attribute 'Wechat'"):
        wxauth.Wechat  # type: ignore[attr-defined]  # noqa: B018


def test_the_version_is_that_of_the_package() -> None:
    from importlib.metadata import version

    assert wxauth.__version__ == version("wxauth")


def test_the_package_is_typed() -> None:
    from importlib.resources import files

    assert (files("wxauth") / "py.typed").is_file()
