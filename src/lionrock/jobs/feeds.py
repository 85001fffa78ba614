"""The commands about feeds, each loaded when it runs."""

from cyclopts import App

from lionrock.jobs.written import written

app = App(name="feeds", help="Collect, read and replay what third parties deliver.")

for name, place in {
    "read": "lionrock.jobs.feeds_read:read",
    "list": "lionrock.jobs.feeds_read:list_feeds",
    "replay": "lionrock.jobs.replay:replay",
    "collect": "lionrock.jobs.collect:collect",
    "drop": "lionrock.jobs.collect:drop",
    "secret": "lionrock.jobs.collect:secret",
    "set": "lionrock.jobs.collect:set_up",
}.items():
    app.command(place, name=name, help=written(place))
