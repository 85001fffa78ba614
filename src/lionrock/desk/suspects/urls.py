"""The addresses of the queue's pages."""

from django.urls import URLPattern, path

from lionrock.desk.suspects.views import (
    again,
    exports,
    found_series,
    front,
    opinions,
    proposals,
    queue,
    readings,
    series,
    suspect,
    team,
)

app_name = "suspects"
urlpatterns: list[URLPattern] = [
    path("", front.front, name="front"),
    path("queue/", queue.queue, name="queue"),
    path("suspects/", queue.everything, name="list"),
    path("series/", found_series.series_list, name="found-series"),
    path("judge-again/", again.again, name="judge-again"),
    path("suspects/<int:pk>/", suspect.suspect, name="suspect"),
    path("suspects/<int:pk>/confirm/", suspect.confirm, name="confirm"),
    path("suspects/<int:pk>/dismiss/", suspect.dismiss, name="dismiss"),
    path("suspects/<int:pk>/undo/", suspect.undo, name="undo"),
    path("suspects/<int:pk>/assign/", suspect.assign, name="assign"),
    path("suspects/<int:pk>/comment/", suspect.comment, name="comment"),
    path("suspects/<int:pk>/series/", series.series, name="series"),
    path("suspects/<int:pk>/series/decide/", series.decide, name="decide-series"),
    path("readings/", readings.reading_list, name="readings"),
    path("readings/<int:pk>/rejects/", readings.rejects, name="rejects"),
    path("readings/opinions/", opinions.opinions, name="opinions"),
    path("proposals/", proposals.proposals, name="proposals"),
    path("proposals/official.toml", proposals.snippet, name="snippet"),
    path("proposals/<int:pk>/accept/", proposals.accept, name="accept-proposal"),
    path("proposals/<int:pk>/reject/", proposals.reject, name="reject-proposal"),
    path("export/", exports.exports, name="exports"),
    path("export/labels/", exports.teach, name="labels"),
    path("export/<str:name>/", exports.export, name="export"),
    path("team/", team.team_settings, name="team"),
]
