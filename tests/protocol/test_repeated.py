"""T10: a field that stands twice in one object of an answer is refused, however it is written."""

import json
import time

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from wxauth.errors import UpstreamProtocolError, UpstreamUnavailable
from wxauth.protocol.body import Answer, read
from wxauth.protocol.message import Response
from wxauth.protocol.repeated import decode_once


class Person(msgspec.Struct):
    openid: str = ""


class People(Answer):
    openid: str | None = None
    people: tuple[Person, ...] | None = None


PEOPLE = msgspec.json.Decoder(People)


@pytest.mark.parametrize(
    "body",
    [
        b'{"openid":"a","openid":"b"}',
        b'{"openid":"a","openid":"a"}',
        b'{"openid":"a","open\\u0069d":"b"}',
        b'{"open\\u0069d":"a","\\u006fpenid":"b"}',
        b'{"people":[{"openid":"a"},{"openid":"b","openid":"c"}]}',
        b'{"errcode":0,"openid":"a","errcode":40029}',
        b'{"errcode":40029,"errcode":0}',
        b'\xef\xbb\xbf{"openid":"a\x01","openid":"b"}',
    ],
)
def test_a_field_that_stands_twice_is_a_protocol_error_that_quotes_nothing(body: bytes) -> None:
    with pytest.raises(UpstreamProtocolError, match="a field stands in it twice") as caught:
        read(Response(status=200, body=body), PEOPLE, operation="sns/test", secrets=())
    assert "40029" not in str(caught.value)


def test_a_server_error_stays_one_whatever_its_body_repeats() -> None:
    with pytest.raises(UpstreamUnavailable):
        read(Response(status=502, body=b'{"openid":"a","openid":"b"}'), PEOPLE, operation="sns/test", secrets=())


@pytest.mark.parametrize(
    "body",
    [
        b'{"openid":"a","people":[{"openid":"a"},{"openid":"b"}]}',
        b'{"openid":"\\"openid","errmsg":"\\"openid\\""}',
        b'{"openid":"openid","errmsg":"openid"}',
        b'{"other":1,"other":2,"openid":"\\u5b89"}',
        b'{"other":' + b"9" * 5000 + b',"openid":"openid"}',
        b'{"other":1e999,"openid":"openid"}',
    ],
)
def test_what_only_looks_repeated_is_read(body: bytes) -> None:
    assert decode_once(PEOPLE, body).openid


NAMES = st.sampled_from(["openid", "errmsg", "other"])


@given(st.lists(st.tuples(NAMES, st.text()), max_size=6), st.booleans())
@example([("other", ""), ("other", "openid")], False)
def test_an_answer_is_refused_if_and_only_if_a_known_field_is_repeated(fields: list, escaped: bool) -> None:
    pairs = (f"{json.dumps(name)}:{json.dumps(text, ensure_ascii=escaped)}" for name, text in fields)
    body = f"{{{','.join(pairs)}}}".encode("utf-8", "surrogatepass")
    known = [name for name, _ in fields if name != "other"]
    try:
        decode_once(PEOPLE, body)
    except (msgspec.DecodeError, UnicodeError):
        assert any("\ud800" <= letter <= "\udfff" for _, text in fields for letter in text)
    except ValueError:
        assert len(known) > len(set(known))
    else:
        assert len(known) == len(set(known))


def test_the_longest_body_is_looked_through_in_no_time() -> None:
    body = json.dumps({"people": [{"openid": "o" * 28}] * 10_000, "openid": "\u5b89"}).encode()
    started = time.perf_counter()
    decode_once(PEOPLE, body)
    assert time.perf_counter() - started < 1
