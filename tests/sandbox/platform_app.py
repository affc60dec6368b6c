"""An application of a third-party platform that WeChat pushes its events to."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from queue import Empty, Queue
from threading import Thread
from urllib.parse import parse_qs, urlsplit
from xml.etree.ElementTree import fromstring

from wechatpy.component import WeChatComponent

from wxauth.sandbox.accounts import Account

SECONDS = 10


class App:
    """An application that takes events, as wechatpy reads them, and answers as it is told to."""

    def __init__(self, component: WeChatComponent) -> None:
        self.tickets: Queue[str] = Queue()
        self.events: Queue[dict[str, str]] = Queue()
        self.answer = (200, b"success")
        app = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
                body = self.rfile.read(int(self.headers["Content-Length"]))
                sealed = (body, query["msg_signature"], query["timestamp"], query["nonce"])
                told = {child.tag: child.text or "" for child in fromstring(component.crypto.decrypt_message(*sealed))}
                if told["InfoType"] == "component_verify_ticket":
                    component.parse_message(*sealed)
                    app.tickets.put(component.component_verify_ticket)
                else:
                    app.events.put(told)
                status, text = app.answer
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *args):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/events?from=wechat"

    def next_ticket(self) -> str:
        return self.tickets.get(timeout=SECONDS)

    def next_event(self) -> dict[str, str]:
        """The next event that is no ticket."""
        return self.events.get(timeout=SECONDS)

    def silent(self) -> bool:
        try:
            self.tickets.get(timeout=0.1)
        except Empty:
            return True
        return False


@contextmanager
def listening(account: Account) -> Iterator[App]:
    """The application of a platform, on a socket of its own."""
    push = account.push
    app = App(WeChatComponent(account.appid, account.secret, push.token, push.encoding_aes_key))
    thread = Thread(target=app.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield app
    finally:
        app.server.shutdown()
        app.server.server_close()
        thread.join(SECONDS)
