/* fit.h — makes text fit a box: smaller while it has to be, then cut with an ellipsis.
 *
 * Lines break between words only, and a cut is between words too, by the rules of the
 * text's script. Only a single word that is wider than the box at the smallest size is
 * cut inside.
 *
 * Time is bounded: a text is cut to FIT_CHARS first, and laid out a dozen times at
 * most.
 *
 * Units      pixels.
 * Ownership  fit_text() gives the layout: g_object_unref() it.
 * Errors     none: what is not UTF-8 is replaced.
 * Threads    the context's.
 */
#ifndef PICTURE_FIT_H
#define PICTURE_FIT_H

#include <pango/pango.h>
#include <stdbool.h>

#include "base/str.h"

enum { FIT_CHARS = 200, FIT_SIZES = 6 };

struct fit_box {
    int width, height;
};

struct fit_style {
    int sizes[FIT_SIZES]; /* the largest first, then 0 */
    bool bold;
};

PangoLayout *fit_text(PangoContext *context, struct str text,
                      const struct fit_style *style, struct fit_box box);

/* Does its text read from right to left? */
bool fit_is_rtl(PangoLayout *layout);

#endif
