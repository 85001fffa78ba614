"""The addresses of the analysts' pages of alerts."""

from django.urls import URLPattern, path

from lionrock.desk.alerts.views import acts, board, draft

app_name = "alerts"
urlpatterns: list[URLPattern] = [
    path("", board.alert_list, name="list"),
    path("new/", board.begin, name="begin"),
    path("figures/", board.work_figures, name="figures"),
    path("<int:pk>/", draft.draft, name="draft"),
    path("<int:pk>/versions/", draft.versions, name="versions"),
    path("<int:pk>/change/", acts.change, name="change"),
    path("<int:pk>/step/", acts.step, name="step"),
    path("<int:pk>/decide/", acts.decide, name="decide"),
]
