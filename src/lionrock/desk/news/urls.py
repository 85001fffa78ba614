"""The addresses of the pages of news."""

from django.urls import URLPattern, path

from lionrock.desk.news import views

app_name = "news"
urlpatterns: list[URLPattern] = [
    path("", views.story_list, name="list"),
    path("<int:pk>/", views.story, name="story"),
    path("<int:pk>/away/", views.away, name="away"),
    path("sources/", views.source_list, name="sources"),
    path("sources/<str:name>/", views.source, name="source"),
    path("sources/<str:name>/follow/", views.follow, name="follow"),
]
