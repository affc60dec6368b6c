"""What the exit status of a command tells a script."""

from __future__ import annotations

import click

from wxauth.errors import DeadlineExceeded, UpstreamProtocolError, UpstreamUnavailable, UsageError, WxAuthError


class Refused(click.ClickException):
    """WeChat said no, a check failed, or something else went wrong."""

    exit_code = 1


class Misused(click.ClickException):
    """A value that cannot work, like an option that does not exist; WeChat was not asked."""

    exit_code = 2


class OutOfReach(click.ClickException):
    """WeChat did not answer, not in time, or not in its own protocol."""

    exit_code = 3


class Unfinished(click.ClickException):
    """It stopped before the end, as it was told to; the same command goes on."""

    exit_code = 4


def failure(error: WxAuthError) -> click.ClickException:
    """How a command ends that met an error of ours."""
    if isinstance(error, UsageError):
        return Misused(str(error))
    if isinstance(error, UpstreamUnavailable | DeadlineExceeded | UpstreamProtocolError):
        return OutOfReach(str(error))
    return Refused(str(error))
