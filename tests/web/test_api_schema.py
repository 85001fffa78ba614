"""The HTTP API does what its schema says, whatever a program sends."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.utils import timezone
from hypothesis import HealthCheck, settings

from lionrock.desk.people.roles import Role
from lionrock.desk.people.tokens import Scope, make_token
from lionrock.web.wsgi import application
from tests.people.someone import someone
from tests.web.suspects import store

schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)


@pytest.fixture
def one_connection(db: None) -> Iterator[None]:
    """Keep the test's own database connection open after each request, as Django's client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def secret(one_connection: None) -> str:
    """A token of an analyst who finds two suspects: made once, and not for every request anew."""
    analyst = someone(Role.ANALYST)
    store("hsbc-login.example", "wsdgov1.example")
    return make_token(
        owner=analyst,
        name="test",
        scopes=list(Scope),
        lifetime=timedelta(days=1),
        now=timezone.now(),
    )[1]


@schema.parametrize()
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_every_operation_answers_as_its_schema_says(
    case: schemathesis.Case[Any], secret: str
) -> None:
    # Some requests are wrong only in the header that is set right here, so that they are answered.
    case.call_and_validate(
        headers={"Authorization": f"Bearer {secret}"},
        excluded_checks=[schemathesis.checks.negative_data_rejection],
    )
