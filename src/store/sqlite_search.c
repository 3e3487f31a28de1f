/* sqlite_search.c — finds polls by their words, and by who has seen them.
 *
 * A query is what a person typed. Its words are quoted, as strings of FTS's query
 * language, so nothing in them has a meaning there. Words without white space between
 * them are one string; all strings must be found. */
#include "base/buf.h"
#include "core/words.h"
#include "store/sqlite_db.h"

struct match {
    struct buf text;
    int n; /* strings */
};

static bool take_word(void *user, struct str word, bool joined)
{
    struct match *m = user;

    if (!joined && m->n == STORE_SEARCH_WORDS)
        return false;
    if (m->n > 0)
        buf_text(&m->text, joined ? " " : "\" \"");
    else
        buf_char(&m->text, '"');
    buf_str_add(&m->text, word);
    m->n += !joined;
    return true;
}

int sqlite_search(struct store *s, struct str query, size_t max, store_poll_cb *each,
                  void *user_data)
{
    struct db *d = db_reader(s);
    sqlite3_stmt *st = db_use(d, SQL_SEARCH);
    struct match match = {.n = 0};
    int rc = 0;

    words_each(query, take_word, &match);
    if (match.n > 0) {
        buf_text(&match.text, "\"*"); /* the last word may be incomplete */
        db_bind_str(st, 1, buf_str(&match.text));
        sqlite3_bind_int64(st, 2, (sqlite3_int64)max);
        rc = db_each_id(d, st, each, user_data);
    }
    buf_done(&match.text);
    return rc;
}

int sqlite_seen_each(struct store *s, uint32_t user, store_poll_cb *each,
                     void *user_data)
{
    struct db *d = db_reader(s);
    sqlite3_stmt *st = db_use(d, SQL_SEEN);

    sqlite3_bind_int64(st, 1, user);
    return db_each_id(d, st, each, user_data);
}
