/* fault.h — what is wrong with which field: the one enum, and whom rules tell of it.
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

/* Told once for each fault: the field's name as clients know it ("options[1]"), and a
 * sentence that goes on from it. */
struct faults {
    void (*fault)(void *user, const char *field, enum fault code, const char *message);
    void *user;
};

#endif
