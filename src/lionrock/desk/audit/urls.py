"""The address of the audit log."""

from django.urls import URLPattern, path

from lionrock.desk.audit import views

app_name = "audit"
urlpatterns: list[URLPattern] = [path("", views.log, name="log")]
