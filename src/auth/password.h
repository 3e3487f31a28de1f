/* password.h — argon2id, in lanes of its own.
 *
 * DESIGN
 *
 *   loop ──password_submit(job)──▶ one queue ──▶ a lane that is free: argon2id (20 ms)
 *     ▲                                                   │
 *     └──────────────── job comes home ───────────────────┘
 *
 * A hash is meant to be slow and to need memory, so a flood of logins is an attack on
 * the server. What it can take is fixed: as many hashes at once as there are lanes,
 * each with memory_bytes, and max_waiting jobs altogether. The lanes give way to votes
 * (niceness).
 *
 * Addresses take turns: the queue is in rounds, and in each round an address has one
 * job. When it is full, a job that would be in an earlier round than the last one takes
 * its place, and that one comes home with ERR_OVERLOADED. So whoever asks for one hash
 * waits for one of each other address at most, however many somebody else asks for.
 *
 * A login with an e-mail that nobody has must take as long as one with a wrong
 * password. For it, verify against nobody: PASSWORD_VERIFY with an empty hash compares
 * with the hash of a random password, and never matches.
 *
 * A password is hashed in one form, so that it is the same from every keyboard
 * (base/text.h). Old hashes are of passwords as they were typed: those are tried too,
 * and the job then brings a hash to keep instead.
 *
 * Ownership  a job is lent by a submit that returned 0 and comes home through its mail
 *            (mail.home, mail.on_home: set them before). Its password is wiped by then.
 *            A job that was refused is the caller's to wipe.
 * Errors     start: ERR_INVALID (parameters that libsodium refuses), ERR_UNAVAILABLE.
 *            submit: ERR_OVERLOADED. job.rc: 0, ERR_UNAUTHORIZED (no match),
 *            ERR_UNAVAILABLE (no memory to hash with; a stored hash cannot be read),
 *            ERR_OVERLOADED (somebody else's turn came first: nothing was done).
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
    PASSWORD_PASSES = 2, /* what OWASP asks for at least, with 19 MiB */
    PASSWORD_LANES_MAX = 64,
    PASSWORD_BYTES = LIMIT_PASSWORD_CHARS * 4,
};

enum password_verb {
    PASSWORD_HASH,   /* fills in hash */
    PASSWORD_VERIFY, /* against hash; an empty one: against nobody's */
};

struct password_job {
    struct mail mail; /* first */
    enum password_verb verb;
    uint64_t address; /* whose turn it is: proxy_client() */
    int rc;
    char hash[ACCOUNT_HASH_BYTES]; /* terminated */
    bool renewed; /* it matched as it was typed, and hash is that of its usual form */
    size_t len, typed_len;
    char password[PASSWORD_BYTES];  /* as text_password() makes it */
    char typed[PASSWORD_BYTES];     /* if that differs */
    TAILQ_ENTRY(password_job) link; /* the queue's */
    uint64_t round;
};

struct password_opts {
    unsigned n_lanes;   /* 1..PASSWORD_LANES_MAX: hashes at the same time */
    size_t max_waiting; /* jobs that are submitted and not home */
    size_t memory_bytes;
    unsigned passes;
};

struct passwords;

int passwords_start(const struct password_opts *opts, struct passwords **ret_passwords);

/* Copies the password into the job. ERR_INVALID: it is longer than any that we accept,
 * and so matches nothing; the job then holds an empty one. */
int password_set(struct password_job *job, struct str password);

int password_submit(struct passwords *p, struct password_job *job);
/* Does a job of that address wait already? Any thread. */
bool password_has(struct passwords *p, uint64_t address);
/* For metrics; any thread. */
size_t password_waiting(const struct passwords *p);
size_t password_refused(const struct passwords *p);

/* Finish everything that was submitted, then end. Accepts NULL; returns NULL. */
struct passwords *passwords_stop(struct passwords *p);

#endif
