"""The addresses of the streams' pages."""

from django.urls import URLPattern, path

from lionrock.desk.streams.views import acts, pages

app_name = "streams"
urlpatterns: list[URLPattern] = [
    path("", pages.stream_list, name="list"),
    path("add/", acts.add, name="add"),
    path("logs/", acts.follow, name="follow"),
    path("<str:name>/", pages.stream, name="stream"),
    path("<str:name>/rejects/", pages.rejects, name="rejects"),
    path("<str:name>/start/", acts.start, name="start"),
    path("<str:name>/stop/", acts.stop, name="stop"),
    path("<str:name>/seen/", acts.seen, name="seen"),
    path("<str:name>/skip/", acts.skip, name="skip"),
    path("<str:name>/secret/", acts.secret, name="secret"),
    path("<str:name>/alarms/<int:pk>/", pages.evidence, name="evidence"),
]
