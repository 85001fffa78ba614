"""The addresses of notices' pages."""

from django.urls import URLPattern, path

from lionrock.desk.notices.views import answers, board, caught, looks, mailing, notice

app_name = "notices"
urlpatterns: list[URLPattern] = [
    path("", board.notices, name="list"),
    path("approve/", board.approve_many, name="approve-many"),
    path("attention/", answers.attention_page, name="attention"),
    path("answers/<int:pk>/", answers.settle_answer, name="answer"),
    path("answers/<int:pk>/mail/", answers.download, name="answer-mail"),
    path("looks/<int:pk>/", looks.look, name="look"),
    path("letters/<int:pk>/", notice.letter, name="letter"),
    path("letters/<int:pk>/settle/", answers.settle_letter, name="settle"),
    path("caught/", caught.letters, name="caught"),
    path("caught/<int:pk>/", caught.letter, name="caught-letter"),
    path("mail/", mailing.settings_page, name="mailing"),
    path("mail/test/", mailing.test_letter, name="test-letter"),
    path("mail/key/", mailing.sign, name="sign"),
    path("mail/stop/", mailing.stop, name="stop"),
    path("mail/start/", mailing.start, name="start"),
    path("<int:pk>/", notice.notice, name="notice"),
    path("<int:pk>/approve/", notice.approve, name="approve"),
    path("<int:pk>/hold/", notice.hold, name="hold"),
    path("<int:pk>/act/", notice.act, name="act"),
]
