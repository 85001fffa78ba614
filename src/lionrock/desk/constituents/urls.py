"""The addresses of constituents' pages."""

from django.urls import URLPattern, path

from lionrock.desk.constituents.views import (
    constituent,
    contacts,
    importing,
    listing,
    members,
    passing,
    registries,
    rules,
    who,
)

app_name = "constituents"
urlpatterns: list[URLPattern] = [
    path("", listing.constituents, name="list"),
    path("add/", listing.add, name="add"),
    path("import/", importing.import_table, name="import"),
    path("import/apply/", importing.apply, name="apply-import"),
    path("registries/", registries.registries, name="registries"),
    path("who/", who.who, name="who"),
    path("rules/", rules.rules, name="rules"),
    path("rules/<int:pk>/", rules.rule, name="rule"),
    path("rules/<int:pk>/remove/", rules.remove, name="remove-rule"),
    path("passing/", passing.passing, name="passing"),
    path("passing/<int:pk>/", passing.passing_rule, name="passing-rule"),
    path("passing/<int:pk>/remove/", passing.remove_passing, name="remove-passing"),
    path("<int:pk>/", constituent.constituent, name="constituent"),
    path("<int:pk>/fixing/", constituent.fixing, name="fixing"),
    path("<int:pk>/edit/", constituent.edit, name="edit"),
    path("<int:pk>/wishes/", constituent.wishes, name="wishes"),
    path("<int:pk>/mode/", constituent.set_mode, name="mode"),
    path("<int:pk>/active/", constituent.set_active, name="active"),
    path("<int:pk>/holdings/", constituent.add_holdings, name="add-holdings"),
    path("<int:pk>/holdings/remove/", constituent.remove_holding, name="remove-holding"),
    path("<int:pk>/contacts/add/", contacts.add, name="add-contact"),
    path("<int:pk>/contacts/act/", contacts.act, name="act-on-contact"),
    path("<int:pk>/contacts/<int:contact>/", contacts.edit, name="contact"),
    path("<int:pk>/people/", members.invite, name="invite"),
    path("<int:pk>/people/remove/", members.release, name="release"),
]
