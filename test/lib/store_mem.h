/* store_mem.h — the store in memory: the test double, and proof of what store.h means.
 *
 * A transaction works on a copy of everything, and commit puts the copy in place: as
 * slow as it is plain. Nothing survives free().
 *
 * It can be made to fail, as a full or a broken disk would.
 *
 * Ownership  store_mem_new() gives the store; its free() ends it.
 * Threads    store_mem_fault(): any.
 */
#ifndef TEST_LIB_STORE_MEM_H
#define TEST_LIB_STORE_MEM_H

#include "store/store.h"

enum store_mem_fault {
    MEM_SOUND,
    MEM_NO_BEGIN,
    MEM_NO_WRITE,    /* every call of the writer within a transaction */
    MEM_NO_COMMIT,   /* and nothing of it is there */
    MEM_COMMIT_LOST, /* everything of it is there, but the caller is told otherwise */
    MEM_NO_READ,     /* every call of the reader */
};

struct store *store_mem_new(void);

/* From the next call on, until told otherwise. */
void store_mem_fault(struct store *s, enum store_mem_fault fault);

#endif
