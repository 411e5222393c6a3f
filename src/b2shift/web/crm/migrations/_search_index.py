"""The search index of each database: FTS5 kept by triggers on SQLite, GIN on PostgreSQL.

Django rebuilds a SQLite table when it alters one, which drops its triggers: a later migration that alters
`crm_customer` must end with `migrations.RunPython(_search_index.create_triggers)` (a test looks for them). Rows that are
there already are indexed with them: an index out of step with its table refuses every later change.
"""

TABLE = """
CREATE VIRTUAL TABLE crm_customer_search USING fts5(
    search_text, content='crm_customer', content_rowid='id',
    tokenize='unicode61 remove_diacritics 0', prefix='1 2 3')
"""
TRIGGERS = (
    """
CREATE TRIGGER crm_customer_search_added AFTER INSERT ON crm_customer BEGIN
    INSERT INTO crm_customer_search(rowid, search_text) VALUES (new.id, new.search_text);
END
""",
    """
CREATE TRIGGER crm_customer_search_removed AFTER DELETE ON crm_customer BEGIN
    INSERT INTO crm_customer_search(crm_customer_search, rowid, search_text)
    VALUES ('delete', old.id, old.search_text);
END
""",
    """
CREATE TRIGGER crm_customer_search_changed AFTER UPDATE OF search_text ON crm_customer
WHEN old.search_text <> new.search_text BEGIN
    INSERT INTO crm_customer_search(crm_customer_search, rowid, search_text)
    VALUES ('delete', old.id, old.search_text);
    INSERT INTO crm_customer_search(rowid, search_text) VALUES (new.id, new.search_text);
END
""",
)
POSTGRES = """
CREATE INDEX crm_customer_search ON crm_customer
USING gin (array_to_tsvector(string_to_array(search_text, ' ')))
"""


def _run(schema_editor, statement):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(statement)


def create_triggers(apps, schema_editor):
    """Index what the SQLite table holds and keep the index in step with it."""
    if schema_editor.connection.vendor == "sqlite":
        _run(schema_editor, "INSERT INTO crm_customer_search(crm_customer_search) VALUES ('rebuild')")
        for trigger in TRIGGERS:
            _run(schema_editor, trigger)


def create(apps, schema_editor):
    """Index every customer's words."""
    if schema_editor.connection.vendor == "sqlite":
        _run(schema_editor, TABLE)
        create_triggers(apps, schema_editor)
    else:
        _run(schema_editor, POSTGRES)


def remove(apps, schema_editor):
    """Leave the table without an index of words."""
    if schema_editor.connection.vendor == "sqlite":
        for name in ("added", "removed", "changed"):
            _run(schema_editor, f"DROP TRIGGER IF EXISTS crm_customer_search_{name}")
        _run(schema_editor, "DROP TABLE crm_customer_search")
    else:
        _run(schema_editor, "DROP INDEX crm_customer_search")
