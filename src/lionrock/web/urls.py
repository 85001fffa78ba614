"""Every address of the console."""

from allauth.account import views as account
from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, URLResolver, include, path

from lionrock.web import errors, views
from lionrock.web.api import api

operations = api.urls  # made afresh at each look, so looked at once
for operation in operations[0]:
    if callable(operation.callback):
        login_not_required(operation.callback)  # programs show a token instead of signing in

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", views.health, name="health"),
    path("language/", views.language, name="language"),
    # Of allauth's account pages only those the product has a use for: nobody signs up, resets a
    # password by mail or changes the address they are known by.
    path("account/sign-in/", account.login, name="account_login"),
    path("account/sign-out/", account.logout, name="account_logout"),
    path("account/inactive/", account.account_inactive, name="account_inactive"),
    path("account/confirm/", account.reauthenticate, name="account_reauthenticate"),
    path("account/password/", account.password_change, name="account_change_password"),
    path("account/password/set/", account.password_set, name="account_set_password"),
    path("account/two-step/", include("allauth.mfa.urls")),
    path("api/v1/", operations),
    path("people/", include("lionrock.desk.people.urls")),
    path("audit/", include("lionrock.desk.audit.urls")),
    path("streams/", include("lionrock.desk.streams.urls")),
    path("trends/", include("lionrock.desk.trends.urls")),
    path("", include("lionrock.desk.feeds.urls")),
    path("", include("lionrock.desk.events.urls")),
    path("constituents/", include("lionrock.desk.constituents.urls")),
    path("notices/", include("lionrock.desk.notices.urls")),
    path("cases/", include("lionrock.desk.cases.urls")),
    path("news/", include("lionrock.desk.news.urls")),
    path("reports/", include("lionrock.desk.reports.urls")),
    path("drafts/", include("lionrock.desk.alerts.urls")),
    path("alerts/", include("lionrock.desk.alerts.public_urls")),
    path("models/", include("lionrock.desk.models.urls")),
    path("sample/", include("lionrock.desk.sample.urls")),
    path("mine/", include("lionrock.desk.portal.urls")),
    path("", include("lionrock.desk.suspects.urls")),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error
