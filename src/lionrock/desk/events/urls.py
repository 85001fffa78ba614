"""The addresses of events, episodes and rejects."""

from django.urls import URLPattern, path

from lionrock.desk.events.views import episodes, events, exports, rejects

app_name = "events"
urlpatterns: list[URLPattern] = [
    path("events/", events.event_list, name="list"),
    path("events/export/<str:name>/", exports.export, name="export"),
    path("events/<int:pk>/", events.event, name="event"),
    path("episodes/", episodes.episode_list, name="episodes"),
    path("episodes/<int:pk>/", episodes.episode, name="episode"),
    path("episodes/<int:pk>/say/", episodes.say, name="say"),
    path("rejects/", rejects.reject_list, name="rejects"),
]
