"""The first tables of the queue."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Reading",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("source", models.CharField(db_index=True, max_length=200, verbose_name="source")),
                ("started_at", models.DateTimeField(db_index=True)),
                ("heartbeat_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                ("failure", models.TextField(blank=True, default="")),
                ("machine", models.CharField(blank=True, default="", max_length=255)),
                ("process", models.IntegerField(null=True)),
                ("names", models.BigIntegerField(default=0)),
                ("rejects", models.BigIntegerField(default=0)),
                ("suspects", models.BigIntegerField(default=0)),
                ("fresh", models.BigIntegerField(default=0)),
                ("known", models.BigIntegerField(default=0)),
                ("official", models.BigIntegerField(default=0)),
                ("model_version", models.CharField(max_length=100)),
                ("rejects_file", models.CharField(blank=True, default="", max_length=1000)),
            ],
        ),
        migrations.CreateModel(
            name="TeamSettings",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("daily_budget", models.PositiveIntegerField(default=100)),
                (
                    "export_tlp",
                    models.CharField(
                        choices=[
                            ("TLP:CLEAR", "TLP:CLEAR"),
                            ("TLP:GREEN", "TLP:GREEN"),
                            ("TLP:AMBER", "TLP:AMBER"),
                            ("TLP:AMBER+STRICT", "TLP:AMBER+STRICT"),
                        ],
                        default="TLP:AMBER",
                        max_length=16,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Suspect",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("host", models.CharField(max_length=253, unique=True)),
                ("unicode", models.CharField(max_length=253)),
                ("registrable", models.CharField(max_length=253)),
                ("label", models.CharField(max_length=63)),
                ("tenant_of", models.CharField(max_length=253, null=True)),
                ("tld", models.CharField(max_length=63)),
                ("series", models.CharField(max_length=200)),
                ("score", models.FloatField()),
                ("brand", models.CharField(blank=True, default="", max_length=100)),
                ("sector", models.CharField(blank=True, default="", max_length=100)),
                ("reasons", models.JSONField(default=list)),
                ("model_version", models.CharField(max_length=100)),
                ("source", models.CharField(max_length=200)),
                ("first_read_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("confirmed", "confirmed"),
                            ("dismissed", "dismissed"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                (
                    "dismissal",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("accident", "accident: the letters only happen to match"),
                            ("legitimate", "legitimate: somebody else's honest name"),
                            ("brand_own", "brand's own: the brand uses it itself"),
                            ("unclear", "unclear: cannot tell from here"),
                        ],
                        default="",
                        max_length=10,
                    ),
                ),
                ("note", models.TextField(blank=True, default="")),
                ("decided_at", models.DateTimeField(null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "assigned_to",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "reading",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="found",
                        to="suspects.reading",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PackProposal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("brand", models.CharField(blank=True, default="", max_length=100)),
                ("domain", models.CharField(max_length=253)),
                ("at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "open"),
                            ("accepted", "accepted"),
                            ("rejected", "rejected"),
                            ("withdrawn", "withdrawn"),
                        ],
                        db_index=True,
                        default="open",
                        max_length=10,
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "suspect",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proposals",
                        to="suspects.suspect",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(db_index=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("confirm", "confirmed"),
                            ("dismiss", "dismissed"),
                            ("undo", "taken back"),
                            ("assign", "assigned"),
                            ("comment", "commented"),
                        ],
                        max_length=10,
                    ),
                ),
                ("before", models.CharField(blank=True, default="", max_length=200)),
                ("after", models.CharField(blank=True, default="", max_length=200)),
                ("note", models.TextField(blank=True, default="")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "suspect",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="suspects.suspect",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="suspect",
            index=models.Index(
                fields=[
                    "state",
                    "-score",
                    "id",
                    "series",
                    "brand",
                    "sector",
                    "tld",
                    "source",
                    "first_read_at",
                    "host",
                    "unicode",
                ],
                name="suspect_queue",
            ),
        ),
        migrations.AddIndex(
            model_name="suspect",
            index=models.Index(fields=["state", "brand", "-score", "id"], name="suspect_brand"),
        ),
        migrations.AddIndex(
            model_name="suspect",
            index=models.Index(fields=["state", "sector", "-score", "id"], name="suspect_sector"),
        ),
        migrations.AddIndex(
            model_name="suspect",
            index=models.Index(
                fields=[
                    "series",
                    "state",
                    "-score",
                    "id",
                    "tld",
                    "source",
                    "first_read_at",
                    "host",
                    "unicode",
                ],
                name="suspect_series",
            ),
        ),
        migrations.AddIndex(
            model_name="suspect",
            index=models.Index(fields=["first_read_at", "state"], name="suspect_age"),
        ),
        migrations.AddIndex(
            model_name="suspect",
            index=models.Index(fields=["state", "model_version"], name="suspect_model"),
        ),
        migrations.AddIndex(
            model_name="suspect",
            index=models.Index(fields=["state", "-decided_at", "id"], name="suspect_decided"),
        ),
        migrations.AddIndex(
            model_name="suspect",
            index=models.Index(
                fields=["assigned_to", "state", "-score", "id"], name="suspect_assigned"
            ),
        ),
        migrations.AddIndex(
            model_name="suspect",
            index=models.Index(fields=["label"], name="suspect_label"),
        ),
        migrations.AddConstraint(
            model_name="packproposal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "open")),
                fields=("suspect",),
                name="one_open_proposal_per_suspect",
            ),
        ),
    ]
