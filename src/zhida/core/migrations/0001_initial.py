from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations, models
from django.db.models.functions import Now

REFUSE = """
CREATE FUNCTION core_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER core_event_no_edit BEFORE UPDATE OR DELETE OR TRUNCATE ON core_event
    FOR EACH STATEMENT EXECUTE FUNCTION core_append_only();
"""

UNDO = "DROP TRIGGER core_event_no_edit ON core_event; DROP FUNCTION core_append_only();"


class Migration(migrations.Migration):
    initial = True
    dependencies = []

    operations = [
        BtreeGistExtension(),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField(db_default=Now())),
                ("kind", models.CharField(max_length=64)),
                ("ref", models.CharField(max_length=200)),
                ("payload", models.JSONField()),
                ("sha256", models.CharField(max_length=64)),
            ],
            options={"indexes": [models.Index(fields=["kind", "ref"], name="event_kind_ref")]},
        ),
        migrations.RunSQL(REFUSE, UNDO),
    ]
