/* mem_words.c — search for the store in memory: word by word, without an index. */
#include <string.h>

#include "base/fold.h"
#include "lib/store_mem_state.h"

/* The letters from U+00E0 to U+00FF without their accents; '-' is none. */
static const char plain[] = "aaaaaa\xe6"
                            "ceeeeiiii\xf0nooooo-\xf8uuuuy\xfey";

static bool is_word_byte(unsigned char c)
{
    return c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* In small letters, accents of Latin-1 gone, and a space for each byte of no word. */
static void add_plain(struct buf *out, struct str text)
{
    struct buf folded = {0};
    struct str s;

    fold_add(&folded, text);
    s = buf_str(&folded);
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.at[i];
        unsigned char next = i + 1 < s.len ? (unsigned char)s.at[i + 1] : 0;
        char letter = c == 0xc3 && next >= 0xa0 ? plain[next - 0xa0] : 0;

        if (letter != 0 && (unsigned char)letter < 0x80) {
            buf_char(out, letter == '-' ? ' ' : letter);
            i++;
        } else {
            buf_char(out, is_word_byte(c) ? (char)c : ' ');
        }
    }
    buf_char(out, ' ');
    buf_done(&folded);
}

/* Is there the word, or one that begins with it? */
static bool has_word(struct str text, struct str word, bool beginning)
{
    while (text.len > 0) {
        struct str head;

        text = str_cut(text, ' ', &head);
        if (beginning ? str_starts(head, word) : str_eq(head, word))
            return true;
    }
    return false;
}

static bool has_all(struct str text, struct str query)
{
    size_t n = 0;

    while (query.len > 0) {
        struct str word;

        query = str_cut(query, ' ', &word);
        while (query.len > 0 && query.at[0] == ' ')
            query = str_skip(query, 1);
        if (word.len == 0)
            continue;
        if (!has_word(text, word, query.len == 0))
            return false;
        n++;
    }
    return n > 0;
}

static bool has_words(const struct poll *p, struct str query)
{
    struct buf text = {0}, words = {0};
    bool has;

    add_plain(&text, p->title);
    for (uint32_t i = 0; i < p->rules.n_options; i++)
        add_plain(&text, p->options[i]);
    for (uint32_t i = 0; i < p->n_tags; i++)
        add_plain(&text, p->tags[i]);
    add_plain(&words, query);
    has = has_all(buf_str(&text), buf_str(&words));
    buf_done(&text);
    buf_done(&words);
    return has;
}

int mem_state_search(const struct mem_state *s, struct str query, size_t max,
                     store_poll_cb *each, void *user_data)
{
    int rc = 0;

    for (size_t i = s->n_polls; rc == 0 && i > 0 && max > 0; i--) {
        const struct poll *p = s->polls[i - 1].poll;

        if (!has_words(p, query))
            continue;
        rc = each(user_data, p->id);
        max--;
    }
    return rc;
}
