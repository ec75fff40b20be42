"""Committed batches and findings never change; the database itself says so."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION exchange_batch_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state = 'committed' THEN
    RAISE EXCEPTION 'batch % is committed and cannot be changed', OLD.id USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER exchange_batch_is_final BEFORE UPDATE OR DELETE ON exchange_batch
  FOR EACH ROW EXECUTE FUNCTION exchange_batch_is_final();

CREATE FUNCTION exchange_finding_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'findings are appended, never changed' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER exchange_finding_is_final BEFORE UPDATE OR DELETE ON exchange_finding
  FOR EACH ROW EXECUTE FUNCTION exchange_finding_is_final();
"""

BACKWARD = """
DROP TRIGGER exchange_finding_is_final ON exchange_finding;
DROP FUNCTION exchange_finding_is_final();
DROP TRIGGER exchange_batch_is_final ON exchange_batch;
DROP FUNCTION exchange_batch_is_final();
"""


class Migration(migrations.Migration):
    dependencies = [("exchange", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
