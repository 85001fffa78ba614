from typing import Any

from django.db import migrations

from lionrock.desk.audit.triggers import dropping, making


def protect(apps: Any, schema_editor: Any) -> None:  # Any: historical models have no types
    for statement in making(schema_editor.connection.vendor):
        schema_editor.execute(statement, params=None)


def release(apps: Any, schema_editor: Any) -> None:  # Any: as above
    for statement in dropping(schema_editor.connection.vendor):
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(protect, release)]
