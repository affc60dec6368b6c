import json
import time

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wire_examples import examples
from wxauth.errors import AccountRefused, CodeRefused, UpstreamProtocolError, UpstreamUnavailable, WeChatError
from wxauth.protocol.body import Answer, read
from wxauth.protocol.message import Response

SECRET = "5a4db0canarycanarycanary"
CODE = "011/canary+code"


class Named(Answer):
    name: str | None = None


NAMED = msgspec.json.Decoder(Named)


def read_named(body: bytes, status: int = 200, secrets: tuple[str, ...] = ()) -> Named:
    return read(Response(status=status, body=body), NAMED, operation="sns/test", secrets=secrets)


def refusal(errmsg: object, errcode: object = 40029, secrets: tuple[str, ...] = ()) -> WeChatError:
    with pytest.raises(WeChatError) as raised:
        read_named(json.dumps({"errcode": errcode, "errmsg": errmsg}).encode(), secrets=secrets)
    return raised.value


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (b'{"name":"Bo"}', "Bo"),
        ('{"name":"安🎉"}'.encode(), "安🎉"),
        (b'\xef\xbb\xbf{"name":"Bo"}', "Bo"),
        (b'{"name":"B\x00\x01\x1f\n\to"}', "B\x00\x01\x1f\n\to"),
        (b'{"name":"B\xf0\x9fo"}', "B\ufffdo"),
        (b'{"name":"B\xed\xa0\x80o"}', "B\ufffd\ufffd\ufffdo"),
        (b'{"name":"\\"\x01\\\\"}', '"\x01\\'),
        (b' \r\n{\n"other" : [1, {"x": null}],\t"name":"\x7fBo\x01"}\n', "\x7fBo\x01"),
        (b'{"errcode":0,"errmsg":"ok","name":"Bo"}', "Bo"),
        (b'{"errcode":"0","name":"Bo"}', "Bo"),
        (b'{"errcode":null,"name":"Bo"}', "Bo"),
        (b'{"other":' + b"9" * 5000 + b',"name":"Bo"}', "Bo"),
    ],
)
def test_a_good_answer_is_read(body: bytes, name: str) -> None:
    assert read_named(body).name == name


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"\xef\xbb\xbf", "JSON|truncated|empty"),
        (b"<html><body>502</body></html>", "page"),
        (b"\n<?xml version='1.0'?>", "page"),
        (b'{"name":"Bo', "truncated"),
        (b'{"name":', "truncated"),
        (b'{"name":"Bo\\', "truncated"),
        (b"null", "Expected `object`"),
        (b"[]", "Expected `object`"),
        (b'"ok"', "Expected `object`"),
        (b"40029", "Expected `object`"),
        (b'{"name":NaN}', "invalid character"),
        (b'{"other":Infinity}', "invalid character"),
        (b'{"name":"\\ud800"}', "."),
        (b'{"other":"\\udc00\\ud800"}', "."),
        (b'{"name":"Bo"} {}', "trailing"),
        (b'{"name":5}', "Expected `str"),
        (b'{"other":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested too deeply"),
        (b"[" * 100_000, "Expected `object`"),
        (b'{"errcode":' + b"9" * 5000 + b"}", "out of range"),
        (b'{"errcode":' + b"9" * 4000 + b"}", "not a number of WeChat"),
        (b'{"errcode":1000000000}', "not a number of WeChat"),
        (b'{"errcode":"4002x"}', "not a number of WeChat"),
        (b'{"errcode":" 40029"}', "not a number of WeChat"),
        ('{"errcode":"４００２９"}'.encode(), "not a number of WeChat"),
        (b'{"errcode":"' + b"9" * 5000 + b'"}', "not a number of WeChat"),
        (b'{"errcode":true}', "Expected"),
        (b'{"errcode":40029.5}', "Expected"),
        (b'{"errcode":[40029]}', "Expected"),
        (b'{"errcode":40029,"errmsg":{}}', "Expected"),
        ('{"name":"中文'.encode("gbk"), "truncated"),
    ],
    ids=lambda value: repr(value[:30]),
)
def test_nonsense_is_a_protocol_error(body: bytes, problem: str) -> None:  # T9, T10
    with pytest.raises(UpstreamProtocolError, match=problem) as raised:
        read_named(body)
    assert raised.value.operation == "sns/test"


@pytest.mark.parametrize("body", [b'"' + b'\\"' * 130_000 + b"\\", b'{"' * 130_000, b'"' * 260_000, b"\\" * 260_000])
def test_mending_takes_one_pass_whatever_the_body(body: bytes) -> None:
    started = time.process_time()
    with pytest.raises(UpstreamProtocolError):
        read_named(body)
    assert time.process_time() - started < 2


@pytest.mark.parametrize("status", [500, 502, 503, 504, 599])
@pytest.mark.parametrize("body", [b"", b"<html>", b'{"name":"Bo"}', b'{"errcode":0}'])
def test_a_server_error_means_that_wechat_may_have_seen_the_request(status: int, body: bytes) -> None:  # T1
    with pytest.raises(UpstreamUnavailable, match=str(status)) as raised:
        read_named(body, status)
    assert raised.value.sent is True


@pytest.mark.parametrize("status", [201, 204, 301, 302, 400, 403, 404, 429, 600])
@pytest.mark.parametrize("body", [b"", b"<html>", b'{"name":"Bo"}'])
def test_any_other_status_is_not_wechats_protocol(status: int, body: bytes) -> None:
    with pytest.raises(UpstreamProtocolError, match=str(status)):
        read_named(body, status)


@pytest.mark.parametrize("status", [200, 302, 412, 500, 503])
def test_an_errcode_counts_whatever_the_status(status: int) -> None:
    with pytest.raises(CodeRefused):
        read_named(b'{"errcode":40029,"errmsg":"invalid code"}', status)


@pytest.mark.parametrize("errcode", [40125, "40125"])
def test_an_errcode_may_be_a_numeric_string(errcode: object) -> None:  # A10
    raised = refusal("invalid appsecret", errcode)
    assert isinstance(raised, AccountRefused)
    assert raised.errcode == 40125


def test_minus_one_may_be_a_string_too() -> None:
    assert refusal("system error", "-1").errcode == -1


@pytest.mark.parametrize(
    ("errmsg", "stem", "rid"),
    [
        ("invalid code, rid: 64993d2c-2af40adf-01b005b5", "invalid code", "64993d2c-2af40adf-01b005b5"),
        ("invalid appid rid: 6aac005a-01bfdbee-79769285", "invalid appid", "6aac005a-01bfdbee-79769285"),
        ("code been used, hints: [ req_id: _01742031 ]", "code been used", "_01742031"),
        (
            "invalid appsecret, view more at http://t.cn/RAEkdVq hint: [KjmSya0537sha7]",
            "invalid appsecret, view more at http://t.cn/RAEkdVq",
            "KjmSya0537sha7",
        ),
        ("invalid credential hints: [XXXX!]", "invalid credential", "XXXX!"),
        (
            "invalid code hint: [XfmcTVNre-vGNNia] rid: 628da727-52e5b3c7-79315d09",
            "invalid code",
            "628da727-52e5b3c7-79315d09",
        ),
        ("api minute-quota reach limit, must slower", "api minute-quota reach limit, must slower", None),
        ("hybrid: no such suffix", "hybrid: no such suffix", None),
        ("rid: 1-2-3", "", "1-2-3"),
        ("odd, rid:", "odd", None),
        ("", "", None),
        (None, "", None),
    ],
)
def test_the_request_id_is_taken_out_of_the_words(errmsg: str | None, stem: str, rid: str | None) -> None:
    raised = refusal(errmsg)
    assert (raised.errmsg, raised.rid) == (stem, rid)


def test_a_missing_errmsg_is_no_words() -> None:
    with pytest.raises(CodeRefused) as raised:
        read_named(b'{"errcode":40029}')
    assert raised.value.errmsg == ""


def test_a_secret_that_wechat_repeats_is_masked() -> None:  # H1
    encoded = "011%2Fcanary%2Bcode"
    errmsg = f"bad {SECRET} and {CODE} or {encoded}, rid: {SECRET}"
    raised = refusal(errmsg, secrets=(CODE, SECRET))
    assert raised.errmsg == "bad *** and *** or ***"
    assert "canary" not in f"{raised} {raised!r} {raised.args} {raised.rid}"


def test_a_secret_across_the_cut_is_masked_too() -> None:  # H1
    raised = refusal("x" * 195 + SECRET, secrets=(SECRET,))
    assert raised.errmsg == "x" * 195 + "***"


def test_a_secret_inside_another_leaves_nothing_of_the_longer_one() -> None:  # H1
    raised = refusal(f"bad {SECRET}-canary-tail", secrets=(SECRET, f"{SECRET}-canary-tail"))
    assert raised.errmsg == "bad ***"


@pytest.mark.parametrize("body", [b'{"name":"%s', b"<html>%s", b'{"errcode":"%s"}', b'{"name":["%s"]}', b"%s"])
@pytest.mark.parametrize("status", [200, 404, 502])
def test_no_part_of_an_unreadable_body_is_quoted(body: bytes, status: int) -> None:  # H1, T9
    with pytest.raises((UpstreamProtocolError, UpstreamUnavailable)) as raised:
        read_named(body % SECRET.encode(), status)
    assert SECRET not in f"{raised.value} {raised.value!r} {raised.value.args}"


def test_many_hints_in_the_words_take_no_time() -> None:
    started = time.process_time()
    refusal(",hint:[a" * 30_000)
    assert time.process_time() - started < 1


WIRE_BODIES = [
    example.body
    for operation in ("sns/oauth2/access_token", "sns/oauth2/refresh_token", "sns/userinfo", "sns/auth")
    for example in examples(operation)
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
ANSWERS = st.dictionaries(st.sampled_from(["errcode", "errmsg", "name", "openid"]), JSON).map(
    lambda value: json.dumps(value).encode()
)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    body = draw(st.sampled_from(WIRE_BODIES))
    start, end = sorted((draw(st.integers(0, len(body))), draw(st.integers(0, len(body)))))
    return body[:start] + draw(st.binary(max_size=8)) + body[end:]


@given(body=st.binary() | ANSWERS | damaged(), status=st.sampled_from([200, 200, 200, 302, 500]))
@settings(max_examples=1500, deadline=None)
def test_only_the_typed_errors_escape(body: bytes, status: int) -> None:  # A10, T10
    try:
        answer = read_named(body, status, (SECRET,))
    except (WeChatError, UpstreamProtocolError, UpstreamUnavailable) as refused:
        str(refused).encode()
    else:
        assert status == 200
        assert answer.errcode in (None, 0, "", "0") or int(answer.errcode) == 0
        assert answer.name is None or answer.name.encode() is not None
