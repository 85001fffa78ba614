from typing import Any

from django.db import migrations

ROLES = ("analyst", "approver", "administrator", "constituent", "partner")


def make_groups(apps: Any, schema_editor: Any) -> None:  # Any: historical models have no types
    group = apps.get_model("auth", "Group")
    for name in ROLES:
        group.objects.get_or_create(name=name)


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial"), ("auth", "0012_alter_user_first_name_max_length")]
    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
