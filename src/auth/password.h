/* password.h — hashes passwords with argon2id, in lanes of its own.
 *
 * DESIGN
 *
 *   loop ──password_submit(job)──▶ one queue ──▶ a lane that is free: argon2id (20 ms)
 *     ▲                                                   │
 *     └──────────────── job comes home ───────────────────┘
 *
 * A hash is slow and needs memory on purpose, so a flood of logins could take down the
 * server. So the cost is bounded: one hash at a time per lane, each with memory_bytes,
 * and max_waiting jobs altogether. The lanes give way to votes (niceness).
 *
 * Addresses take turns: the queue is in rounds, with one job per address in each. When
 * the queue is full, a job of an earlier round displaces the last one, which comes home
 * with ERR_OVERLOADED. So whoever asks for one hash waits for at most one of each other
 * address, however many somebody else asks for.
 *
 * A login with an unknown e-mail must take as long as one with a wrong password. So
 * PASSWORD_VERIFY with an empty hash compares with the hash of a random password, and
 * never matches.
 *
 * A password is hashed in normal form, so that every keyboard gives the same
 * (base/text.h). Old hashes are of passwords as typed, so that form is tried too; if it
 * matches, the job brings a new hash to keep instead.
 *
 * Ownership  submit borrows the job if it returns 0; the job comes home through its
 *            mail (set mail.home and mail.on_home before), with its password wiped. If
 *            submit refuses a job, the caller wipes it.
 * Errors     start: ERR_INVALID (parameters that libsodium refuses), ERR_UNAVAILABLE.
 *            submit: ERR_OVERLOADED. job.rc: 0, ERR_UNAUTHORIZED (no match),
 *            ERR_UNAVAILABLE (no memory to hash with; a stored hash cannot be read),
 *            ERR_OVERLOADED (displaced by another address's job: nothing was done).
 * Threads    submit: any. start and stop: the owner.
 */
#ifndef AUTH_PASSWORD_H
#define AUTH_PASSWORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "base/lane.h"
#include "base/str.h"
#include "core/account.h"

enum {
    PASSWORD_PASSES = 2, /* OWASP's minimum, with 19 MiB */
    PASSWORD_LANES_MAX = 64,
    PASSWORD_BYTES = LIMIT_PASSWORD_CHARS * 4,
};

enum password_verb {
    PASSWORD_HASH,   /* fills in hash */
    PASSWORD_VERIFY, /* checks against hash; if empty, against nobody's */
};

struct password_job {
    struct mail mail; /* first */
    enum password_verb verb;
    uint64_t address; /* whose turn it is: proxy_client() */
    int rc;
    char hash[ACCOUNT_HASH_BYTES]; /* terminated */
    bool renewed; /* the password matched as typed; hash is now of its normal form */
    size_t len, typed_len;
    char password[PASSWORD_BYTES];  /* in normal form (text_password()) */
    char typed[PASSWORD_BYTES];     /* as typed, if that differs */
    TAILQ_ENTRY(password_job) link; /* used by the queue */
    uint64_t round;
};

struct password_opts {
    unsigned n_lanes;   /* 1..PASSWORD_LANES_MAX */
    size_t max_waiting; /* jobs submitted and not yet home */
    size_t memory_bytes;
    unsigned passes;
};

struct passwords;

int passwords_start(const struct password_opts *opts, struct passwords **ret_passwords);

/* Copies the password into the job. ERR_INVALID: it is longer than any we accept, so it
 * cannot match; the job then holds an empty one. */
int password_set(struct password_job *job, struct str password);

int password_submit(struct passwords *p, struct password_job *job);
/* Is a job of this address waiting already? Any thread. */
bool password_has(struct passwords *p, uint64_t address);
/* For metrics; any thread. */
size_t password_waiting(const struct passwords *p);
size_t password_refused(const struct passwords *p);

/* Finish everything that was submitted, then end. Accepts NULL; returns NULL. */
struct passwords *passwords_stop(struct passwords *p);

#endif
