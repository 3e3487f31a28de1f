/* poll_page.h — one page of a list of polls: shows them, and says where the list
 * continues.
 *
 * Others choose the polls (polls_list.c, my_polls.c). Here each becomes JSON, from the
 * catalogue, or from the ballot if that knows more: what the caller did, or that time
 * has opened or closed the poll since its result was published. A poll that was deleted
 * meanwhile is left out.
 *
 * Ownership  the page is the first field of what a handler keeps with its call.
 * Threads    the call's loop.
 */
#ifndef API_POLL_PAGE_H
#define API_POLL_PAGE_H

#include "app/call.h"
#include "index/feed.h"

struct poll_page {
    void (*free_whole)(struct poll_page *page); /* the handler's */
    uint32_t ids[LIMIT_PAGE];
    size_t n;
    char next[FEED_CURSOR_BYTES]; /* empty: it is the last page */
    int64_t now_ms;
    bool untouched; /* the caller has done nothing on these polls */
    size_t at;      /* for itself: the one to show next */
    size_t n_shown;
};

/* Keep the page, and what it is the first field of, with the call. */
void poll_page_keep(struct call *c, struct poll_page *page);
/* The page that is kept: asserts that it is one with this free_whole(). */
struct poll_page *poll_page_of(const struct call *c,
                               void (*free_whole)(struct poll_page *page));

/* Answers the call. */
void poll_page_show(struct call *c);

#endif
