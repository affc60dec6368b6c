"""The calls of a mini program's server, as the recorded examples have them, and with wechatpy as the client."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from server_calls import asked
from wechatpy import WeChatClient
from wechatpy.client.api import WeChatWxa
from wechatpy.crypto import WeChatWxaCrypto
from wechatpy.exceptions import WeChatClientException

from wxauth.sandbox.accounts import numbered_account, numbered_mini_program
from wxauth.sandbox.clock import Clock
from wxauth.sandbox.people import Person
from wxauth.sandbox.refusal import STEMS
from wxauth.sandbox.serve import running
from wxauth.sandbox.session_keys import signed
from wxauth.sandbox.switches import Switches
from wxauth.sandbox.world import World
from wxauth.sandbox.worlds import Worlds

NOON = 1_795_000_000.0
APPID, SECRET = "wx5a4db00000000003", "5a4db000000000000000000000000003"
PHONE = "wxa/business/getuserphonenumber"
WIRE = Path(__file__).parents[1] / "wire"
RID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}")
HINT = re.compile(r"hint: \[[A-Za-z0-9_-]{16}\]")


class Server:
    """The server of the mini program of a world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.worlds = Worlds(world)
        self.ann = world.people[0]

    def raw(self, path: str, given: dict[str, str], body: object = None):
        if body is None:
            return asked(self.worlds, f"/{path}", given)
        return asked(self.worlds, f"/{path}", given, method="POST", body=json.dumps(body).encode())

    def sign_in(self, code: str, **changes: str | None):
        given = {"appid": APPID, "secret": SECRET, "js_code": code, "grant_type": "authorization_code"} | changes
        return self.raw("sns/jscode2session", {name: value for name, value in given.items() if value is not None})

    def signed_in(self, **changes: str | None) -> dict:
        return json.loads(self.sign_in(self.world.js_code(self.ann), **changes).body)

    def token(self) -> str:
        given = {"appid": APPID, "secret": SECRET, "grant_type": "client_credential"}
        return json.loads(self.raw("cgi-bin/token", given).body)["access_token"]

    def session(self, call: str, session_key: str, **changes: str | None) -> dict:
        given = {
            "access_token": self.token(),
            "openid": self.world.openid(self.ann, APPID),
            "signature": signed(session_key),
            "sig_method": "hmac_sha256",
        } | changes
        return json.loads(self.raw(f"wxa/{call}", {k: v for k, v in given.items() if v is not None}).body)

    def phone(self, body: object, **changes: str) -> dict:
        return json.loads(self.raw(PHONE, {"access_token": self.token()} | changes, body).body)

    @property
    def reason(self) -> str:
        return self.world.journal.refusals()[-1].reason.en


@pytest.fixture
def server(world) -> Server:
    return Server(world)


def recorded(operation: str, name: str) -> dict:
    examples = json.loads((WIRE / f"{operation}.json").read_text(encoding="utf-8"))
    return next(example for example in examples if example["name"] == name)


REFUSALS = [
    (operation, example["name"])
    for operation in ("sns-jscode2session", PHONE.replace("/", "-"), "wxa-checksession", "wxa-resetusersessionkey")
    for example in json.loads((WIRE / f"{operation}.json").read_text(encoding="utf-8"))
    if example["means"].get("errcode")
]


def provoked(server: Server, operation: str, name: str):
    """The sandbox's answer to what the example is about."""
    world = server.world
    code = world.js_code(server.ann)
    match operation, name:
        case _, "invalid code":
            return server.sign_in("x" * 32)
        case _, "code been used":
            server.sign_in(code)
            return server.sign_in(code)
        case _, "code blocked":
            return server.sign_in(world.js_code(world.person("骗")))
        case _, "invalid appid":
            return server.sign_in(code, appid="wx0")
        case _, "invalid appsecret":
            return server.sign_in(code, secret="0" * 32)
        case _, "POST with the parameters in the body":
            return asked(
                server.worlds, "/sns/jscode2session", {}, method="POST", body=f"appid={APPID}&js_code={code}".encode()
            )
        case _, "no code":
            return server.sign_in(code, js_code=None)
        case _, "code in the query":
            given = {"access_token": server.token(), "code": world.mini_programs.phone_code(server.ann)}
            return server.raw(PHONE, given, {})
        case _, "session_key gone":
            world.clock.advance(days=30)
    given = {
        "access_token": server.token(),
        "openid": world.openid(server.ann, APPID),
        "signature": "0" * 64,
        "sig_method": "md5" if name == "invalid sig_method" else "hmac_sha256",
    }
    return server.raw(operation.replace("-", "/"), given)


@pytest.mark.parametrize(("operation", "name"), REFUSALS)
def test_a_refusal_is_the_recorded_one_byte_for_byte_but_for_rid_and_hint(operation, name):
    people = [
        Person(name="安", nickname="安", avatar=None),
        Person(name="骗", nickname="骗子", avatar=None, blocked=True),
    ]
    server = Server(World(clock=Clock(at=0x628DA727, frozen=True), people=people))
    example = recorded(operation, name)
    got = provoked(server, operation, name)
    body = example["response"]["body"]
    assert HINT.sub("HINT", RID.sub("RID", got.body.decode())) == HINT.sub("HINT", RID.sub("RID", body))
    assert got.content_type == example["response"].get("content_type", "application/json; encoding=utf-8")
    assert STEMS[example["means"]["errcode"]] == example["means"]["errmsg"]


@pytest.mark.parametrize(
    ("name", "bound", "switches"),
    [
        ("signed in", False, {}),
        ("signed in, account bound", True, {}),
        ("signed in, early years", True, {"code2session_legacy_expires_in": True}),
    ],
)
def test_a_sign_in_has_the_recorded_fields_in_the_recorded_order(name, bound, switches):
    world = World(accounts=[numbered_mini_program(3, bound=bound)], switches=Switches(**switches))
    example = recorded("sns-jscode2session", name)
    code = world.js_code(world.people[0])
    answer = Server(world).sign_in(code)
    fields = json.loads(answer.body)
    assert list(fields) == example["means"]["keys"]
    assert answer.content_type == example["response"].get("content_type", "text/plain")
    assert fields["openid"] == world.openid(world.people[0], APPID)
    assert fields.get("expires_in") == example["means"].get("expires_in")


def test_the_slashes_of_a_session_key_are_escaped(server):
    bodies = [server.sign_in(server.world.js_code(server.ann)).body for _ in range(40)]
    assert any(b"\\/" in body for body in bodies)
    assert not any(re.search(rb"[^\\]/", body) for body in bodies)


@pytest.mark.parametrize(
    ("changes", "errcode"),
    [
        ({"appid": None}, 41002),
        ({"secret": None}, 41004),
        ({"js_code": ""}, 41008),
        ({"grant_type": None}, 40002),
        ({"grant_type": "client_credential"}, 40002),
        ({"appid": "wx5a4db00000000001", "secret": "5a4db000000000000000000000000001"}, 40029),
    ],
)
def test_a_wrong_sign_in_is_refused_and_uses_no_code_up(server, changes, errcode):
    code = server.world.js_code(server.ann)
    assert json.loads(server.sign_in(code, **changes).body)["errcode"] == errcode
    assert "session_key" in json.loads(server.sign_in(code).body)


def test_a_sign_in_by_post_takes_its_parameters_from_the_query(server):
    given = {
        "appid": APPID,
        "secret": SECRET,
        "js_code": server.world.js_code(server.ann),
        "grant_type": "authorization_code",
    }
    assert "openid" in json.loads(asked(server.worlds, "/sns/jscode2session", given, method="POST").body)


def test_a_code_of_the_authorize_page_signs_nobody_in_to_a_mini_program(server):
    code = server.world.issue_code(server.ann, scope="snsapi_userinfo")
    assert json.loads(server.sign_in(code).body)["errcode"] == 40029


def test_a_js_code_opens_no_grant(server):
    given = {"appid": APPID, "secret": SECRET, "code": server.world.js_code(server.ann)}
    body = server.raw("sns/oauth2/access_token", given | {"grant_type": "authorization_code"}).body
    assert json.loads(body)["errcode"] == 40029


def test_a_valid_session_key_is_confirmed_with_the_recorded_body(server):
    key = server.signed_in()["session_key"]
    example = recorded("wxa-checksession", "valid")
    assert server.session("checksession", key) == json.loads(example["response"]["body"])


def test_a_new_login_ends_the_earlier_session_key_and_the_journal_says_when(server):
    key = server.signed_in()["session_key"]
    server.world.clock.advance(minutes=3)
    assert server.signed_in()["session_key"] != key
    server.world.clock.advance(minutes=4)
    assert server.session("checksession", key)["errcode"] == 87009
    assert "replaced 4 min ago" in server.reason


def test_a_new_login_leaves_the_session_key_by_switch():
    world = World(clock=Clock(at=NOON, frozen=True), switches=Switches(login_keeps_session_key_seconds=60))
    server = Server(world)
    key = server.signed_in()["session_key"]
    assert server.signed_in()["session_key"] == key
    assert server.session("checksession", key)["errcode"] == 0


def test_a_reset_tells_a_new_key_in_the_recorded_fields_and_ends_the_old(server):
    key = server.signed_in()["session_key"]
    fields = server.session("resetusersessionkey", key)
    assert list(fields) == recorded("wxa-resetusersessionkey", "replaced")["means"]["keys"]
    assert fields["openid"] == server.world.openid(server.ann, APPID)
    assert server.session("checksession", key)["errcode"] == 87009
    assert server.session("checksession", fields["session_key"])["errcode"] == 0


@pytest.mark.parametrize(
    ("changes", "errcode"),
    [
        ({"openid": None}, 41009),
        ({"signature": None}, 87009),
        ({"sig_method": None}, 87008),
        ({"access_token": None}, 41001),
        ({"access_token": "90_nothing"}, 40001),
        ({"openid": "oSBX0openid0of0nobody0000001"}, 87009),
    ],
)
def test_a_wrong_check_of_a_session_key_is_refused(server, changes, errcode):
    key = server.signed_in()["session_key"]
    assert server.session("checksession", key, **changes)["errcode"] == errcode


@pytest.mark.parametrize(("call", "errcode"), [("checksession", 87009), ("resetusersessionkey", 87007)])
def test_the_token_of_another_account_does_not_reach_a_session_key(server, call, errcode):
    key, account = server.signed_in()["session_key"], server.world.account
    given = {"appid": account.appid, "secret": account.secret, "grant_type": "client_credential"}
    token = json.loads(server.raw("cgi-bin/token", given).body)["access_token"]
    assert server.session(call, key, access_token=token)["errcode"] == errcode
    assert server.session("checksession", key)["errcode"] == 0


def test_the_token_of_a_person_is_no_token_of_a_program(server):
    world = server.world
    grant = world.redeem(appid=world.account.appid, code=world.issue_code(server.ann))
    assert server.session("checksession", "x", access_token=grant.access_token)["errcode"] == 40001


@pytest.mark.parametrize(
    ("name", "kind"),
    [("phone number", "text"), ("phone number, country code as a number", "number")],
)
def test_a_phone_number_has_the_recorded_fields(name, kind):
    people = [Person(name="安", nickname="安", avatar=None, phone="13800000000")]
    world = World(clock=Clock(at=NOON, frozen=True), people=people, switches=Switches(phone_country_code=kind))
    server = Server(world)
    code = world.mini_programs.phone_code(server.ann)
    answer = server.raw(PHONE, {"access_token": server.token()}, {"code": code})
    assert answer.body.decode() == recorded(PHONE.replace("/", "-"), name)["response"]["body"]


def test_a_phone_code_is_refused_after_one_use_and_with_another_openid(server):
    world = server.world
    code = world.mini_programs.phone_code(server.ann)
    assert server.phone({"code": code, "openid": world.openid(world.person("波"), APPID)})["errcode"] == 40029
    assert server.phone({"code": code, "openid": world.openid(server.ann, APPID)})["errcode"] == 0
    assert server.phone({"code": code})["errcode"] == 40029


@pytest.mark.parametrize("body", [{}, {"code": ""}, {"code": 1}, {"code": None}, {"code": ["x"]}])
def test_a_body_without_a_code_is_refused(server, body):
    assert server.phone(body)["errcode"] == 40029


def test_a_phone_number_is_asked_for_by_post_with_json_only(server):
    token = {"access_token": server.token()}
    assert json.loads(server.raw(PHONE, token).body)["errcode"] == 43002
    assert json.loads(asked(server.worlds, f"/{PHONE}", token, method="POST", body=b"code=x").body)["errcode"] == 47001


def test_the_token_of_another_account_gets_no_phone_number():
    server = Server(World(accounts=[numbered_mini_program(3), numbered_account(1)]))
    code = server.world.mini_programs.phone_code(server.ann)
    given = {"appid": "wx5a4db00000000001", "secret": "5a4db000000000000000000000000001"}
    token = json.loads(server.raw("cgi-bin/token", given | {"grant_type": "client_credential"}).body)["access_token"]
    assert server.phone({"code": code}, access_token=token)["errcode"] == 40029
    assert server.phone({"code": code})["errcode"] == 0


def test_nothing_secret_reaches_the_journal(server):
    world = server.world
    js_code, phone_code = world.js_code(server.ann), world.mini_programs.phone_code(server.ann)
    key = json.loads(server.sign_in(js_code).body)["session_key"]
    server.session("resetusersessionkey", key)
    number = server.phone({"code": phone_code})["phone_info"]["phoneNumber"]
    server.sign_in(js_code)
    server.session("checksession", key)
    written = repr(world.journal.entries())
    assert len(world.journal.refusals()) == 2
    for secret in (js_code, phone_code, key, number, signed(key), SECRET):
        assert secret not in written


def test_a_fault_of_one_person_finds_them_behind_the_js_code(server):
    server.world.faults.once("sns/jscode2session", 45011, person="波")
    assert "openid" in server.signed_in()
    bo = server.world.js_code(server.world.person("波"))
    assert json.loads(server.sign_in(bo).body)["errcode"] == 45011
    assert "openid" in json.loads(server.sign_in(bo).body)


def test_a_fault_of_one_person_finds_them_behind_the_code_of_a_phone_number(server):
    world = server.world
    world.faults.once("wxa/business/getuserphonenumber", -1, person="波")
    assert server.phone({"code": world.mini_programs.phone_code(server.ann)})["errcode"] == 0
    bo = world.mini_programs.phone_code(world.person("波"))
    assert [server.phone({"code": bo})["errcode"] for _ in range(3)] == [-1, 0, 40029]


def test_the_authorize_page_refuses_a_mini_program_and_says_how_people_sign_in_there(worlds, world):
    from wxauth.sandbox.wechat.authorize import Shown, Visit, visit
    from wxauth.sandbox.wechat.link import Query

    link = f"appid={APPID}&redirect_uri=http%3A%2F%2F127.0.0.1&response_type=code&scope=snsapi_base&connect_redirect=1"
    outcome = visit(worlds, Visit(query=Query(link), inside=True, person="安"))
    assert isinstance(outcome, Shown)
    assert outcome.page.code == 10016
    assert "wx.login" in outcome.reason.en


LIVING = Server(World(clock=Clock(at=NOON, frozen=True)))
NAMES = ("appid", "secret", "js_code", "code", "grant_type", "access_token", "openid", "signature", "sig_method")
VALUES = (
    st.sampled_from((APPID, SECRET, "authorization_code", "hmac_sha256", LIVING.world.openid(LIVING.ann, APPID)))
    | st.just(LIVING.token())
    | st.builds(lambda: LIVING.world.js_code(LIVING.ann))
    | st.builds(lambda: LIVING.world.mini_programs.phone_code(LIVING.ann))
    | st.text(max_size=30)
)
JSON = st.recursive(st.none() | st.booleans() | st.floats() | st.integers() | VALUES, st.lists, max_leaves=3)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(("sns/jscode2session", PHONE, "wxa/checksession", "wxa/resetusersessionkey", "wxa/x")),
    st.sampled_from(("GET", "POST")),
    st.dictionaries(st.sampled_from(NAMES), VALUES),
    st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=5), JSON).map(json.dumps).map(str.encode)
    | st.binary(max_size=50),
)
def test_whatever_is_asked_is_answered(path, method, query, body):
    answer = asked(LIVING.worlds, f"/{path}", query, method=method, body=body)
    assert answer.status == 200
    assert json.loads(answer.body).keys() & {"errcode", "session_key"}


def test_wechatpy_signs_somebody_in_and_decrypts_what_the_phone_gave():
    with running(Worlds(World(clock=Clock(at=NOON, frozen=True)))) as sandbox:
        world, ann = sandbox.world, sandbox.world.people[0]
        client = wechatpy(sandbox.url)
        session = client.wxa.code_to_session(world.js_code(ann))
        data = world.mini_programs.profile(ann, origin=sandbox.url)
        crypto = WeChatWxaCrypto(session["session_key"], data.sealed.iv, APPID)
        assert crypto.decrypt_message(data.sealed.encrypted_data)["openId"] == session["openid"]
        phone = world.mini_programs.phone_code(ann)
        told = client.post(PHONE, api_base_url=f"{sandbox.url}/", data={"code": phone})
        assert told["phone_info"]["watermark"] == {"timestamp": NOON, "appid": APPID}
        with pytest.raises(WeChatClientException) as refused:
            client.wxa.code_to_session("x" * 32)
        assert refused.value.errcode == 40029


def wechatpy(url: str) -> WeChatClient:
    class Wxa(WeChatWxa):
        API_BASE_URL = f"{url}/"

    class Sandboxed(WeChatClient):
        API_BASE_URL = f"{url}/cgi-bin/"
        wxa = Wxa()

        def fetch_access_token(self):
            return self._fetch_access_token(
                f"{url}/cgi-bin/token", {"grant_type": "client_credential", "appid": self.appid, "secret": self.secret}
            )

    return Sandboxed(APPID, SECRET)
