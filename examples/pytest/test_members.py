"""Who gets in, and who does not."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from members import create_app


@pytest.fixture
def browser(wechat_environ) -> Iterator[TestClient]:
    with TestClient(create_app(), base_url="http://127.0.0.1:8000", headers={"Accept": "text/html"}) as client:
        yield client


def tap(browser, wechat, person) -> str:
    """Begin to sign in and agree: the address that WeChat sends the person back to."""
    to_wechat = browser.get("/toAuth", follow_redirects=False)
    return wechat.callback(person, to_wechat.headers["location"])


def test_somebody_signs_in(browser, wechat):
    browser.get(tap(browser, wechat, "小明"))

    assert browser.get("/me").json() == {"openid": wechat.openid("小明"), "nickname": "小明🎉"}


def test_a_callback_that_comes_twice_is_exchanged_once(browser, wechat):
    callback = tap(browser, wechat, "小明")

    browser.get(callback)
    browser.get(callback)

    wechat.assert_called("sns/oauth2/access_token", times=1)


@pytest.mark.wechat(at="2026-01-01T00:00:00Z", frozen=True)
def test_a_code_that_has_expired_signs_nobody_in(browser, wechat):
    callback = tap(browser, wechat, "安")
    wechat.clock.advance(minutes=6)

    answer = browser.get(callback, follow_redirects=False)

    assert answer.headers["location"].startswith(wechat.url)  # to WeChat once more, for another code
    assert browser.get("/me", follow_redirects=False).status_code == 303
    assert wechat.journal.refusals()[-1].errcode == 40029


@pytest.mark.wechat(faults=["secret-changed"])
def test_a_wrong_secret_is_our_fault_and_not_the_visitors(browser, wechat):
    answer = browser.get(tap(browser, wechat, "安"))

    assert answer.status_code == 502
