"""T10: 20,000 bodies for the readers of protocol/: only documented errors escape, and none takes a second.

Each is given to a quarter of the readers; `make fuzz` makes 80,000 and gives each to all of them.
"""

import inspect
import json
import os
from importlib import import_module
from pathlib import Path
from zlib import crc32

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from readers import CALLS, NOW, OPEN_DATA, PUSHED, READERS, SEEDS, Reader, sealed_push

import wxauth.protocol
from wxauth.errors import NotFromWeChat, UpstreamProtocolError

FULL = "FULL_TESTS" in os.environ
BODIES = 20_000 if FULL else 5_000
"""Of each of the four kinds below."""
PARTS = 1 if FULL else 4
every_body = settings(
    max_examples=BODIES,
    deadline=None,  # each reader has its own, and counts what it takes itself
    suppress_health_check=list(HealthCheck),
    database=None,
)

FIELDS = sorted(
    {
        name
        for seed in SEEDS
        if seed.startswith(b"{")
        for name in json.loads(seed.decode("utf-8", "replace"), strict=False)
    }
)
LEAVES = (
    st.sampled_from([None, True, 0, 1, -1, 40001, 40164, 2**63, 10**400, 0.5, 1e308, "", "0", "7200", "ok", NOW])
    | st.text(max_size=20)
    | st.sampled_from(["invalid ip 203.0.113.7, not in whitelist rid: 5f-1", "\ud800", "\x00", "=" * 600])
)
VALUES = LEAVES | st.lists(LEAVES, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), LEAVES, max_size=4)
PIECES_OF_JSON = [
    b"{",
    b"}",
    b"[",
    b"]",
    b'"',
    b",",
    b":",
    b"\\",
    b"\\u0000",
    b"NaN",
    b"1e999",
    b"9" * 5000,
    b'"errcode":',
]
PIECES_OF_XML = [
    b"<xml>",
    b"</xml>",
    b"<!DOCTYPE a [<!ENTITY b 'c'>]>",
    b"&b;",
    b"&#0;",
    b"<![CDATA[",
    b"]]>",
    b"<?xml",
]
PIECES_OF_BOTH = [b"code=", b"&state=", b"%00", b"%ff", b"\r\n", b"\xff", b"\xef\xbb\xbf", b"[" * 3000, b'{"a":' * 3000]
PIECES = st.sampled_from([*PIECES_OF_JSON, *PIECES_OF_XML, *PIECES_OF_BOTH])


def spoilt(seed: bytes, start: int, length: int, instead: list[bytes]) -> bytes:
    """What was good, with something else in the place of a part of it."""
    start %= len(seed) + 1
    return seed[:start] + b"".join(instead) + seed[start + length :]


def written(fields: dict[str, object]) -> bytes:
    return json.dumps(fields, ensure_ascii=False).encode("utf-8", "surrogatepass")


def try_with(data: bytes) -> None:
    for reader in READERS[crc32(data) % PARTS :: PARTS]:
        reader.try_with(data)


@given(st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=7).map(written))
@every_body
def test_answers_with_known_fields_and_strange_values(body: bytes) -> None:
    try_with(body)


@given(
    st.builds(spoilt, st.sampled_from(SEEDS), st.integers(0, 2000), st.integers(0, 60), st.lists(PIECES, max_size=3))
)
@every_body
def test_good_answers_with_a_part_replaced(body: bytes) -> None:
    try_with(body)


@given(st.lists(PIECES | st.binary(max_size=12), max_size=10).map(b"".join))
@every_body
def test_pieces_of_json_xml_and_queries(body: bytes) -> None:
    try_with(body)


@given(st.binary(max_size=300))
@example(b"[" * 100_000)
@example(b'{"errmsg":"' + b"\\" * 100_000)
@example(b'{"errmsg":"' + b"\x01" * 400_000 + b'"}')
@example(b'{"errmsg":"' + b"rid: " * 80_000 + b'","errcode":1}')
@example(b'"' * 400_000)
@every_body
def test_any_bytes(body: bytes) -> None:
    try_with(body)


def test_what_is_good_is_read_by_its_reader() -> None:
    by_name = {reader.name: reader for reader in READERS}
    assert by_name["push.read_push sealed"].read(PUSHED).created_at == NOW
    assert by_name["open_data.decrypt_open_data sealed"].read(OPEN_DATA).fields["nickName"] == "Ann"
    query, body = sealed_push(PUSHED)
    assert by_name["push.read_push"].read(f"{query}\n".encode() + body).created_at == NOW


def test_an_error_that_is_not_documented_escapes() -> None:
    def fail(_: bytes) -> object:
        raise KeyError

    with pytest.raises(KeyError):
        Reader(name="one", read=fail, raises=(NotFromWeChat, UpstreamProtocolError)).try_with(b"")


def test_every_call_of_the_protocol_has_its_reader_here() -> None:
    found = set()
    for file in Path(wxauth.protocol.__file__).parent.rglob("*.py"):
        parts = file.relative_to(Path(wxauth.protocol.__file__).parent).with_suffix("").parts
        module = import_module(".".join(("wxauth.protocol", *parts)).removesuffix(".__init__"))
        for name, function in inspect.getmembers(module, inspect.isfunction):
            returns = str(function.__annotations__.get("return", ""))
            if function.__module__ == module.__name__ and returns.startswith("Call["):
                found.add(f"{parts[-1]}.{name}")
    assert found == set(CALLS)
