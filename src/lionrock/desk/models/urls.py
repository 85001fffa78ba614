"""The addresses of the registry of models."""

from django.urls import URLPattern, path

from lionrock.desk.models import views

app_name = "models"
urlpatterns: list[URLPattern] = [
    path("", views.models, name="list"),
    path("switch/", views.switch, name="switch"),
    path("back/", views.back, name="back"),
]
