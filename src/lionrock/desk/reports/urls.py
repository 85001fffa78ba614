"""The addresses of the pages of reports."""

from django.urls import URLPattern, path

from lionrock.desk.reports import views

app_name = "reports"
urlpatterns: list[URLPattern] = [
    path("", views.report_list, name="list"),
    path("<slug:quarter>/", views.quarter, name="quarter"),
    path("<slug:quarter>/make/", views.make_report, name="make"),
    path("<slug:quarter>/preview/", views.preview, name="preview"),
    path("<slug:quarter>/topics/new/", views.new_topic, name="new-topic"),
    path("<slug:quarter>/topics/<slug:key>/", views.topic, name="topic"),
    path("<slug:quarter>/topics/<slug:key>/out/", views.topic_out, name="topic-out"),
    path("<slug:quarter>/<int:version>/<str:name>", views.download, name="file"),
]
