"""Runs and decisions are frozen: the database itself refuses to change or delete a row."""

from django.db import migrations

CREATE = """
CREATE FUNCTION screening_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% on % is refused: what a screening run decided is frozen', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER run_is_frozen BEFORE UPDATE OR DELETE ON screening_screeningrun
  FOR EACH ROW EXECUTE FUNCTION screening_refuse_change();
CREATE TRIGGER run_is_not_emptied BEFORE TRUNCATE ON screening_screeningrun
  FOR EACH STATEMENT EXECUTE FUNCTION screening_refuse_change();
CREATE TRIGGER decision_is_not_emptied BEFORE TRUNCATE ON screening_decision
  FOR EACH STATEMENT EXECUTE FUNCTION screening_refuse_change();
CREATE TRIGGER decision_is_frozen BEFORE UPDATE OR DELETE ON screening_decision
  FOR EACH ROW EXECUTE FUNCTION screening_refuse_change();
"""
DROP = """
DROP TRIGGER decision_is_frozen ON screening_decision;
DROP TRIGGER decision_is_not_emptied ON screening_decision;
DROP TRIGGER run_is_not_emptied ON screening_screeningrun;
DROP TRIGGER run_is_frozen ON screening_screeningrun;
DROP FUNCTION screening_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("screening", "0001_initial")]

    operations = [migrations.RunSQL(CREATE, DROP)]
