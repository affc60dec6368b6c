"""A website with two pages, on a socket of its own: the one that frames the QR login, and the one to come back to."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Website(ThreadingHTTPServer):
    """A site with one page that frames the QR page, and a callback that says so."""

    framed = ""

    @property
    def url(self) -> str:
        return f"http://localhost:{self.server_port}"


class Pages(BaseHTTPRequestHandler):
    server: Website

    def do_GET(self) -> None:
        body = (self.server.framed if self.path == "/" else "back at the site").encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""
