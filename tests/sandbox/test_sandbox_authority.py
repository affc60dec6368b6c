"""The certificates of the sandbox: for whom they hold, for how long, and who can read the keys."""

import os
import socket
import ssl
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from wxauth.sandbox import authority as room
from wxauth.sandbox.authority import HOSTS, Authority, hosts_of


def shaken_hands(context: ssl.SSLContext, host: str, *, trusts: str) -> ssl.SSLSocket:
    """A connection to a server with that context, which the client believes to be ``host``."""
    ours, theirs = socket.socketpair()

    def serve() -> None:
        try:
            context.wrap_socket(theirs, server_side=True).close()
        except OSError:
            theirs.close()

    server = threading.Thread(target=serve)
    server.start()
    client = ssl.create_default_context(cadata=trusts)
    client.verify_flags |= ssl.VERIFY_X509_STRICT
    try:
        return client.wrap_socket(ours, server_hostname=host)
    finally:
        server.join()
        ours.close()


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority.new(HOSTS)


@pytest.mark.parametrize("host", [*HOSTS, "wechat.test"])
def test_a_strict_client_that_trusts_the_authority_takes_the_certificate_for_every_host(host):
    hosts = hosts_of("wechat.test")
    made = Authority.new(hosts)
    with closing(shaken_hands(made.context(hosts), host, trusts=made.pem)) as connection:
        assert connection.version() in ("TLSv1.2", "TLSv1.3")


def test_a_client_that_trusts_another_authority_refuses(authority):
    with pytest.raises(ssl.SSLCertVerificationError):
        shaken_hands(authority.context(HOSTS), "localhost", trusts=Authority.new(HOSTS).pem)


@pytest.mark.parametrize("host", ["www.example.com", "weixin.qq.com", "192.0.2.1"])
def test_what_the_authority_signs_for_any_other_host_is_refused(authority, host):
    """So a key that got lost cannot be used against the rest of the web."""
    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree violation"):
        shaken_hands(authority.context((host,)), host, trusts=authority.pem)


def test_no_client_speaks_with_it_over_an_old_version_of_tls(authority):
    assert authority.context(HOSTS).minimum_version is ssl.TLSVersion.TLSv1_2


def test_what_clients_get_holds_no_key(authority):
    assert authority.pem.count("-----BEGIN") == 1
    assert "PRIVATE" not in authority.pem
    assert "key" not in repr(authority)


def test_the_key_of_the_server_is_never_in_a_file_that_can_be_read_and_no_file_stays(authority, monkeypatch):
    seen = []

    class Folder(room.TemporaryDirectory):
        def cleanup(self):
            for file in Path(self.name).iterdir():
                seen.append((Path(self.name), Path(self.name).stat().st_mode & 0o077, file.read_text()))
            super().cleanup()

        def __exit__(self, *_):
            self.cleanup()

    monkeypatch.setattr(room, "TemporaryDirectory", Folder)
    authority.context(HOSTS)
    [(folder, open_to_others, text)] = seen
    assert open_to_others == 0
    assert "BEGIN ENCRYPTED PRIVATE KEY" in text
    assert "BEGIN PRIVATE KEY" not in text
    assert not folder.exists()


def test_a_kept_authority_is_the_same_at_the_next_start_and_its_file_is_for_its_owner_alone(tmp_path):
    path = tmp_path / "ca.pem"
    first = Authority.kept(path, HOSTS)
    assert path.stat().st_mode & 0o777 == 0o600
    again = Authority.kept(path, HOSTS)
    assert again.pem == first.pem
    with closing(shaken_hands(again.context(HOSTS), "api.weixin.qq.com", trusts=first.pem)) as connection:
        assert connection.version()


def test_a_file_that_others_can_read_is_refused(tmp_path):
    path = tmp_path / "ca.pem"
    Authority.kept(path, HOSTS)
    path.chmod(0o644)
    with pytest.raises(ValueError, match="chmod 600"):
        Authority.kept(path, HOSTS)


def test_a_file_of_something_else_is_refused_and_left_as_it_is(tmp_path, authority):
    for text in ("", "my diary", authority.pem):
        path = tmp_path / "ca.pem"
        path.write_text(text)
        path.chmod(0o600)
        with pytest.raises(ValueError, match="no authority of a sandbox"):
            Authority.kept(path, HOSTS)
        assert path.read_text() == text


def test_a_key_beside_the_certificate_of_another_authority_is_refused(tmp_path, authority):
    path = tmp_path / "ca.pem"
    own = Authority.kept(path, HOSTS)
    path.write_text(path.read_text().replace(own.pem, authority.pem))
    with pytest.raises(ValueError, match="no authority of a sandbox"):
        Authority.kept(path, HOSTS)


def test_an_authority_that_was_made_for_other_hosts_is_refused(tmp_path):
    path = tmp_path / "ca.pem"
    Authority.kept(path, HOSTS)
    with pytest.raises(ValueError, match="other hosts"):
        Authority.kept(path, hosts_of("wechat.test"))


def test_an_authority_that_ends_before_the_certificate_would_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "ca.pem"
    Authority.kept(path, HOSTS)
    monkeypatch.setattr(room, "_now", lambda: datetime.now(UTC) + timedelta(days=3300))
    with pytest.raises(ValueError, match="runs out"):
        Authority.kept(path, HOSTS)


def test_certificates_hold_from_a_day_ago_and_not_longer_than_browsers_take(authority):
    now = datetime.now(UTC)
    assert timedelta(hours=23) < now - authority.certificate.not_valid_before_utc < timedelta(hours=25)
    with closing(shaken_hands(authority.context(HOSTS), "localhost", trusts=authority.pem)) as connection:
        shown = x509.load_der_x509_certificate(connection.getpeercert(binary_form=True))
    assert shown.not_valid_after_utc - shown.not_valid_before_utc <= timedelta(days=398)


@pytest.mark.skipif(os.name != "posix", reason="rights of files as POSIX has them")
def test_the_rights_of_a_new_file_do_not_follow_the_umask(tmp_path):
    before = os.umask(0)
    try:
        Authority.kept(tmp_path / "ca.pem", HOSTS)
    finally:
        os.umask(before)
    assert (tmp_path / "ca.pem").stat().st_mode & 0o777 == 0o600
