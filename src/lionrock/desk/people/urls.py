"""The addresses of people's pages."""

from django.urls import URLPattern, path

from lionrock.desk.people.views import me, team, welcome

app_name = "people"
urlpatterns: list[URLPattern] = [
    path("", team.people, name="list"),
    path("me/", me.profile, name="profile"),
    path("me/tokens/", me.tokens, name="tokens"),
    path("me/tokens/<int:pk>/revoke/", me.revoke, name="revoke"),
    path("<int:pk>/", team.person, name="person"),
    path("<int:pk>/link/", team.new_link, name="link"),
    path("<int:pk>/active/", team.set_active, name="active"),
    path("<int:pk>/two-step/remove/", team.forget_second_steps, name="forget"),
    path("welcome/<str:key>/", welcome.welcome, name="welcome"),
]
