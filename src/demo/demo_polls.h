/* demo_polls.h — what the demo asks, and how its guests tend to answer.
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

/* Find the demo poll with this title; NULL: not one of ours. */
const struct demo_poll_text *demo_poll_by_title(struct str title);

/* Write the body that creates poll number i: in the order of the table, then again from
 * its start with other titles. */
void demo_poll_body(unsigned i, int64_t now_ms, struct buf *out);

#endif
