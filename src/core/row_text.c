#include "core/row_text.h"

#include <jansson.h>

#include "base/err.h"

int counts_read(struct str text, uint32_t counts[LIMIT_OPTIONS], uint32_t *ret_n)
{
    uint32_t n = 0;

    if (text.len < 2 || text.at[0] != '[' || text.at[text.len - 1] != ']')
        return ERR_INVALID;
    text = (struct str){text.at + 1, text.len - 2};
    do {
        struct str head;
        uint64_t count;

        text = str_cut(text, ',', &head);
        if (n == LIMIT_OPTIONS || str_to_u64(head, UINT32_MAX, &count) != 0)
            return ERR_INVALID;
        counts[n++] = (uint32_t)count;
    } while (text.len != 0);
    *ret_n = n;
    return 0;
}

void counts_write(struct buf *b, const uint32_t *counts, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        buf_char(b, i == 0 ? '[' : ',');
        buf_u64(b, counts[i]);
    }
    buf_char(b, ']');
}

void texts_write(struct buf *b, const struct str *texts, uint32_t n)
{
    buf_char(b, '[');
    for (uint32_t i = 0; i < n; i++) {
        if (i != 0)
            buf_char(b, ',');
        buf_json_str(b, texts[i]);
    }
    buf_char(b, ']');
}

/* Read a JSON array of texts, which the array still owns. */
static bool read_texts(const json_t *array, struct str *texts, size_t max,
                       uint32_t *ret_n)
{
    size_t n = json_array_size(array);

    if (!json_is_array(array) || n > max)
        return false;
    for (size_t i = 0; i < n; i++) {
        const json_t *text = json_array_get(array, i);

        if (!json_is_string(text))
            return false;
        texts[i] = (struct str){json_string_value(text), json_string_length(text)};
    }
    *ret_n = (uint32_t)n;
    return true;
}

static json_t *parse(struct str text)
{
    return json_loadb(text.at != NULL ? text.at : "", text.len, JSON_ALLOW_NUL, NULL);
}

int definition_read(struct poll *p, struct str options, struct str tags,
                    definition_cb *use, void *user)
{
    json_t *o = parse(options), *t = parse(tags);
    uint32_t n_options = 0;
    bool ok = read_texts(o, p->options, LIMIT_OPTIONS, &n_options) &&
              n_options == p->rules.n_options &&
              read_texts(t, p->tags, LIMIT_TAGS, &p->n_tags);

    if (ok)
        use(user, p);
    json_decref(o);
    json_decref(t);
    return ok ? 0 : ERR_INVALID;
}

bool visibility_read(struct str text, enum poll_visibility *ret_v)
{
    for (*ret_v = VISIBLE_ALWAYS; *ret_v <= VISIBLE_AFTER_CLOSE; ++*ret_v)
        if (str_eq(text, str_of(poll_visibility_text(*ret_v))))
            return true;
    return false;
}

bool voters_read(struct str text, enum poll_voters *ret_v)
{
    for (*ret_v = VOTERS_ANYONE; *ret_v <= VOTERS_REGISTERED; ++*ret_v)
        if (str_eq(text, str_of(poll_voters_text(*ret_v))))
            return true;
    return false;
}
