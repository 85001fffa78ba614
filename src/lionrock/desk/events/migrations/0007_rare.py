"""Find events that are rare by indexes that grow at few places, and the rest on a walk."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("events", "0006_passed")]

    operations = [
        migrations.RemoveIndex(model_name="event", name="event_kind"),
        migrations.RemoveIndex(model_name="event", name="event_feed"),
        migrations.RemoveIndex(model_name="event", name="event_asn"),
        migrations.RemoveIndex(model_name="event", name="event_constituent"),
        migrations.RemoveIndex(model_name="event", name="event_located"),
        migrations.AddIndex(
            model_name="event", index=models.Index(fields=["kind"], name="events_of_kind")
        ),
        migrations.AddIndex(
            model_name="event", index=models.Index(fields=["asn"], name="events_of_asn")
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["constituent_id"], name="events_of_constituent"),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                condition=models.Q(("why", "located"), _negated=True),
                fields=["located"],
                name="events_from_elsewhere",
            ),
        ),
    ]
