/* mem_words.c — search for the store in memory: poll by poll, without an index. */
#include <string.h>

#include "core/words.h"
#include "lib/store_mem_state.h"

/* A text is " word word word ": what has to stand side by side is a part of it. */
struct seeking {
    struct buf phrases[STORE_SEARCH_WORDS];
    int n;
};

static bool take_word(void *user, struct str word, bool joined)
{
    struct seeking *s = user;
    struct buf *phrase;

    if (!joined && s->n == STORE_SEARCH_WORDS)
        return false;
    s->n += !joined;
    phrase = &s->phrases[s->n - 1];
    buf_char(phrase, ' ');
    buf_str_add(phrase, word);
    return true;
}

static void add_texts(struct buf *b, const struct poll *p)
{
    buf_char(b, ' ');
    words_add(b, p->title);
    for (uint32_t i = 0; i < p->rules.n_options; i++)
        words_add(b, p->options[i]);
    for (uint32_t i = 0; i < p->n_tags; i++)
        words_add(b, p->tags[i]);
}

static bool has_all(const struct poll *p, const struct seeking *s)
{
    struct buf text = {0};
    bool has = s->n > 0;

    add_texts(&text, p);
    for (int i = 0; has && i < s->n; i++)
        has =
            memmem(text.data, text.len, s->phrases[i].data, s->phrases[i].len) != NULL;
    buf_done(&text);
    return has;
}

int mem_state_search(const struct mem_state *s, struct str query, size_t max,
                     store_poll_cb *each, void *user_data)
{
    struct seeking sought = {.n = 0};
    int rc = 0;

    words_each(query, take_word, &sought);
    for (int i = 0; i < sought.n - 1; i++) /* the last word may be a beginning */
        buf_char(&sought.phrases[i], ' ');
    for (size_t i = s->n_polls; rc == 0 && i > 0 && max > 0; i--) {
        const struct poll *p = s->polls[i - 1].poll;

        if (!has_all(p, &sought))
            continue;
        rc = each(user_data, p->id);
        max--;
    }
    for (int i = 0; i < sought.n; i++)
        buf_done(&sought.phrases[i]);
    return rc;
}
