/* sqlite_search.c — polls by their words, and by who has seen them.
 *
 * A query is what a person typed: each of its words becomes a string of the index's own
 * language, in quotes, so that nothing in it has a meaning there. Strings side by side
 * must all be found; one without letters or digits is no word to the index, and is left
 * out by it. */
#include "base/buf.h"
#include "store/sqlite_db.h"

static bool is_gap(char c)
{
    return (unsigned char)c <= ' ' || c == 0x7f;
}

/* The next word of *query, and step over it; empty at the end. */
static struct str take_word(struct str *query)
{
    struct str word;

    while (query->len > 0 && is_gap(query->at[0]))
        *query = str_skip(*query, 1);
    word = (struct str){query->at, 0};
    while (word.len < query->len && !is_gap(query->at[word.len]))
        word.len++;
    *query = str_skip(*query, word.len);
    return word;
}

static void quote(struct buf *out, struct str word)
{
    buf_char(out, '"');
    for (size_t i = 0; i < word.len; i++) {
        if (word.at[i] == '"')
            buf_char(out, '"');
        buf_char(out, word.at[i]);
    }
    buf_char(out, '"');
}

static void write_match(struct buf *out, struct str query)
{
    struct str word = take_word(&query);

    for (int n = 0; word.len > 0 && n < STORE_SEARCH_WORDS; n++) {
        if (n > 0)
            buf_char(out, ' ');
        quote(out, word);
        word = take_word(&query);
    }
    if (out->len > 0)
        buf_char(out, '*'); /* the last word may be a beginning */
}

int sqlite_search(struct store *s, struct str query, size_t max, store_poll_cb *each,
                  void *user_data)
{
    struct db *d = db_reader(s);
    sqlite3_stmt *st = db_use(d, SQL_SEARCH);
    struct buf match = {0};
    int rc = 0;

    write_match(&match, query);
    if (match.len > 0) {
        db_bind_str(st, 1, buf_str(&match));
        sqlite3_bind_int64(st, 2, (sqlite3_int64)max);
        rc = db_each_id(d, st, each, user_data);
    }
    buf_done(&match);
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
