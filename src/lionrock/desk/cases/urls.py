"""The addresses of the pages of cases."""

from django.urls import URLPattern, path

from lionrock.desk.cases import views

app_name = "cases"
urlpatterns: list[URLPattern] = [
    path("", views.case_list, name="list"),
    path("<int:pk>/", views.case, name="case"),
    path("rejects/", views.reject_list, name="rejects"),
    path("rejects/replay/", views.replay, name="replay"),
    path("rejects/<int:pk>/aside/", views.aside, name="aside"),
]
