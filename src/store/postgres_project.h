/* postgres_project.h — a batch of changes on its way into the tables: the DESIGN is in
 * postgres_project.c. */
#ifndef STORE_POSTGRES_PROJECT_H
#define STORE_POSTGRES_PROJECT_H

#include "store/postgres_db.h"
#include "core/receipt_blob.h"

/* Where a change of the batch goes. */
struct place {
    uint32_t poll, user;
    uint32_t i; /* index in the batch */
};

enum ballot_kind { NONE, VOTE, SKIP };

struct told {
    bool is_set;
    int64_t at_ms;
    uint8_t key[VOTE_KEY_BYTES], bytes[RECEIPT_BLOB_BYTES];
    size_t len;
};

struct ballot {
    uint32_t poll, user;
    bool stored, changed;
    enum ballot_kind kind;
    int64_t at_ms;
    uint32_t option;
    uint64_t version;
    struct told now, was; /* of the vote, and of the last one withdrawn */
};

struct stored {
    uint32_t poll, n_options;
    uint64_t base_version, reached;
    uint32_t total, skips, counts[LIMIT_OPTIONS];
    int64_t closes_ms; /* of a closing in the batch; 0: none */
    bool removed;
};

/* A vote cast; also a sum of such. */
struct cast {
    int64_t day, span;
    uint32_t poll, user;
};

struct projection {
    struct side *side;
    const struct change *changes;
    size_t n;
    struct place *places;   /* n, sorted */
    struct ballot *ballots; /* by poll and user: one for each such pair */
    struct stored *results; /* by poll; only of polls that are there */
    struct cast *casts;
    size_t n_ballots, n_results, n_casts;
    size_t at; /* while rows of ballots are read */
};

/* Write what differs. */
int postgres_write_rows(struct projection *e);

#endif
