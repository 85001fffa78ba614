"""The addresses of the sample's page."""

from django.urls import URLPattern, path

from lionrock.desk.sample import views

app_name = "sample"
urlpatterns: list[URLPattern] = [
    path("", views.sample, name="sample"),
    path("forget/", views.forget, name="forget"),
    path("real/", views.take_as_real, name="take-as-real"),
]
