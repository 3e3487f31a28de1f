/* postgres_search.c — finds polls by their words.
 *
 * The words of a poll are one text with a space after each. The index finds polls that
 * have all words of the query somewhere; then each string of words (words without white
 * space between them) is looked for in the text itself, so phrases are exact, and no
 * limit of the index (length of a word, number of its places) can be seen. */
#include "core/words.h"
#include "store/postgres_db.h"

struct match {
    struct buf lexemes; /* 'a' & 'b':* */
    struct buf strings; /* an array: " a b ", " c" */
    struct buf string;  /* the one being made */
    int n;              /* strings */
};

static void end_string(struct match *m, bool last)
{
    if (!last)
        buf_char(&m->string, ' '); /* the last word may be incomplete */
    pg_array_str(&m->strings, buf_str(&m->string));
    m->string.len = 0;
}

/* Words hold no quote and no backslash. */
static bool take_word(void *user, struct str word, bool joined)
{
    struct match *m = user;
    bool first = m->n == 0;

    if (!joined && m->n == STORE_SEARCH_WORDS)
        return false;
    if (!first && !joined)
        end_string(m, false);
    buf_char(&m->string, ' ');
    buf_str_add(&m->string, word);
    buf_text(&m->lexemes, first ? "'" : " & '");
    buf_str_add(&m->lexemes, postgres_lexeme(word));
    buf_char(&m->lexemes, '\'');
    m->n += !joined || first;
    return true;
}

int postgres_search(struct store *s, struct str query, size_t max, store_poll_cb *each,
                    void *user_data)
{
    struct each_id e = {each, user_data};
    struct match m = {.n = 0};
    struct pg_args a = {0};
    int rc = 0;

    words_each(query, take_word, &m);
    if (m.n > 0) {
        end_string(&m, true);
        buf_text(&m.lexemes, ":*");
        pg_arg_str(&a, buf_str(&m.lexemes));
        pg_arg_str(&a, pg_array_end(&m.strings));
        pg_arg_i64(&a, (int64_t)(max < INT32_MAX ? max : INT32_MAX));
        rc = side_run(side_reader(s),
                      "SELECT id FROM polls WHERE lexemes @@ $1::text::tsquery"
                      " AND NOT EXISTS (SELECT FROM unnest($2::text::text[]) string"
                      " WHERE strpos(' ' || words, string) = 0)"
                      " ORDER BY id DESC LIMIT $3",
                      &a, postgres_each_id, &e);
    }
    buf_done(&m.lexemes);
    buf_done(&m.strings);
    buf_done(&m.string);
    return rc;
}
