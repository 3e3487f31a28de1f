/* painter.h — draws a poll as a picture, for those who preview links to it.
 *
 * The question, and below it the options, with bars and percents where the result is
 * given. It has no words of its own, so it needs no language. Where the question is
 * written from right to left, all of it is mirrored.
 *
 * Fonts are the system's (fontconfig). Drawing is pure otherwise: the same poll gives
 * the same bytes, on one machine.
 *
 * Ownership  painter_new() gives; painter_free() ends (accepts NULL; returns NULL).
 * Errors     painter_draw(): ERR_UNAVAILABLE when it cannot be drawn.
 * Threads    one at a time.
 */
#ifndef PICTURE_PAINTER_H
#define PICTURE_PAINTER_H

#include "base/buf.h"
#include "core/poll.h"
#include "core/tally.h"

enum {
    PICTURE_WIDTH = 1200, /* what the networks ask for */
    PICTURE_HEIGHT = 630,
    PICTURE_LOOK = 1, /* count it up when the same poll is drawn differently */
};

struct painter;

struct painter *painter_new(void);
struct painter *painter_free(struct painter *p);

/* Append a PNG to out. result NULL: hidden. */
int painter_draw(struct painter *p, const struct poll *poll,
                 const struct result *result, struct buf *out);

#endif
