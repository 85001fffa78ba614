from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("feeds", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="source",
            name="enabled_at",
            field=models.DateTimeField(null=True),
        ),
    ]
