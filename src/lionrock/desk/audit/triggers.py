"""The database's own refusal to change or remove audit entries, in both dialects."""

from typing import Final

SQLITE: Final = (
    """CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry
       BEGIN SELECT RAISE(ABORT, 'the audit log can only grow'); END""",
    """CREATE TRIGGER audit_entry_no_delete BEFORE DELETE ON audit_entry
       BEGIN SELECT RAISE(ABORT, 'the audit log can only grow'); END""",
    """CREATE TRIGGER audit_head_no_delete BEFORE DELETE ON audit_head
       BEGIN SELECT RAISE(ABORT, 'the audit log can only grow'); END""",
)
SQLITE_DROP: Final = (
    "DROP TRIGGER IF EXISTS audit_entry_no_update",
    "DROP TRIGGER IF EXISTS audit_entry_no_delete",
    "DROP TRIGGER IF EXISTS audit_head_no_delete",
)
POSTGRESQL: Final = (
    """CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         IF TG_OP = 'TRUNCATE' AND NOT EXISTS (SELECT FROM audit_entry) THEN RETURN NULL; END IF;
         RAISE EXCEPTION 'the audit log can only grow'
           USING ERRCODE = 'integrity_constraint_violation';
       END $$""",
    """CREATE TRIGGER audit_entry_only_grows BEFORE UPDATE OR DELETE ON audit_entry
       FOR EACH ROW EXECUTE FUNCTION audit_refuse()""",
    """CREATE TRIGGER audit_entry_not_emptied BEFORE TRUNCATE ON audit_entry
       FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()""",
    """CREATE TRIGGER audit_head_stays BEFORE DELETE ON audit_head
       FOR EACH ROW EXECUTE FUNCTION audit_refuse()""",
)
POSTGRESQL_DROP: Final = (
    "DROP TRIGGER IF EXISTS audit_entry_only_grows ON audit_entry",
    "DROP TRIGGER IF EXISTS audit_entry_not_emptied ON audit_entry",
    "DROP TRIGGER IF EXISTS audit_head_stays ON audit_head",
    "DROP FUNCTION IF EXISTS audit_refuse()",
)


def making(vendor: str) -> tuple[str, ...]:
    """Return the statements that protect the log on that database."""
    return POSTGRESQL if vendor == "postgresql" else SQLITE


def dropping(vendor: str) -> tuple[str, ...]:
    """Return the statements that take the protection away: for undoing the migration, and for tests."""
    return POSTGRESQL_DROP if vendor == "postgresql" else SQLITE_DROP
