"""Hold in the index of episodes in order of time all that lists are narrowed by."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("events", "0004_constituents_and_words")]

    operations = [
        migrations.RemoveIndex(model_name="episode", name="episode_standing"),
        migrations.AddIndex(
            model_name="episode",
            index=models.Index(
                fields=[
                    *("standing", "last_seen", "kind", "severity", "asn", "constituent_id"),
                    "located",
                ],
                name="episode_walk",
            ),
        ),
    ]
