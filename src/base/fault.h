/* fault.h — what is wrong with a field: the enum, and the callback that rules report
 * to.
 * The lines are in tbl/faults.h.
 *
 * Ownership  field and message are borrowed during the call.
 * Threads    the rules' own.
 */
#ifndef BASE_FAULT_H
#define BASE_FAULT_H

#include "tbl/faults.h"

enum fault {
#define X(name, code) name,
    FAULT_TABLE(X)
#undef X
        FAULT__MAX
};

const char *fault_code(enum fault f); /* the word for programs; static storage */

/* Called once per fault, with the field's name as clients know it ("options[1]") and
 * the rest of a sentence that begins with it. */
struct faults {
    void (*fault)(void *user, const char *field, enum fault code, const char *message);
    void *user;
};

#endif
