/* demo_polls.h — what the demo asks people, and how they like to answer.
 *
 * Shapes   options end with NULL; weights say how likely each is to be chosen, against
 *          each other.
 * Threads  constant.
 */
#ifndef DEMO_DEMO_POLLS_H
#define DEMO_DEMO_POLLS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

enum { DEMO_OPTIONS = 8, DEMO_TAGS = 3 };

struct demo_poll_text {
    const char *title, *description;
    const char *options[DEMO_OPTIONS + 1];
    unsigned weights[DEMO_OPTIONS];
    const char *tags[DEMO_TAGS];
    unsigned closes_in_min; /* 0: never */
    bool vote_change;
};

/* The one that a title belongs to; NULL: none of ours. */
const struct demo_poll_text *demo_poll_by_title(struct str title);

/* The body that creates poll number i: 0.. in the order of the table, and after its end
 * again from the beginning with another title. */
void demo_poll_body(unsigned i, int64_t now_ms, struct buf *out);

#endif
