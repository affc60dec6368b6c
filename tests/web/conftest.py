"""Every application of these tests, once per framework."""

from __future__ import annotations

from functools import partial

import pytest
from sites import FRAMEWORKS, Site, SiteBuilder, build


@pytest.fixture(params=FRAMEWORKS)
def make_site(request: pytest.FixtureRequest) -> SiteBuilder:
    """Builds a site with other arguments of SignIn than the usual ones."""
    return partial(build, request.param)


@pytest.fixture
def site(make_site: SiteBuilder) -> Site:
    return make_site()
