"""The page about these clients shows what the tests of them run."""

import inspect
from pathlib import Path

import django_site
import pytest
import social_core_backends

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "clients-against-the-sandbox.md"
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
    assert inspect.getsource(part) in PAGE.read_text(encoding="utf-8")
