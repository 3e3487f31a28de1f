#include "api/list_query.h"

#include <string.h>

#include "base/err.h"
#include "core/poll.h"
#include "base/text.h"

enum { PAGE_DEFAULT = 10, PAGES_MAX = 1000000, TEXT_BYTES = 16384, SEARCH_BYTES = 400 };

/* The value of a parameter, kept in q->text, which never moves. */
static int read_value(const struct http_req *req, const char *name,
                      struct list_query *q, struct str *ret_value)
{
    return http_query(req, name, &q->text, ret_value);
}

static int read_number(const struct http_req *req, const char *name, uint64_t max,
                       struct list_query *q, uint32_t *number)
{
    struct str value;
    uint64_t n;
    int rc = read_value(req, name, q, &value);

    if (rc == ERR_NOT_FOUND)
        return 0;
    if (rc == 0)
        rc = str_to_u64(value, max, &n);
    if (rc == 0 && n < 1)
        rc = ERR_BAD_REQUEST;
    if (rc == 0)
        *number = (uint32_t)n;
    return rc;
}

/* The index of a parameter's value among words, -1 when it is absent. */
static int read_word(const struct http_req *req, const char *name,
                     const char *const *words, int n_words, struct list_query *q,
                     int *ret_index)
{
    struct str value;
    int rc = read_value(req, name, q, &value);

    *ret_index = -1;
    if (rc == ERR_NOT_FOUND)
        return 0;
    for (int i = 0; rc == 0 && i < n_words; i++)
        if (str_eq(value, str_of(words[i])))
            *ret_index = i;
    return *ret_index >= 0 ? 0 : ERR_BAD_REQUEST;
}

/* In normal form, as the poll's own are. */
static int add_tag(struct str value, void *user)
{
    struct list_query *q = user;
    struct buf normal = {0};
    struct str tag;
    int rc = ERR_BAD_REQUEST;

    text_normal_tag(&normal, value);
    tag = buf_str(&normal);
    if (q->n_tags < LIMIT_TAGS && tag.len > 0 && str_chars(tag) <= LIMIT_TAG_CHARS) {
        memcpy(q->text.data + q->text.len, tag.at, tag.len);
        q->tags[q->n_tags++] = (struct str){q->text.data + q->text.len, tag.len};
        q->text.len += tag.len;
        rc = 0;
    }
    buf_done(&normal);
    return rc;
}

/* Nothing in it that could be looked for, not even a sign. */
static bool is_blank(struct str s)
{
    struct buf key = {0};
    bool blank;

    text_key(&key, s);
    blank = key.len == 0;
    buf_done(&key);
    return blank;
}

static int read_words(const struct http_req *req, struct list_query *q,
                      const char **ret_why)
{
    static const char *const sorts[] = {"new", "hot", "closing"};
    static const char *const statuses[] = {"scheduled", "open", "closed"};
    static const char *const seens[] = {"include"};
    int sort, status, seen;

    if (read_word(req, "sort", sorts, 3, q, &sort) != 0) {
        *ret_why = "sort must be new, hot or closing.";
        return ERR_BAD_REQUEST;
    }
    if (read_word(req, "status", statuses, 3, q, &status) != 0) {
        *ret_why = "status must be scheduled, open or closed.";
        return ERR_BAD_REQUEST;
    }
    if (read_word(req, "seen", seens, 1, q, &seen) != 0) {
        *ret_why = "seen can only be include.";
        return ERR_BAD_REQUEST;
    }
    q->order = sort < 0 ? FEED_NEW : (enum feed_order)sort;
    q->any_status = status < 0;
    q->status = status < 0 ? POLL_OPEN : (enum poll_status)status;
    q->seen_too = seen == 0;
    return 0;
}

static int read_numbers(const struct http_req *req, struct list_query *q,
                        const char **ret_why)
{
    q->limit = PAGE_DEFAULT;
    q->page = 1;
    if (read_number(req, "limit", LIMIT_PAGE, q, &q->limit) != 0) {
        *ret_why = "limit must be a number from 1 to 100.";
        return ERR_BAD_REQUEST;
    }
    if (read_number(req, "page", PAGES_MAX, q, &q->page) != 0) {
        *ret_why = "page must be a number from 1 on.";
        return ERR_BAD_REQUEST;
    }
    return 0;
}

static int read_texts(const struct http_req *req, struct list_query *q,
                      const char **ret_why)
{
    int rc = read_value(req, "cursor", q, &q->cursor);

    if ((rc != 0 && rc != ERR_NOT_FOUND) ||
        (rc == 0 && (q->cursor.len == 0 || q->cursor.len >= FEED_CURSOR_BYTES))) {
        *ret_why = "cursor must be a nextCursor that came with a page.";
        return ERR_BAD_REQUEST;
    }
    rc = read_value(req, "q", q, &q->search);
    if ((rc != 0 && rc != ERR_NOT_FOUND) || q->search.len > SEARCH_BYTES) {
        *ret_why = "q must be UTF-8, at most 400 bytes.";
        return ERR_BAD_REQUEST;
    }
    if (is_blank(q->search))
        q->search = (struct str){NULL, 0}; /* nothing is asked for: all polls */
    if (http_query_each(req, "tag", add_tag, q) == 0)
        return 0;
    *ret_why = "tag must be 1 to 30 letters, digits and -; at most ten.";
    return ERR_BAD_REQUEST;
}

int list_query_read(const struct http_req *req, struct list_query *ret_q,
                    const char **ret_why)
{
    int rc;

    *ret_q = (struct list_query){0};
    buf_reserve(&ret_q->text, TEXT_BYTES); /* more than any request line holds */
    rc = read_words(req, ret_q, ret_why);
    if (rc == 0)
        rc = read_numbers(req, ret_q, ret_why);
    if (rc == 0)
        rc = read_texts(req, ret_q, ret_why);
    return rc;
}

void list_query_done(struct list_query *q)
{
    buf_done(&q->text);
}
