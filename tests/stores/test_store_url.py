"""Urls of stores."""

import pytest

from wxauth.errors import StoreError, UsageError
from wxauth.stores.memory import AsyncMemoryStore, MemoryStore
from wxauth.stores.sqlite import AsyncSQLiteStore, SQLiteStore
from wxauth.stores.url import open_async_store, open_store


@pytest.mark.parametrize("url", ["memory:", "memory://"])
async def test_memory_is_one_word(url) -> None:
    with open_store(url) as store:
        assert type(store) is MemoryStore
    async with open_async_store(url) as astore:
        assert type(astore) is AsyncMemoryStore


async def test_three_slashes_are_a_path_from_here(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    with open_store("sqlite:///one.db") as store:
        assert type(store) is SQLiteStore
    async with open_async_store("sqlite:///two.db") as astore:
        assert type(astore) is AsyncSQLiteStore
    assert (tmp_path / "one.db").exists()
    assert (tmp_path / "two.db").exists()


def test_four_slashes_are_a_path_from_the_root(tmp_path) -> None:
    with open_store(f"sqlite:///{tmp_path}/a b%20钥.db") as store:
        store.put("k", b"v", ttl_seconds=60)
    assert (tmp_path / "a b%20钥.db").exists()


def test_a_file_that_cannot_serve_is_a_store_error(tmp_path) -> None:
    with pytest.raises(StoreError, match="folder does not exist"):
        open_store(f"sqlite:///{tmp_path}/missing/a.db")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("sqllite:///a.db", "no sqllite store, did you mean sqlite?"),
        ("SQLLITE:///a.db", "no sqllite store, did you mean sqlite?"),
        ("mem:", "no mem store, did you mean memory?"),
        ("mongodb://h", "no mongodb store;"),
        ("redis://:hidden@h/0", "no redis store yet"),
        ("postgresql://u:hidden@h/d", "no postgresql store yet"),
        ("sqlite:a.db", "not how a sqlite store is written"),
        ("sqlite://hidden/a.db", "not how a sqlite store is written"),
        ("memory:hidden", "not how a memory store is written"),
        ("sqlite:///", "name of a file"),
        ("sqlite:///:memory:", "MemoryStore"),
        ("hidden.db", "begins with its kind"),
        ("", "begins with its kind"),
    ],
)
@pytest.mark.parametrize("opened", [open_store, open_async_store])
def test_any_other_url_is_refused_without_what_may_be_a_password(opened, url, words) -> None:
    with pytest.raises(UsageError) as caught:
        opened(url)
    assert words in str(caught.value)
    assert "hidden" not in str(caught.value)


def test_an_unknown_kind_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match=r"memory: .* sqlite:///relative\.db or sqlite:////absolute\.db"):
        open_store("mongodb://h")
