"""The addresses of feeds and deliveries."""

from django.urls import URLPattern, path

from lionrock.desk.feeds.views import deliveries, feeds, replay

app_name = "feeds"
urlpatterns: list[URLPattern] = [
    path("feeds/", feeds.feed_list, name="list"),
    path("feeds/<slug:feed>/", feeds.feed, name="feed"),
    path("feeds/<slug:feed>/change/", feeds.change, name="change"),
    path("feeds/<slug:feed>/collect/", feeds.collect, name="collect"),
    path("feeds/<slug:feed>/mute/", feeds.quiet, name="mute"),
    path("feeds/<slug:feed>/upload/", feeds.upload, name="upload"),
    path("feeds/<slug:feed>/replay/", replay.replay, name="replay"),
    path("feeds/<slug:feed>/replay/apply/", replay.apply, name="apply-replay"),
    path("deliveries/", deliveries.delivery_list, name="deliveries"),
    path("deliveries/<int:pk>/", deliveries.delivery, name="delivery"),
    path("deliveries/<int:pk>/bytes/", deliveries.download, name="download"),
    path("deliveries/<int:pk>/again/", deliveries.again, name="again"),
]
