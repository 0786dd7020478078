"""Views for analysts, and what they show beside each value: its status and its page.

The views' names and columns are stable and described in docs/views.md; they are plain SQL for
SQLite and PostgreSQL alike. A later revision that rebuilds one of their tables drops them first and
makes them again. What the new columns hold is made by ``pipeline.archive.upkeep``.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pipeline.archive.dialects import Text
from pipeline.archive.migrations import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_STATUSES = {
    "directives": ("serial", "doc_type", "subject"),
    "citations": ("doc_type", "issuer"),
}
_PAGED = ("recipients", "citations", "targets", "deadlines")
_INDEXES = (
    ("ix_findings_code", "findings", ["code", "severity", "directive_pk"]),
    ("ix_directives_live", "directives", ["live_seq"]),
    ("ix_directives_campaign", "directives", ["campaign_id", "issued_first"]),
    ("ix_directives_issuer_key", "directives", ["issuer_key", "issued_first"]),
    ("ix_directives_work", "directives", ["campaign_id", "issuer_key", "issued_first"]),
    ("ix_deadlines_first", "deadlines", ["date_first", "directive_pk"]),
    ("ix_targets_kind", "targets", ["kind", "directive_pk"]),
    ("ix_deadlines_recurrence", "deadlines", ["recurrence"]),
)
#: Of the rows whose date can mean several days.
_INEXACT_INDEXES = (
    ("ix_directives_inexact", "directives", ["issued_last", "issued_first"]),
    ("ix_deadlines_inexact", "deadlines", ["date_last", "date_first", "directive_pk"]),
)

_OF_DIRECTIVE = """
    d.id AS directive_id,
    d.number AS directive_number, d.number_status AS directive_number_status,
    d.issuer AS directive_issuer, d.issuer_status AS directive_issuer_status,
    d.issued AS directive_issued, d.issued_status AS directive_issued_status,
    d.campaign_id AS campaign_id"""
_GONE = """
    CASE WHEN d.live_seq IS NULL THEN 1 ELSE 0 END AS superseded"""
_CLAIM = f"""
    SELECT {_OF_DIRECTIVE},
        t.position AS position, t.kind AS kind, t.value AS value, t.status AS status,
        t.comparator AS comparator, t.unit AS unit, t.population AS population,
        t.period AS period, t.breakdown_of AS breakdown_of, t.text AS text, t.page AS page,
        {_GONE}
    FROM targets t JOIN directives d ON d.pk = t.directive_pk"""

#: Name -> its query. Frozen with this revision.
VIEWS = {
    "v_directives": f"""
        SELECT d.id AS id,
            d.number AS number, d.number_status AS number_status,
            d.serial AS serial, d.serial_status AS serial_status,
            d.issuer AS issuer, d.issuer_status AS issuer_status,
            o.level AS issuer_level, o.province AS issuer_province,
            o.province_now AS issuer_province_now,
            d.doc_type AS doc_type, d.doc_type_status AS doc_type_status,
            d.issued AS issued, d.issued_status AS issued_status,
            d.issued_first AS issued_first, d.issued_last AS issued_last,
            d.subject AS subject, d.subject_status AS subject_status,
            d.campaign_id AS campaign_id, d.campaign_name AS campaign_name,
            d.state AS review_state, d.reason_count AS review_reasons,
            COALESCE(
                (SELECT min(p.path) FROM source_paths p
                 WHERE p.sha256 = d.sha256 AND p.current = 1),
                (SELECT min(p.path) FROM source_paths p WHERE p.sha256 = d.sha256)
            ) AS path,
            d.sha256 AS sha256,
            {_GONE}
        FROM directives d LEFT JOIN organisations o ON o.pk = d.issuer_org""",
    "v_pages": """
        SELECT d.id AS directive_id, g.page AS page, g.read_by AS read_by, g.engine AS engine,
            g.text AS text, g.text_raw AS text_raw
        FROM pages g JOIN directives d ON d.pk = g.directive_pk""",
    "v_recipients": f"""
        SELECT {_OF_DIRECTIVE},
            r.kind AS kind, r.position AS position, r.value AS name, r.status AS status,
            r.raw AS raw, o.id AS organisation_id, o.level AS level, o.province AS province,
            o.province_now AS province_now, r.page AS page,
            {_GONE}
        FROM recipients r JOIN directives d ON d.pk = r.directive_pk
        LEFT JOIN organisations o ON o.pk = r.org""",
    "v_citations": f"""
        SELECT {_OF_DIRECTIVE},
            c.position AS position, c.relation AS relation,
            c.number AS number, c.number_status AS number_status,
            c.doc_type AS doc_type, c.doc_type_status AS doc_type_status,
            c.issued AS issued, c.issued_status AS issued_status,
            c.issuer AS issuer, c.issuer_status AS issuer_status,
            c.resolved_id AS resolved_id, c.page AS page,
            {_GONE}
        FROM citations c JOIN directives d ON d.pk = c.directive_pk""",
    "v_targets": f"{_CLAIM} WHERE t.kind <> 'result'",
    "v_results": f"{_CLAIM} WHERE t.kind = 'result'",
    "v_deadlines": f"""
        SELECT {_OF_DIRECTIVE},
            l.position AS position, l.operator AS operator, l.date AS date, l.status AS status,
            l.date_first AS date_first, l.date_last AS date_last, l.recurrence AS recurrence,
            l.action AS action, l.responsible AS responsible, l.text AS text, l.page AS page,
            {_GONE}
        FROM deadlines l JOIN directives d ON d.pk = l.directive_pk""",
    "v_findings": f"""
        SELECT {_OF_DIRECTIVE},
            f.position AS position, f.code AS code, f.severity AS severity,
            f.message AS message, f.page AS page,
            {_GONE}
        FROM findings f JOIN directives d ON d.pk = f.directive_pk""",
    "v_history": """
        SELECT h.seq AS seq, h.at AS at, h.directive_id AS directive_id, h.change AS change,
            h.actor AS actor, h.version AS version, h.run_id AS run_id, h.detail AS detail
        FROM history h""",
    "v_organisations": """
        SELECT o.id AS id, o.name AS name, o.kind AS kind, o.level AS level,
            o.province AS province, o.province_now AS province_now,
            (SELECT p.id FROM organisations p WHERE p.pk = o.parent) AS parent_id
        FROM organisations o""",
    "v_campaigns": """
        SELECT c.id AS id, c.name AS name,
            (SELECT count(*) FROM directives d WHERE d.campaign_id = c.id) AS directives
        FROM campaigns c""",
    "v_merges": """
        SELECT m.id AS id, m.kind AS kind, m.one_id AS one_id, m.two_id AS two_id,
            m.score AS score, m.state AS state, m.main_id AS main_id,
            m.proposed_at AS proposed_at, m.decided_by AS decided_by, m.decided_at AS decided_at
        FROM merges m""",
    "v_runs": """
        SELECT r.id AS id, r.command AS command, r.version AS version, r.started_at AS started_at,
            r.ended_at AS ended_at, r.outcome AS outcome, r.counts AS counts
        FROM runs r""",
    "v_sources": """
        SELECT s.sha256 AS sha256, p.path AS path, p.current AS current,
            s.byte_size AS byte_size, s.media_type AS media_type, s.kind AS kind,
            s.pages AS pages, s.first_seen_at AS first_seen_at
        FROM sources s LEFT JOIN source_paths p ON p.sha256 = s.sha256""",
    "v_quarantine": """
        SELECT q.path AS path, q.sha256 AS sha256, q.category AS category,
            q.attempts AS attempts, q.first_at AS first_at, q.last_at AS last_at
        FROM quarantine q""",
}


#: Numbers and titles alone: to find a word in titles, FTS5 otherwise reads where it is in bodies.
_TITLES = """
CREATE VIRTUAL TABLE directive_fts_titles USING fts5(
    number, title,
    content='search_texts', content_rowid='pk', tokenize='ascii'
)
"""
#: Every word that some text has or had: to ask for ``th*`` is to ask for the words that begin so.
#: FTS5 by itself reads all places of all of them first.
_WORDS = "CREATE TABLE search_words (word TEXT NOT NULL PRIMARY KEY) WITHOUT ROWID"
_ADD_WORDS = """
    INSERT OR IGNORE INTO search_words SELECT value FROM json_each(
        '["' || replace({0}.number || ' ' || {0}.title || ' ' || {0}.body, ' ', '","') || '"]'
    ) WHERE value <> ''"""
_KEEP_WORDS = tuple(
    f"CREATE TRIGGER words_{done} AFTER {verb} ON search_texts BEGIN "
    f"{_ADD_WORDS.format('new')}; END"
    for verb, done in (("INSERT", "added"), ("UPDATE", "changed"))
)
_ADD_TITLE = """
    INSERT INTO directive_fts_titles(rowid, number, title) VALUES (new.pk, new.number, new.title);
"""
_REMOVE_TITLE = """
    INSERT INTO directive_fts_titles(directive_fts_titles, rowid, number, title)
    VALUES ('delete', old.pk, old.number, old.title);
"""
_KEEP_TITLES = (
    f"CREATE TRIGGER titles_added AFTER INSERT ON search_texts BEGIN {_ADD_TITLE} END",
    f"CREATE TRIGGER titles_removed AFTER DELETE ON search_texts BEGIN {_REMOVE_TITLE} END",
    f"CREATE TRIGGER titles_changed AFTER UPDATE ON search_texts BEGIN {_REMOVE_TITLE} "
    f"{_ADD_TITLE} END",
)

#: A finding is the first of its kind on its document, or the last, if there is no other.
_ANOTHER = """EXISTS (
    SELECT 1 FROM findings f WHERE f.code = {0}.code AND f.severity = {0}.severity
    AND f.directive_pk = {0}.directive_pk AND f.position <> {0}.position
)"""
_ADD_TO_TOTAL = f"""
    INSERT INTO finding_totals (code, severity, findings, documents)
    VALUES (new.code, new.severity, 1, (NOT {_ANOTHER.format("new")}))
    ON CONFLICT (code, severity) DO UPDATE SET
        findings = findings + 1, documents = documents + excluded.documents;
"""
_TAKE_FROM_TOTAL = f"""
    UPDATE finding_totals
    SET findings = findings - 1, documents = documents - (NOT {_ANOTHER.format("old")})
    WHERE code = old.code AND severity = old.severity;
"""
_KEEP_TOTALS = (
    f"CREATE TRIGGER findings_added AFTER INSERT ON findings BEGIN {_ADD_TO_TOTAL} END",
    f"CREATE TRIGGER findings_removed AFTER DELETE ON findings BEGIN {_TAKE_FROM_TOTAL} END",
    f"CREATE TRIGGER findings_changed AFTER UPDATE ON findings BEGIN {_TAKE_FROM_TOTAL} "
    f"{_ADD_TO_TOTAL} END",
)


def upgrade() -> None:
    """Add columns and indexes, make the views; index titles and words apart."""
    for table, names in _STATUSES.items():
        for name in names:
            column: sa.Column[str] = sa.Column(
                f"{name}_status", Text(), nullable=False, server_default="absent"
            )
            op.add_column(table, column)
    for table in _PAGED:
        op.add_column(table, sa.Column("page", sa.Integer(), nullable=True))
    op.drop_index("ix_directives_campaign", table_name="directives")
    op.drop_index("ix_findings_code", table_name="findings")
    for name, table, columns in _INDEXES:
        op.create_index(name, table, columns, unique=False)
    for name, table, columns in _INEXACT_INDEXES:
        several = sa.text(f"{columns[1]} <> {columns[0]}")
        op.create_index(name, table, columns, sqlite_where=several, postgresql_where=several)
    for name, query in VIEWS.items():
        op.execute(f"CREATE VIEW {name} AS {query}")
    _count_findings()
    if op.get_bind().dialect.name == "sqlite":
        _index_texts()
    else:
        postgresql.run(*postgresql.INDEX_TITLES, *postgresql.KEEP_AT_HAND)


def _count_findings() -> None:
    """The table of how many findings there are of each kind, filled, and kept by triggers."""
    op.create_table(
        "finding_totals",
        sa.Column("code", Text(), primary_key=True),
        sa.Column("severity", Text(), primary_key=True),
        sa.Column("findings", sa.Integer(), nullable=False),
        sa.Column("documents", sa.Integer(), nullable=False),
    )
    op.execute(
        "INSERT INTO finding_totals (code, severity, findings, documents) "
        "SELECT code, severity, count(*), count(DISTINCT directive_pk) FROM findings "
        "GROUP BY code, severity"
    )
    if op.get_bind().dialect.name == "sqlite":
        for statement in _KEEP_TOTALS:
            op.execute(statement)
    else:
        postgresql.run(*postgresql.KEEP_TOTALS)


def _index_texts() -> None:
    for statement in (_TITLES, *_KEEP_TITLES, _WORDS, *_KEEP_WORDS):
        op.get_bind().exec_driver_sql(statement)
    op.execute("INSERT INTO directive_fts_titles(directive_fts_titles) VALUES ('rebuild')")
    fill = _ADD_WORDS.format("s").replace("FROM json_each", "FROM search_texts s, json_each")
    op.get_bind().exec_driver_sql(fill)
