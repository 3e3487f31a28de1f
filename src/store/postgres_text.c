/* postgres_text.c — what the program makes to compare text: the words of polls, the
 * keys of accounts.
 *
 * PostgreSQL cannot call our functions, so whoever writes a title or a name also writes
 * what is made of it. When our rules or the tables of the libraries change, the next
 * start makes everything again.
 *
 * Names and addresses of old accounts may turn out to be the same as an older
 * account's. Such an account stays usable: its key ends with U+0001 and its id, which
 * no name does.
 */
#include <stdio.h>
#include <string.h>
#include <unistring/version.h>

#include "base/err.h"
#include "base/lookalike.h"
#include "base/mem.h"
#include "base/unicode.h"
#include "core/words.h"
#include "store/postgres_db.h"
#include "core/row_text.h"

enum { NAME_RULES = 1 }; /* version of our own rules for the keys of accounts */

enum {
    LEXEME_BYTES = 1000, /* PostgreSQL takes 2,046 */
    REMAKE_ROWS = 500,   /* rows a round trip */
};

struct str postgres_lexeme(struct str word)
{
    if (word.len > LEXEME_BYTES)
        for (word.len = LEXEME_BYTES; ((uint8_t)word.at[word.len] & 0xc0) == 0x80;)
            word.len--; /* not inside a character */
    return word;
}

void postgres_each_lexeme(struct str words,
                          void (*each)(struct buf *b, struct str word), struct buf *b)
{
    struct str end = STR(WORDS_END), word;

    while (words.len > 0) {
        words = str_cut(words, ' ', &word);
        if (!str_eq(word, end))
            each(b, postgres_lexeme(word));
    }
}

void postgres_words(const struct poll *p, struct buf *words, struct buf *lexemes)
{
    words_add(words, p->title);
    for (uint32_t i = 0; i < p->rules.n_options; i++)
        words_add(words, p->options[i]);
    for (uint32_t i = 0; i < p->n_tags; i++)
        words_add(words, p->tags[i]);
    postgres_each_lexeme(buf_str(words), pg_array_str, lexemes);
}

/* ---- making it again: polls ---- */

/* What one round trip reads, and the next writes. */
struct remake {
    int64_t last; /* id */
    size_t n;
    struct pg_args args[REMAKE_ROWS];
    struct pg_statement statements[REMAKE_ROWS];
    struct buf texts[REMAKE_ROWS][3];
};

static void forget_rows(struct remake *m)
{
    for (size_t i = 0; i < m->n; i++)
        for (int t = 0; t < 3; t++)
            buf_done(&m->texts[i][t]);
    m->n = 0;
}

static struct str text_of(const struct buf *b)
{
    return (struct str){b->len != 0 ? b->data : "", b->len};
}

static void make_words(void *user, const struct poll *p)
{
    struct remake *m = user;
    struct buf *t = m->texts[m->n];

    postgres_words(p, &t[0], &t[1]);
    pg_array_end(&t[1]);
}

static int remake_poll(void *user, const struct pg_row *row)
{
    struct remake *m = user;
    struct pg_args *a = &m->args[m->n];
    struct poll p;

    memset(&p, 0, sizeof p);
    m->last = pg_i64(row, 0);
    p.title = pg_str(row, 1);
    p.rules.n_options = (uint32_t)pg_i64(row, 4);
    if (definition_read(&p, pg_str(row, 2), pg_str(row, 3), make_words, m) != 0)
        return 0; /* verify tells of it */
    *a = (struct pg_args){0};
    pg_arg_i64(a, m->last);
    pg_arg_str(a, text_of(&m->texts[m->n][0]));
    pg_arg_str(a, text_of(&m->texts[m->n][1]));
    m->statements[m->n++] = (struct pg_statement){
        .sql = "UPDATE polls SET words = $2,"
               " lexemes = array_to_tsvector($3::text::text[]) WHERE id = $1",
        .args = a};
    return 0;
}

/* ---- accounts ---- */

static int make_account(struct remake *m, const struct pg_row *row, const char *sql)
{
    struct pg_args *a = &m->args[m->n];
    struct buf *t = m->texts[m->n];

    m->last = pg_i64(row, 0);
    name_key(&t[0], pg_str(row, 1));
    name_look(&t[1], pg_str(row, 1));
    unicode_fold(&t[2], pg_str(row, 2));
    *a = (struct pg_args){0};
    pg_arg_i64(a, m->last);
    for (int i = 0; i < 3; i++)
        pg_arg_str(a, text_of(&t[i]));
    m->statements[m->n++] = (struct pg_statement){.sql = sql, .args = a};
    return 0;
}

/* First every account gets keys that nobody else can have … */
static int remake_apart(void *user, const struct pg_row *row)
{
    return make_account(
        user, row,
        "UPDATE accounts SET username_key = $2 || chr(1) || id,"
        " username_look = $3 || chr(1) || id,"
        " email_key = CASE WHEN email IS NOT NULL THEN $4 || chr(1) || id END"
        " WHERE id = $1");
}

/* … then the plain ones, by id, so the oldest has them. */
static int remake_plain(void *user, const struct pg_row *row)
{
    return make_account(
        user, row,
        "UPDATE accounts a SET"
        " username_key = CASE WHEN EXISTS (SELECT FROM accounts WHERE username_key = "
        "$2)"
        " THEN a.username_key ELSE $2 END,"
        " username_look = CASE WHEN EXISTS (SELECT FROM accounts WHERE username_look ="
        " $3) THEN a.username_look ELSE $3 END,"
        " email_key = CASE WHEN a.email IS NULL OR EXISTS"
        " (SELECT FROM accounts WHERE email_key = $4) THEN a.email_key ELSE $4 END"
        " WHERE id = $1");
}

/* ---- all ---- */

static const char POLLS[] =
    "SELECT id, title, options::text, to_json(tags)::text, jsonb_array_length(options)"
    " FROM polls WHERE id > $1 ORDER BY id LIMIT $2";
static const char USERS[] = "SELECT id, username, email FROM accounts"
                            " WHERE id > $1 AND kind = 'user' ORDER BY id LIMIT $2";

/* Read all rows, some at a time, and write what `make` makes of them. */
static int remake_rows(struct pg *pg, const char *sql, pg_row_cb *make)
{
    struct remake *m = mem_zalloc(1, sizeof *m);
    int64_t before = -1;
    int rc = 0;

    while (rc == 0 && m->last != before) {
        struct pg_args a = {0};

        before = m->last;
        pg_arg_i64(&a, m->last);
        pg_arg_i64(&a, REMAKE_ROWS);
        rc = pg_run(pg, sql, &a, make, m);
        if (rc == 0 && m->n > 0)
            rc = pg_run_all(pg, m->statements, m->n);
        forget_rows(m);
    }
    mem_free(m);
    return rc;
}

static int compare_rules(void *user, const struct pg_row *row)
{
    struct str *rules = user;

    if (str_eq(pg_str(row, 0), *rules))
        rules->len = 0; /* nothing to do */
    return 0;
}

int postgres_text_remake(struct pg *pg)
{
    char text[120];
    struct pg_args a = {0};
    struct str rules = {text, 0};
    int rc;

    rules.len = (size_t)snprintf(
        text, sizeof text, "words %d, names %d, libunistring %x, icu %s", WORDS_RULES,
        NAME_RULES, (unsigned)_libunistring_version, name_tables());
    pg_arg_str(&a, rules);
    rc = pg_run(pg, "SELECT made_with FROM text_rules", NULL, compare_rules, &rules);
    if (rc != 0 || rules.len == 0)
        return rc;
    rc = remake_rows(pg, POLLS, remake_poll);
    if (rc == 0)
        rc = remake_rows(pg, USERS, remake_apart);
    if (rc == 0)
        rc = remake_rows(pg, USERS, remake_plain);
    return rc != 0 ? rc
                   : pg_run(pg, "UPDATE text_rules SET made_with = $1", &a, NULL, NULL);
}
