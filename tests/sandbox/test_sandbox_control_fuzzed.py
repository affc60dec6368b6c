"""schemathesis, which knows nothing but the published document, asks every route, within its bounds and beyond."""

import pytest
import schemathesis
from hypothesis import given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.specs.openapi import checks as conforming

from wxauth.sandbox.accounts import numbered_account
from wxauth.sandbox.app import SandboxApp
from wxauth.sandbox.clock import Clock
from wxauth.sandbox.control.openapi import document
from wxauth.sandbox.control.route import PREFIX
from wxauth.sandbox.control.table import ROUTES
from wxauth.sandbox.world import World
from wxauth.sandbox.worlds import Worlds

WAIT = f"{PREFIX}/journal/wait"
AS_PROMISED = [
    schemathesis.checks.not_a_server_error,
    conforming.status_code_conformance,
    conforming.content_type_conformance,
    conforming.response_schema_conformance,
]
OPERATIONS = [found.ok() for found in schemathesis.openapi.from_dict(document(ROUTES)).get_all_operations()]
TYPED = [operation for operation in OPERATIONS if operation.query or operation.body]
"""What can be asked with something of another type; a path takes any text."""

KNOWN = {"person": "Ann", "appid": "wx5a4db000000000a1", "number": "1", "preset": "code-replayed"}
"""What no text at random would be."""


@pytest.fixture(scope="module")
def app() -> SandboxApp:
    return SandboxApp(Worlds(World(accounts=[numbered_account(0xA1)], clock=Clock(at=1_795_000_000, frozen=True))))


def ask(app, operation, mode, checks) -> None:
    """Ask at random, every second time for what there is, as far as the path goes."""

    @settings(max_examples=20, deadline=None, database=None)
    @given(operation.as_strategy(generation_mode=mode), st.booleans() if mode.is_positive else st.just(False))
    def asked(case, known):
        if operation.path == WAIT:
            case.query["timeout_seconds"] = 0
        if known:
            case.query.pop("world", None)
            case.path_parameters.update({name: KNOWN.get(name, drawn) for name, drawn in case.path_parameters.items()})
        case.call_and_validate(app=app, base_url="http://127.0.0.1", checks=checks)

    asked()


def checks_of(operation):
    """All checks, but what is waited for in vain is a 504, as it is documented."""
    return AS_PROMISED[1:] if operation.path == WAIT else AS_PROMISED


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_what_the_document_allows_is_answered_as_it_promises(app, operation):
    ask(app, operation, GenerationMode.POSITIVE, checks_of(operation))


@pytest.mark.parametrize("operation", TYPED, ids=lambda operation: operation.label)
def test_what_the_document_forbids_is_refused_as_it_promises(app, operation):
    ask(app, operation, GenerationMode.NEGATIVE, [*checks_of(operation), conforming.negative_data_rejection])
