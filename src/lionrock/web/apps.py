"""The shell around every page, as a Django app: its templates and files come first."""

from typing import Any

from django.apps import AppConfig


class WebConfig(AppConfig):
    """The app "web"."""

    name = "lionrock.web"
    label = "web"

    def ready(self) -> None:
        """Listen to allauth's second-step signals: it tells about these in no other way."""
        from allauth.mfa import signals  # noqa: PLC0415  # needs the apps to be loaded

        signals.authenticator_added.connect(added)
        signals.authenticator_removed.connect(removed)
        signals.authenticator_reset.connect(renewed)
        signals.authentication_failed.connect(failed)


def added(**told: Any) -> None:  # Any: what a signal tells
    """A second step was added."""
    tell("second-step.added", **told)


def removed(**told: Any) -> None:  # Any: as above
    """A second step was removed."""
    tell("second-step.removed", **told)


def renewed(**told: Any) -> None:  # Any: as above
    """Recovery codes were renewed."""
    tell("second-step.renewed", **told)


def failed(**told: Any) -> None:  # Any: as above
    """A second step was tried and refused."""
    tell("second-step.failed", **told)


def tell(action: str, *, user: Any, authenticator: Any = None, **_: Any) -> None:  # Any: as above
    """Record it."""
    from lionrock.web.accounts import second_step  # noqa: PLC0415  # needs the apps to be loaded

    second_step(action, person=user, authenticator=authenticator)
