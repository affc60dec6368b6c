"""Runs a test against a client that blocks and against its twin that awaits; and walks links of a sandbox."""

import asyncio
import http.client
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import wxauth
from wxauth import Endpoints


class Colour:
    """Makes clients of one colour, and calls them from a test that is not async."""

    def __init__(self, name: str, url: str) -> None:
        self.name = name
        self.endpoints = Endpoints.sandbox(url)
        self._runner = asyncio.Runner()
        self._made: list[Any] = []

    def client(self, kind: str, *arguments: Any, **options: Any) -> "Ran":
        made = getattr(wxauth, f"Async{kind}" if self.name == "async" else kind)(
            *arguments, **{"endpoints": self.endpoints} | options
        )
        self._made.append(made)
        return Ran(made, self)

    def of(self, made: Any) -> "Ran":
        """What another client has made."""
        return Ran(made, self)

    def result(self, answer: Any) -> Any:
        return self._runner.run(answer) if asyncio.iscoroutine(answer) else answer

    def close(self) -> None:
        for client in self._made:
            self.result(client.close())
        self._runner.close()


class Ran:
    """A client of either colour, whose methods answer at once."""

    def __init__(self, client: Any, colour: Colour) -> None:
        self.inner = client
        self._colour = colour

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.inner, name)
        return lambda *arguments, **options: self._colour.result(method(*arguments, **options))


def walked(url: str, until: str, **headers: str) -> dict[str, str]:
    """Follow a link's redirects; the parameters with which it comes back to the site."""
    sent = {name.replace("_", "-"): quote(value, safe="/ ") for name, value in headers.items()}
    while not url.startswith(until):
        parts = urlsplit(url)
        connection = http.client.HTTPConnection(parts.netloc)
        connection.request("GET", f"{parts.path}?{parts.query}", headers=sent)
        answer = connection.getresponse()
        assert answer.status in (301, 302, 303), answer.read().decode()
        url = answer.headers["Location"]
        url = url if url.startswith("http") else f"http://{parts.netloc}{url}"
        connection.close()
    return dict(parse_qsl(urlsplit(url).query))


def page(url: str, **headers: str) -> str:
    """What stands at an address."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc)
    sent = {name.replace("_", "-"): quote(value, safe="/ ") for name, value in headers.items()}
    connection.request("GET", f"{parts.path}?{parts.query}", headers=sent)
    answer = connection.getresponse()
    text = answer.read().decode()
    assert answer.status == 200, text
    connection.close()
    return text
