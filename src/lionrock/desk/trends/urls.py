"""The addresses of the trends' pages."""

from django.urls import URLPattern, path

from lionrock.desk.trends.views import pages

app_name = "trends"
urlpatterns: list[URLPattern] = [
    path("", pages.trend_list, name="list"),
    path("<int:pk>/", pages.trend, name="trend"),
    path("<int:pk>/draft/", pages.draft, name="draft"),
    path("<int:pk>/wish/", pages.wish, name="wish"),
    path("wishes/<int:pk>/take-back/", pages.take_back, name="take-back"),
]
