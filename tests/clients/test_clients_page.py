"""The page about these clients shows what the tests of them run."""

import inspect
import json
from pathlib import Path

import django_site
import pytest
import social_core_backends

from wxauth.sandbox.authority import HOSTS

HERE = Path(__file__).parent
PAGES = HERE.parents[1] / "docs" / "how-to"
SHOWN = (
    social_core_backends.at_sandbox,
    social_core_backends.AtSandbox,
    social_core_backends.Website,
    social_core_backends.OfficialAccount,
    django_site.weixin,
    django_site.lead_to_sandbox,
)


@pytest.mark.parametrize("part", SHOWN, ids=lambda part: part.__name__)
def test_the_page_shows_what_is_run(part):
    page = (PAGES / "clients-against-the-sandbox.md").read_text(encoding="utf-8")
    assert inspect.getsource(part) in page


def test_the_page_about_sdks_as_they_are_shows_what_node_is_run_with():
    page = (PAGES / "unmodified-sdks.md").read_text(encoding="utf-8")
    assert (HERE / "node" / "lead-to-sandbox.cjs").read_text(encoding="utf-8") in page


def test_the_page_leads_every_name_that_the_sandbox_speaks_for_there():
    page = (PAGES / "unmodified-sdks.md").read_text(encoding="utf-8")
    led = [name for line in page.splitlines() if line.startswith("127.0.0.1  ") for name in line.split()[1:]]
    assert sorted(led) == sorted(host for host in HOSTS if host.endswith(".com"))


def test_the_page_tells_the_versions_that_are_run():
    page = (PAGES / "clients-against-the-sandbox.md").read_text(encoding="utf-8")
    installed = json.loads((HERE / "node" / "package.json").read_text(encoding="utf-8"))["dependencies"]
    assert f"co-wechat-oauth {installed['co-wechat-oauth']}" in page
    assert f"TNWX {installed['tnwx']}" in page
