"""Remember how much was done to a day's events, so that what is counted from them can be counted anew."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("events", "0007_rare")]

    operations = [
        migrations.CreateModel(
            name="TouchedDay",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False)),
                ("events", models.BigIntegerField(default=0)),
                ("episodes", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.RunSQL(
            sql=(
                "INSERT INTO events_touchedday (day, events, episodes) "
                "SELECT day, SUM(events), SUM(episodes) FROM events_daycount "
                "WHERE why IN ('located', 'reported', 'domain') GROUP BY day"
            ),
            reverse_sql=migrations.RunSQL.noop,
        ),
    ]
