"""The addresses of people's pages."""

from django.urls import URLPattern, path

from lionrock.desk.people import views

app_name = "people"
urlpatterns: list[URLPattern] = [
    path("", views.people, name="list"),
    path("me/", views.profile, name="profile"),
    path("me/tokens/", views.tokens, name="tokens"),
    path("me/tokens/<int:pk>/revoke/", views.revoke, name="revoke"),
    path("<int:pk>/", views.person, name="person"),
    path("<int:pk>/link/", views.new_link, name="link"),
    path("<int:pk>/active/", views.set_active, name="active"),
    path("<int:pk>/two-step/remove/", views.forget_second_steps, name="forget"),
    path("welcome/<str:key>/", views.welcome, name="welcome"),
]
