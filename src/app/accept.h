/* accept.h — lists as in Accept and Accept-Encoding: what does a client take?
 *
 * Preferences (q) are ignored, except q=0: not that one. A list that was not sent is
 * {NULL, 0} and names nothing.
 *
 * Threads  pure.
 */
#ifndef APP_ACCEPT_H
#define APP_ACCEPT_H

#include <stdbool.h>

#include "base/str.h"

/* By its own name. */
bool accepts_named(struct str list, struct str name);
/* By its own name, or as one of "*". */
bool accepts_coding(struct str list, struct str coding);

#endif
