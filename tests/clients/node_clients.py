"""npm's clients, asked by lines of JSON; and a network in which WeChat's names lead to the sandbox."""

import json
import os
import shutil
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest

from wxauth.sandbox.serve import Running

HERE = Path(__file__).parent / "node"
PACKAGES = Path(sys.prefix) / "node" / "node_modules"


class ClientError(Exception):
    """What a client threw."""

    def __init__(self, *, name: str, message: str, code: int | str | None = None) -> None:
        super().__init__(f"{name} {code}: {message}")
        self.name, self.code = name, code


@dataclass(frozen=True)
class NodeClient:
    """A client in a process of its own; each of its functions is a method here."""

    process: subprocess.Popen[str]

    def __getattr__(self, function: str):
        return lambda *given: self._ask(function, *given)

    def _ask(self, *question: object) -> Any:
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, "the client has ended"
        answered = json.loads(line)
        if "error" in answered:
            raise ClientError(**answered["error"])
        return answered["answer"]


def need_node() -> None:
    """Skip where there is no node, or its packages are not installed; in CI there have to be."""
    missing = "node" if shutil.which("node") is None else "what npm ci installs" if not PACKAGES.exists() else ""
    if missing and os.environ.get("CI") == "true":
        pytest.fail(f"{missing} is missing: make test installs it")
    if missing:
        pytest.skip(f"{missing} is missing: install nodejs and npm, then make test")


@contextmanager
def node_client(name: str, sandbox: Running, ca_file: Path) -> Iterator[NodeClient]:
    """The client of a file in the folder of node, led to the sandbox under WeChat's names."""
    command = ["node", "--no-deprecation", "--require", "./lead-to-sandbox.cjs", "ask-client.cjs", name]
    environment = {
        "PATH": os.environ["PATH"],
        "NODE_PATH": str(PACKAGES),
        "NODE_EXTRA_CA_CERTS": str(ca_file),
        "WXAUTH_SANDBOX_URL": sandbox.url,
    }
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, cwd=HERE, env=environment, text=True, encoding="utf-8", **pipes) as process:
        yield NodeClient(process)
        process.stdin.close()
        assert process.wait(5) == 0


class InPlaceOfWeChat(httpx2.HTTPTransport):
    """Leads every name to the sandbox, and asks for it by that name."""

    def __init__(self, sandbox: Running) -> None:
        super().__init__(verify=ssl.create_default_context(cadata=sandbox.ca_pem))
        self._there = urlsplit(sandbox.url)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        request.extensions["sni_hostname"] = request.url.host
        request.url = request.url.copy_with(host=self._there.hostname, port=self._there.port)
        return super().handle_request(request)
