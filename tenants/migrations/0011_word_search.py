"""The rooms of every company's search: trigrams, and the stems of Dutch and English.

The functions lie in the shared schema, as a company's tables find them there: one of each instead of one a company.
"""

from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations

# A word without the accents of Latin letters: `ideeën` is looked for as `ideeen`, too.
PLAIN = r"""
CREATE FUNCTION public.plain_of(word text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN octet_length(word) = length(word) THEN word
        ELSE normalize(regexp_replace(normalize(word, NFD), '[\u0300-\u036f]', '', 'g'), NFC) END
$$
"""
# A word that a language leaves out ("het", "the") has no stem there.
STEMS = """
CREATE FUNCTION public.stems_of(word text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT ts_lexize('dutch_stem', public.plain_of(word)) || ts_lexize('english_stem', public.plain_of(word))
        || public.plain_of(word)
$$
"""
# A stem is marked with `=`, which is in no word, so that beginnings don't meet it; one that is the word itself isn't
# kept twice. 5,000 words are a chat of fifty long texts; beyond them it's found by whole words. A vector takes 1,048,575
# bytes of words: its own are at most 900,000 (`vector_of`), and stems get 100,000, the shortest first.
WITH_STEMS = """
CREATE FUNCTION public.with_stems(words tsvector) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT words || array_to_tsvector(ARRAY(
        SELECT marked FROM (
            SELECT marked, sum(octet_length(marked)) OVER (ORDER BY octet_length(marked), marked) AS bytes
            FROM (
                SELECT DISTINCT '=' || stem AS marked
                FROM (
                    SELECT word FROM unnest(tsvector_to_array(words)) AS word
                    WHERE length(word) BETWEEN 3 AND 40 AND word !~ '^=' LIMIT 5000
                ) AS own, unnest(public.stems_of(word)) AS stem
                WHERE stem <> word AND stem <> ''
            ) AS stems
        ) AS counted
        WHERE bytes <= 100000
    ))
$$
"""
# Words of the company we are in that look like this one. A third is pg_trgm's own limit, and two letters that changed
# places in a word of five leave a fifth in common. Not in plain SQL, which would look for the table now.
NEAR = """
CREATE FUNCTION public.near_words(asked text) RETURNS text[] LANGUAGE plpgsql STABLE
SET pg_trgm.similarity_threshold = 0.2 AS $$
BEGIN
    RETURN ARRAY(
        SELECT word FROM (
            SELECT DISTINCT word FROM chat_knownword
            WHERE word OPERATOR(public.%) asked AND length(word) BETWEEN length(asked) - 2 AND length(asked) + 2
        ) AS near
        ORDER BY public.similarity(word, asked) DESC, word LIMIT 100
    );
END $$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0010_kept_months"),
    ]

    operations = [
        TrigramExtension(),  # a trusted extension: the database's owner may create it
        migrations.RunSQL(PLAIN, "DROP FUNCTION public.plain_of(text)"),
        migrations.RunSQL(STEMS, "DROP FUNCTION public.stems_of(text)"),
        migrations.RunSQL(WITH_STEMS, "DROP FUNCTION public.with_stems(tsvector)"),
        # Where the extension was there before us nothing has loaded its library, and a setting that nobody knows yet may
        # only be written into a function by a superuser.
        migrations.RunSQL("SELECT public.show_limit()", migrations.RunSQL.noop),
        migrations.RunSQL(NEAR, "DROP FUNCTION public.near_words(text)"),
    ]
