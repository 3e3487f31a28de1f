/* pictures.h — the lane that draws pictures of polls, and keeps the last few.
 *
 * DESIGN
 *
 *   loop ──pictures_submit(ask)──▶ kept? it goes home with it at once
 *     ▲                            being drawn? it waits for that, and costs nothing
 *     │                            else, if few are: lane, draws it (some 40 ms)
 *     └──────── ask comes home ────┘
 *
 * A link that is passed on is looked up by many at once: the first has the picture
 * drawn, and the others get the same. How many pictures may wait to be drawn is
 * bounded; how many ask for one of them is not, but each is a connection. The lane
 * gives way to votes (niceness).
 *
 * Ownership  submit borrows the ask if it returns 0; it comes home through its mail
 *            (set mail.home and mail.on_home before), with a reference to the picture:
 *            picture_unref() it.
 * Errors     start: ERR_UNAVAILABLE. submit: ERR_OVERLOADED. ask.rc: 0, or
 *            ERR_UNAVAILABLE (it cannot be drawn).
 * Threads    submit, picture_unref(): any. start and stop: the owner.
 */
#ifndef PICTURE_PICTURES_H
#define PICTURE_PICTURES_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/lane.h"
#include "core/poll.h"
#include "core/tally.h"

enum {
    PICTURES_WAITING = 16, /* a good value for max_waiting; less than PICTURES_KEPT */
    PICTURES_KEPT = 32,
};

struct picture {
    atomic_uint refs;
    size_t len;
    char png[];
};

void picture_unref(struct picture *p); /* accepts NULL */

struct picture_ask {
    struct mail mail;  /* first */
    struct poll *poll; /* borrowed */
    bool shown;        /* its result, or nothing of it */
    uint64_t version;  /* of what is shown */
    struct result result;

    int rc;
    struct picture *picture; /* when rc is 0 */
};

struct pictures;

int pictures_start(size_t max_waiting, struct pictures **ret_pictures);
int pictures_submit(struct pictures *p, struct picture_ask *ask);

/* For metrics; any thread. */
struct pictures_figures {
    size_t waiting;               /* pictures to be drawn, now */
    size_t refused, drawn, found; /* since the start; found: kept, or being drawn */
};
struct pictures_figures pictures_figures(struct pictures *p);

/* Answers everything that was submitted, then ends. Accepts NULL; returns NULL. */
struct pictures *pictures_stop(struct pictures *p);

#endif
