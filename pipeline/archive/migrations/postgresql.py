"""What migrations say to PostgreSQL alone: the search index and tables that only grow.

Functions name their tables through ``TG_TABLE_SCHEMA``, so an archive works whatever the search
path of who writes to it, and after its schema was renamed.
"""

from __future__ import annotations

from typing import Final

from alembic import op

from pipeline.archive.dialects import TOKEN_CHARACTERS

#: A tsvector may have 1 MB; the rest of a document with more different words than that is looked
#: for in its text (``cut``).
_VECTOR_BYTES: Final = 900_000

# Our tokens become lexemes as they are: neither PostgreSQL's parser nor its dictionaries see them.
# A position is no place in the text (a lexeme keeps 256 of them, up to 16,383, and phrases must
# not depend on that) but one occurrence, with the weight of its column: A number, B title, D body.
_ROW: Final = f"""
CREATE FUNCTION directive_fts_row(
    number text, title text, body text, OUT vector tsvector, OUT cut boolean
) LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    WITH words AS (
        SELECT left(token, {TOKEN_CHARACTERS}) COLLATE "C" AS word,
            count(*) FILTER (WHERE part = 1) AS in_number,
            count(*) FILTER (WHERE part = 2) AS in_title,
            least(count(*) FILTER (WHERE part = 3), 7)::integer AS in_body
        FROM (
            SELECT 1 AS part, unnest(string_to_array(number, ' ')) AS token
            UNION ALL SELECT 2, unnest(string_to_array(title, ' '))
            UNION ALL SELECT 3, unnest(string_to_array(body, ' '))
        ) AS tokens
        WHERE token <> ''
        GROUP BY 1
    ), lexemes AS (
        SELECT quote_literal(word) || ':' || concat_ws(
                ',',
                CASE WHEN in_number > 0 THEN '1A' END,
                CASE WHEN in_title > 0 THEN '2B' END,
                CASE WHEN in_body > 0 THEN left('3,4,5,6,7,8,9', 2 * in_body - 1) END
            ) AS lexeme,
            sum(octet_length(word) + 24) OVER (
                ORDER BY in_number DESC, in_title DESC, in_body DESC, word
                ROWS UNBOUNDED PRECEDING
            ) AS bytes
        FROM words
    )
    SELECT
        coalesce(string_agg(lexeme, ' ') FILTER (WHERE bytes <= {_VECTOR_BYTES}), '')::tsvector,
        coalesce(max(bytes), 0) > {_VECTOR_BYTES}
    FROM lexemes
$$
"""
_SEARCH: Final = (
    """
    CREATE TABLE directive_fts (
        pk integer PRIMARY KEY REFERENCES search_texts (pk) ON DELETE CASCADE,
        vector tsvector NOT NULL,
        cut boolean NOT NULL
    )
    """,
    "CREATE INDEX directive_fts_vector ON directive_fts USING gin (vector)",
    "CREATE INDEX directive_fts_cut ON directive_fts (pk) WHERE cut",
    _ROW,
    """
    CREATE FUNCTION directive_fts_keep() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        home text := quote_ident(TG_TABLE_SCHEMA);
    BEGIN
        EXECUTE 'INSERT INTO ' || home || '.directive_fts (pk, vector, cut) '
            || 'SELECT $1, made.vector, made.cut '
            || 'FROM ' || home || '.directive_fts_row($2, $3, $4) AS made '
            || 'ON CONFLICT (pk) DO UPDATE SET vector = excluded.vector, cut = excluded.cut'
        USING new.pk, new.number, new.title, new.body;
        RETURN NULL;
    END
    $$
    """,
    """
    CREATE TRIGGER search_texts_kept AFTER INSERT OR UPDATE ON search_texts
    FOR EACH ROW EXECUTE FUNCTION directive_fts_keep()
    """,
)

#: Numbers and titles alone: to find a word in titles, every vector that has it would be looked at.
#: A vector may have 1 MB; what is further behind in a title than this is found in the text.
_TITLE_CHARACTERS: Final = 200_000
INDEX_TITLES: Final = (
    f"""
    CREATE FUNCTION directive_titles(number text, title text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT array_to_tsvector(array_remove(string_to_array(regexp_replace(
            left(number || ' ' || title, {_TITLE_CHARACTERS}),
            '([^ ]{{{TOKEN_CHARACTERS}}})[^ ]+', '\\1', 'g'
        ), ' '), ''))
    $$
    """,
    "CREATE INDEX directive_fts_titles ON search_texts USING gin (directive_titles(number, title))",
)
#: Texts and vectors of usual length stay in their rows, as they are: to fetch them from elsewhere
#: and unpack them takes several times as long as to look into them. Rows that are there stay.
KEEP_AT_HAND: Final = (
    "ALTER TABLE search_texts SET (toast_tuple_target = 8160)",
    "ALTER TABLE search_texts ALTER body SET STORAGE EXTERNAL",
    "ALTER TABLE directive_fts SET (toast_tuple_target = 8160)",
    "ALTER TABLE directive_fts ALTER vector SET STORAGE EXTERNAL",
)

#: Keeps ``finding_totals``, once a statement: what is there of a kind on a document, and how many
#: more that are than before, tells how many there were before.
_ADD_UP: Final = """
    INSERT INTO ' || home || '.finding_totals AS t (code, severity, findings, documents)
    SELECT code, severity, sum(more)::integer,
        sum((present > 0)::integer - (present > more)::integer)::integer
    FROM (
        SELECT code, severity, directive_pk, sum(more) AS more FROM (' || changed || ') AS changed
        GROUP BY code, severity, directive_pk
    ) AS kind, LATERAL (
        SELECT count(*) AS present FROM ' || home || '.findings AS f WHERE f.code = kind.code
        AND f.severity = kind.severity AND f.directive_pk = kind.directive_pk
    ) AS there
    GROUP BY code, severity ORDER BY code, severity
    ON CONFLICT (code, severity) DO UPDATE SET
        findings = t.findings + excluded.findings, documents = t.documents + excluded.documents
"""
_FINDINGS_CHANGED: Final = (
    ("INSERT", "NEW TABLE AS added"),
    ("DELETE", "OLD TABLE AS gone"),
    ("UPDATE", "OLD TABLE AS gone NEW TABLE AS added"),
)
KEEP_TOTALS: Final = (
    f"""
    CREATE FUNCTION finding_totals_keep() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        home text := quote_ident(TG_TABLE_SCHEMA);
        more text := 'SELECT code, severity, directive_pk, 1 AS more FROM added';
        less text := 'SELECT code, severity, directive_pk, -1 AS more FROM gone';
        changed text := CASE TG_OP
            WHEN 'INSERT' THEN more WHEN 'DELETE' THEN less ELSE more || ' UNION ALL ' || less END;
    BEGIN
        EXECUTE '{_ADD_UP}';
        RETURN NULL;
    END
    $$
    """,
    *(
        f"CREATE TRIGGER findings_counted_{change.lower()} AFTER {change} ON findings "
        f"REFERENCING {rows} FOR EACH STATEMENT EXECUTE FUNCTION finding_totals_keep()"
        for change, rows in _FINDINGS_CHANGED
    ),
)

_NEVER_CHANGED: Final = """
CREATE OR REPLACE FUNCTION never_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is never changed', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END
$$
"""


def run(*statements: str) -> None:
    """Run statements as they are: no colon is a parameter, no per cent sign a place for one."""
    for statement in statements:
        op.get_bind().exec_driver_sql(statement, execution_options={"no_parameters": True})


def create_search() -> None:
    """The index ``directive_fts`` over ``search_texts``, kept by a trigger."""
    run(*_SEARCH)


def protect(table: str) -> None:
    """See to it that nobody changes or deletes rows of ``table``."""
    run(
        _NEVER_CHANGED,
        f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION never_changed()",
        f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION never_changed()",
    )
