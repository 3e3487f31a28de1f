/* sqlite_text.c — gives SQLite our functions that compare text.
 *
 * Triggers and statements call them, so whoever changes a row cannot forget the words
 * for search or the keys of accounts. The results depend on our rules and on the tables
 * of two libraries; when one of these changes, the next start recomputes them all.
 *
 * Names and addresses of old accounts may turn out to be the same as an older
 * account's. Such an account stays usable: its key ends with U+0001 and its id, which
 * no name does.
 */
#include <jansson.h>
#include <stdio.h>
#include <unistring/version.h>

#include "base/err.h"
#include "base/lookalike.h"
#include "base/unicode.h"
#include "core/words.h"
#include "store/sqlite_db.h"

enum { NAME_RULES = 1 }; /* version of our own rules for the keys of accounts */

static const char REMAKE_SQL[] =
    "DELETE FROM poll_words;"
    "INSERT INTO poll_words (rowid, words)"
    " SELECT id, pollux_words(title, options, tags) FROM polls;"

    "UPDATE accounts SET username_key = pollux_name_key(username) || char(1) || id,"
    " username_look = pollux_name_look(username) || char(1) || id,"
    " email_key = pollux_fold(email) || char(1) || id;"
    /* This goes by id, so the oldest account gets the plain key. */
    "UPDATE OR IGNORE accounts SET username_key = pollux_name_key(username);"
    "UPDATE OR IGNORE accounts SET username_look = pollux_name_look(username);"
    "UPDATE OR IGNORE accounts SET email_key = pollux_fold(email);";

static struct str value_str(sqlite3_value *value)
{
    const char *at = (const char *)sqlite3_value_text(value);

    return (struct str){at, at != NULL ? (size_t)sqlite3_value_bytes(value) : 0};
}

static void give(sqlite3_context *ctx, struct buf *b)
{
    sqlite3_result_text(ctx, b->len != 0 ? b->data : "", (int)b->len, SQLITE_TRANSIENT);
    buf_done(b);
}

/* A JSON array of texts. */
static void add_array(struct buf *b, struct str json)
{
    json_t *array =
        json_loadb(json.at != NULL ? json.at : "", json.len, JSON_ALLOW_NUL, NULL);

    for (size_t i = 0; i < json_array_size(array); i++) {
        const json_t *text = json_array_get(array, i);

        words_add(b, (struct str){json_string_value(text), json_string_length(text)});
    }
    json_decref(array);
}

static void sql_words(sqlite3_context *ctx, int n, sqlite3_value **values)
{
    struct buf b = {0};

    (void)n;
    words_add(&b, value_str(values[0]));
    add_array(&b, value_str(values[1]));
    add_array(&b, value_str(values[2]));
    give(ctx, &b);
}

/* The user data says which function this is. NULL stays NULL. */
static void sql_key(sqlite3_context *ctx, int n, sqlite3_value **values)
{
    void (*const *key)(struct buf * b, struct str s) = sqlite3_user_data(ctx);
    struct buf b = {0};

    (void)n;
    if (sqlite3_value_type(values[0]) == SQLITE_NULL)
        return;
    (*key)(&b, value_str(values[0]));
    give(ctx, &b);
}

int sqlite_text_functions(struct db *d)
{
    static void (*const keys[])(struct buf * b, struct str s) = {name_key, name_look,
                                                                 unicode_fold};
    static const char *const names[] = {"pollux_name_key", "pollux_name_look",
                                        "pollux_fold"};
    int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
    int rc = sqlite3_create_function(d->handle, "pollux_words", 3, flags, NULL,
                                     sql_words, NULL, NULL);

    for (size_t i = 0; rc == SQLITE_OK && i < sizeof keys / sizeof *keys; i++)
        rc = sqlite3_create_function(d->handle, names[i], 1, flags,
                                     (void *)(uintptr_t)&keys[i], sql_key, NULL, NULL);
    return rc == SQLITE_OK ? 0 : db_fail(d);
}

/* ---- recomputing ---- */

static void write_rules(char *to, size_t size)
{
    snprintf(to, size, "words %d, names %d, libunistring %x, icu %s", WORDS_RULES,
             NAME_RULES, (unsigned)_libunistring_version, name_tables());
}

static int is_made_with(struct db *d, const char *rules, bool *ret_same)
{
    sqlite3_stmt *st = NULL;
    int rc = sqlite3_prepare_v2(d->handle, "SELECT made_with FROM text_rules", -1, &st,
                                NULL);

    if (rc == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW)
        *ret_same = str_eq(db_column_str(st, 0), str_of(rules));
    sqlite3_finalize(st);
    return rc == SQLITE_OK ? 0 : db_fail(d);
}

static int remake(struct db *d, const char *rules)
{
    char *end = sqlite3_mprintf("UPDATE text_rules SET made_with = %Q; COMMIT;", rules);
    int rc = sqlite3_exec(d->handle, "BEGIN IMMEDIATE", NULL, NULL, NULL);

    if (rc == SQLITE_OK)
        rc = sqlite3_exec(d->handle, REMAKE_SQL, NULL, NULL, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(d->handle, end, NULL, NULL, NULL);
    sqlite3_free(end);
    if (rc == SQLITE_OK)
        return 0;
    (void)db_fail(d);
    sqlite3_exec(d->handle, "ROLLBACK", NULL, NULL, NULL);
    return ERR_UNAVAILABLE;
}

int sqlite_text_remake(struct db *d)
{
    char rules[120];
    bool same = false;
    int rc;

    write_rules(rules, sizeof rules);
    rc = is_made_with(d, rules, &same);
    return rc != 0 || same ? rc : remake(d, rules);
}
