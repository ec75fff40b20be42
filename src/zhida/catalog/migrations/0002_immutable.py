"""What was published never changes: UPDATE and DELETE are refused by the database itself."""

from __future__ import annotations

from django.db import migrations

TABLES = (
    "catalog_fileversion",
    "catalog_documentversion",
    "catalog_measureversion",
    "catalog_parameterversion",
    "catalog_publication",
    "catalog_publishedfile",
    "catalog_documentinforce",
    "catalog_measureinforce",
    "catalog_parameterinforce",
)

FUNCTION = """
CREATE FUNCTION catalog_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'published catalog content never changes: % on % refused', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation';
END $$
"""


def _trigger(table: str) -> str:
    return (
        f"CREATE TRIGGER {table}_unchanging BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION catalog_refuse_change()"
    )


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial")]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION catalog_refuse_change()"),
        *(migrations.RunSQL(_trigger(t), f"DROP TRIGGER {t}_unchanging ON {t}") for t in TABLES),
    ]
