"""The addresses of the portal."""

from django.urls import URLPattern, path

from lionrock.desk.portal.views import front, notices, wishes

app_name = "portal"
urlpatterns: list[URLPattern] = [
    path("", front.front, name="front"),
    path("reports/", front.episodes, name="episodes"),
    path("notices/", notices.notices, name="notices"),
    path("notices/<int:pk>/", notices.notice, name="notice"),
    path("notices/<int:pk>/answer/", notices.answer, name="answer"),
    path("wishes/", wishes.wishes, name="wishes"),
    path("wishes/<int:pk>/", wishes.edit, name="edit-wishes"),
    path("wishes/<int:pk>/contacts/", wishes.propose, name="propose"),
]
