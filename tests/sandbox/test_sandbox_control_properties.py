"""Whatever is sent to the control API, it answers with what its document says, and never breaks."""

import json
from urllib.parse import quote

import anyio
import httpx2
from hypothesis import given, settings
from hypothesis import strategies as st
from test_sandbox_control import HAPPY

from wxauth.sandbox.accounts import numbered_account
from wxauth.sandbox.app import SandboxApp
from wxauth.sandbox.clock import Clock
from wxauth.sandbox.control.route import PREFIX
from wxauth.sandbox.control.table import ROUTES
from wxauth.sandbox.world import World
from wxauth.sandbox.worlds import Worlds

TEXT = st.text(max_size=12) | st.sampled_from(("Ann", "wx5a4db000000000a1", "true", "null", "-1", "1e400", "9" * 400))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)
FIELDS = sorted({name for route in ROUTES for kind in (route.query, route.body) for name in kind.__dataclass_fields__})
BODIES = st.dictionaries(st.sampled_from(FIELDS) | TEXT, JSON, max_size=5) | JSON
QUERIES = st.dictionaries(st.sampled_from([name for name in FIELDS if name != "timeout_seconds"]), TEXT, max_size=3)
PATHS = st.sampled_from([path.partition("?")[0] for _, path, _ in HAPPY.values()]) | TEXT.map(
    lambda text: f"/people/{quote(text, safe='', errors='replace')}/follow"
)


def changed(body: object, name: str) -> object:
    """A body that is taken, with one more or other field."""
    good = HAPPY[name][2]
    return good | body if isinstance(good, dict) and isinstance(body, dict) else body


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(("GET", "POST", "DELETE", "PUT")), PATHS, QUERIES, BODIES, st.sampled_from(list(HAPPY)))
def test_no_request_is_answered_by_500(method, path, query, body, name):
    worlds = Worlds(World(accounts=[numbered_account(0xA1)], clock=Clock(at=1_795_000_000, frozen=True)))
    pairs = (f"{key}={quote(value, errors='replace')}" for key, value in query.items())
    wait = "&timeout_seconds=0" if path == "/journal/wait" else ""

    async def ask():
        app = httpx2.ASGITransport(app=SandboxApp(worlds))
        async with httpx2.AsyncClient(transport=app, base_url="http://127.0.0.1") as http:
            content = json.dumps(changed(body, name)).encode("utf-8", "replace")
            headers = {"Content-Type": "application/json"}
            return [
                await http.request(method, f"{PREFIX}{path}?{'&'.join(pairs)}{wait}", content=content, headers=headers),
                await http.post(f"{PREFIX}{HAPPY[name][1]}", content=content, headers=headers),
                await http.get(f"{PREFIX}/status"),
                await http.get("/"),
            ]

    odd, near, *after = anyio.run(ask)
    assert [answer.status_code for answer in after] == [200, 200]
    for answer in (odd, near):
        assert answer.status_code < 500 or (answer.status_code == 504 and path == "/journal/wait")
        if answer.status_code >= 400:
            assert answer.json()["error"].keys() == {"what", "next"}
