"""Who may open what: every address and every operation of the API, tried by everybody."""

import json
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from typing import Final

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from lionrock.desk.alerts.selectors.public import Narrowed
from lionrock.desk.people.models import Person
from lionrock.desk.people.roles import TEAM, Role
from lionrock.desk.people.tokens import Scope, make_token
from lionrock.web.api import api
from tests.people.someone import NOW, someone, with_password

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

ANYBODY: Final = frozenset({None, *Role})
SIGNED_IN: Final = frozenset(Role)
DESK: Final = frozenset(TEAM)
ADMINISTRATOR: Final = frozenset({Role.ADMINISTRATOR})
DECIDERS: Final = frozenset({Role.APPROVER, Role.ADMINISTRATOR})
OWN: Final = frozenset({Role.CONSTITUENT})
EXPORTERS: Final = DECIDERS | {Role.PARTNER}

PAGES: Final[dict[str, frozenset[Role | None]]] = {
    "health": ANYBODY,
    "language": ANYBODY,
    "account_login": ANYBODY,
    "account_logout": ANYBODY,  # says so, and does nothing, to somebody who is not signed in
    "account_inactive": ANYBODY,
    "account_reauthenticate": SIGNED_IN,
    "account_change_password": SIGNED_IN,
    "account_set_password": SIGNED_IN,
    "mfa_index": SIGNED_IN,
    "mfa_authenticate": ANYBODY,  # the second step: password given, not signed in yet
    "mfa_reauthenticate": SIGNED_IN,
    "mfa_activate_totp": SIGNED_IN,
    "mfa_deactivate_totp": SIGNED_IN,
    "mfa_view_recovery_codes": SIGNED_IN,
    "mfa_generate_recovery_codes": SIGNED_IN,
    "mfa_download_recovery_codes": SIGNED_IN,
    "mfa_list_webauthn": SIGNED_IN,
    "mfa_add_webauthn": SIGNED_IN,
    "mfa_reauthenticate_webauthn": SIGNED_IN,
    "mfa_remove_webauthn": SIGNED_IN,
    "mfa_edit_webauthn": SIGNED_IN,
    "mfa_login_webauthn": ANYBODY,
    "people:welcome": ANYBODY,  # the link's key is what lets in
    "people:profile": SIGNED_IN,
    "people:tokens": SIGNED_IN,
    "people:revoke": SIGNED_IN,
    "people:list": ADMINISTRATOR,
    "people:person": ADMINISTRATOR,
    "people:link": ADMINISTRATOR,
    "people:active": ADMINISTRATOR,
    "people:forget": ADMINISTRATOR,
    "audit:log": ADMINISTRATOR,
    "streams:list": DESK,
    "streams:stream": DESK,
    "streams:rejects": DESK,
    "streams:evidence": DESK,
    "streams:add": ADMINISTRATOR,
    "streams:follow": ADMINISTRATOR,
    "streams:start": ADMINISTRATOR,
    "streams:stop": ADMINISTRATOR,
    "streams:seen": ADMINISTRATOR,
    "streams:skip": ADMINISTRATOR,
    "streams:secret": ADMINISTRATOR,
    "trends:list": DESK,
    "trends:trend": DESK,
    "trends:draft": DESK,
    "trends:wish": DESK,
    "trends:take-back": DESK,
    "feeds:list": DESK,
    "feeds:feed": DESK,
    "feeds:change": ADMINISTRATOR,
    "feeds:collect": DESK,
    "feeds:mute": DESK,
    "feeds:upload": DESK,
    "feeds:replay": DECIDERS,
    "feeds:apply-replay": DECIDERS,
    "feeds:deliveries": DESK,
    "feeds:delivery": DESK,
    "feeds:download": DESK,
    "feeds:again": DESK,
    "events:list": DESK,
    "events:export": DESK,
    "events:event": DESK,
    "events:episodes": DESK,
    "events:episode": DESK,
    "events:say": DESK,
    "events:rejects": DESK,
    "suspects:front": SIGNED_IN,  # who is not of the team is sent on from there
    "suspects:queue": DESK,
    "suspects:list": DESK,
    "suspects:suspect": DESK,
    "suspects:confirm": DESK,
    "suspects:dismiss": DESK,
    "suspects:undo": DESK,
    "suspects:assign": DESK,
    "suspects:comment": DESK,
    "suspects:judge-again": DESK,
    "suspects:found-series": DESK,
    "suspects:series": DESK,
    "suspects:decide-series": DESK,
    "suspects:readings": DESK,
    "suspects:rejects": DESK,
    "suspects:opinions": DESK,
    "suspects:proposals": DESK,
    "suspects:snippet": DESK,
    "suspects:accept-proposal": DECIDERS,
    "suspects:reject-proposal": DECIDERS,
    "suspects:exports": EXPORTERS,
    "suspects:export": EXPORTERS,
    "suspects:labels": DECIDERS,
    "suspects:team": ADMINISTRATOR,
    "news:list": DESK,
    "news:story": DESK,
    "news:away": DESK,
    "news:sources": DESK,
    "news:source": DESK,
    "news:follow": ADMINISTRATOR,
    "cases:list": DESK,
    "cases:case": DESK,
    "cases:rejects": DESK,
    "cases:replay": DESK,
    "cases:aside": DECIDERS,
    "models:list": ADMINISTRATOR,
    "models:switch": ADMINISTRATOR,
    "models:back": ADMINISTRATOR,
    "constituents:list": DESK,
    "constituents:add": DECIDERS,
    "constituents:import": DECIDERS,
    "constituents:apply-import": DECIDERS,
    "constituents:registries": DECIDERS,
    "constituents:who": DESK,
    "constituents:rules": DESK,
    "constituents:rule": DECIDERS,
    "constituents:remove-rule": DECIDERS,
    "sample:sample": DESK,
    "sample:forget": ADMINISTRATOR,
    "sample:take-as-real": ADMINISTRATOR,
    "constituents:passing": DESK,
    "constituents:passing-rule": DECIDERS,
    "constituents:remove-passing": DECIDERS,
    "constituents:constituent": DESK,
    "constituents:fixing": DESK,
    "constituents:edit": DECIDERS,
    "constituents:wishes": DECIDERS,
    "constituents:mode": DECIDERS,
    "constituents:active": DECIDERS,
    "constituents:add-holdings": DECIDERS,
    "constituents:remove-holding": DECIDERS,
    "constituents:add-contact": DECIDERS,
    "constituents:act-on-contact": DECIDERS,
    "constituents:contact": DECIDERS,
    "constituents:invite": ADMINISTRATOR,
    "constituents:release": ADMINISTRATOR,
    "notices:list": DESK,
    "notices:approve-many": DECIDERS,
    "notices:attention": DESK,
    "notices:answer": DESK,
    "notices:answer-mail": DESK,
    "notices:look": DECIDERS,
    "notices:letter": DESK,
    "notices:settle": DECIDERS,
    "notices:caught": DESK,
    "notices:caught-letter": DESK,
    "notices:mailing": ADMINISTRATOR,
    "notices:test-letter": ADMINISTRATOR,
    "notices:sign": ADMINISTRATOR,
    "notices:stop": DESK,  # whoever sees something going wrong may stop it
    "notices:start": DECIDERS,
    "notices:notice": DESK,
    "notices:approve": DECIDERS,
    "notices:hold": DESK,
    "notices:act": DECIDERS,
    "alerts:list": DESK,
    "alerts:begin": DESK,
    "alerts:figures": DESK,
    "alerts:draft": DESK,
    "alerts:versions": DESK,
    "alerts:change": DESK,
    "alerts:step": DESK,
    "alerts:decide": DECIDERS,
    "public:front": ANYBODY,
    "public:list": ANYBODY,
    "public:list-json": ANYBODY,
    "public:atom": ANYBODY,
    "public:rss": ANYBODY,
    "public:alert": ANYBODY,
    "public:csaf": ANYBODY,
    "public:file": ANYBODY,
    "public:subscribe": ANYBODY,
    "public:confirm": ANYBODY,
    "public:leave": ANYBODY,
    "public:lost": ANYBODY,
    "reports:list": DESK,
    "reports:quarter": DESK,
    "reports:make": DECIDERS,
    "reports:preview": DESK,
    "reports:new-topic": DESK,
    "reports:topic": DESK,
    "reports:topic-out": DESK,
    "reports:file": DESK,
    "portal:front": OWN,
    "portal:episodes": OWN,
    "portal:notices": OWN,
    "portal:notice": OWN,
    "portal:answer": OWN,
    "portal:wishes": OWN,
    "portal:edit-wishes": OWN,
    "portal:propose": OWN,
    "api:openapi-json": ANYBODY,
    "api:api-root": ANYBODY,
}
"""Who may open each address, by its name. ``None`` is somebody who is not signed in."""

OPERATIONS: Final[dict[str, tuple[Scope, frozenset[Role]]]] = {
    "submit_names": (Scope.SUBMIT, DESK),
    "list_suspects": (Scope.READ, DESK),
    "read_suspect": (Scope.READ, DESK),
    "decide_suspect": (Scope.DECIDE, DESK),
    "explain_suspect": (Scope.READ, DESK),
    "list_events": (Scope.REPORTS, DESK | {Role.PARTNER}),
    "list_episodes": (Scope.REPORTS, DESK | {Role.PARTNER}),
    "read_episode": (Scope.REPORTS, DESK | {Role.PARTNER}),
    "list_feeds": (Scope.REPORTS, DESK),
    "push_delivery": (Scope.PUSH, DESK),
    "my_episodes": (Scope.OWN_READ, OWN),
    "my_notices": (Scope.OWN_READ, OWN),
    "answer_my_notice": (Scope.OWN_ANSWER, OWN),
}
"""The scope each operation of the API needs, and the roles its token's owner may have."""

ARGUMENTS: Final = {
    "pk": 1,
    "feed": "urlhaus",
    "key": "forged",
    "name": "hosts.txt",
    "suspect_id": 1,
    "contact": 1,
    "folder": "en",
    "edition": "2.0",
    "slug": "lr-2026-0001",
    "suffix": "stix.json",
    "quarter": "2026Q3",
    "version": 1,
    "narrowed": Narrowed(),
    "rest": "nothing-here/",
}


def addresses() -> Iterator[tuple[str, list[str]]]:
    """Yield every address below the root: its full name, and the arguments it takes."""

    def walk(
        resolver: URLResolver, spaces: tuple[str, ...], above: list[str]
    ) -> Iterator[tuple[str, list[str]]]:
        for pattern in resolver.url_patterns:
            taken = [*above, *pattern.pattern.converters]
            if isinstance(pattern, URLResolver):
                named = (*spaces, pattern.namespace) if pattern.namespace else spaces
                yield from walk(pattern, named, taken)
            else:
                yield ":".join((*spaces, pattern.name or str(pattern.pattern))), taken

    return walk(get_resolver(), (), [])


ALL: Final = dict(addresses())
OWN_API: Final = {f"api:{operation_id}" for operation_id in OPERATIONS}
TRIED: Final = sorted(set(ALL) - OWN_API)


def test_every_address_is_declared_and_every_declared_one_exists() -> None:
    assert set(TRIED) == set(PAGES)


def test_every_operation_is_declared_and_every_declared_one_exists() -> None:
    operations = {operation_id for _, _, operation_id in operations_of_the_schema()}
    assert operations == set(OPERATIONS)


@pytest.mark.parametrize("name", sorted(PAGES))
@pytest.mark.parametrize("role", [None, *Role], ids=lambda role: role or "not-signed-in")
def test_an_address_opens_for_those_it_is_for(name: str, role: Role | None, client: Client) -> None:
    if role is not None:
        client.force_login(with_password(role))

    assert opens(client, name) is (role in PAGES[name])


def test_somebody_without_any_role_opens_only_what_everybody_may(client: Client) -> None:
    client.force_login(with_password())
    opened = {name for name in PAGES if name != "account_logout" and opens(client, name)}

    assert opened | {"account_logout"} == {
        name for name, roles in PAGES.items() if roles >= SIGNED_IN
    }


def opens(client: Client, name: str) -> bool:
    """Tell whether the address lets the client in: neither 403 nor sent to sign in first."""
    address = reverse(name, kwargs={each: ARGUMENTS[each] for each in ALL[name]})
    response = client.get(address)
    if response.status_code == 405:
        response = client.post(address)
    assert response.status_code < 500, f"{name} broke"
    sent_to_sign_in = response.status_code == 302 and response["Location"].startswith(
        reverse("account_login") + "?next="
    )
    return not sent_to_sign_in and response.status_code != 403


@cache
def operations_of_the_schema() -> list[tuple[str, str, str]]:
    return [
        (path, method, operation["operationId"])
        for path, methods in api.get_openapi_schema()["paths"].items()
        for method, operation in methods.items()
    ]


@pytest.mark.parametrize("operation", sorted(OPERATIONS))
def test_an_operation_refuses_whoever_shows_no_token(operation: str, client: Client) -> None:
    client.force_login(someone(*Role))  # being signed in is not enough

    assert call(client, operation, secret="") == 401
    assert call(client, operation, secret="lr_made-up") == 401


@pytest.mark.parametrize("operation", sorted(OPERATIONS))
@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("scope", list(Scope))
def test_an_operation_needs_its_scope_and_a_role_to_match(
    operation: str, role: Role, scope: Scope, client: Client
) -> None:
    needed, roles = OPERATIONS[operation]
    status = call(client, operation, secret=token(someone(role), scope))

    assert (status != 403) is (scope is needed and role in roles)


def token(owner: Person, scope: Scope) -> str:
    made = make_token(
        owner=owner, name="test", scopes=[scope], lifetime=timedelta(days=36500), now=NOW
    )
    return made[1]


def call(client: Client, operation: str, *, secret: str) -> int:
    path, method = next(
        (path, method) for path, method, name in operations_of_the_schema() if name == operation
    )
    response = client.generic(
        method.upper(),
        path.replace("{suspect_id}", "1")
        .replace("{episode_id}", "1")
        .replace("{feed}", "shadowserver"),
        # Not a valid body: this asks who may, not what happens then.
        json.dumps({}) if method == "post" else "",
        content_type="application/json",
        headers={"authorization": f"Bearer {secret}"} if secret else {},
    )
    assert response.status_code < 500
    return response.status_code
