#include "auth/password.h"

#include <assert.h>
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"

static_assert(ACCOUNT_HASH_BYTES >= crypto_pwhash_STRBYTES, "a hash has no room");

enum { NICENESS = 5 }; /* a third of a vote's share when the cores are busy */

struct password_lane {
    struct passwords *owner;
    struct lane *lane;
    atomic_size_t n_todo; /* submitted and not done */
    char name[20];        /* at most 15 characters are used */
};

struct passwords {
    struct password_opts opts;           /* constant after start, as is nobody */
    char nobody[crypto_pwhash_STRBYTES]; /* the hash of a password that nobody has */
    atomic_size_t n_todo, n_refused;
    struct password_lane lanes[PASSWORD_LANES_MAX];
};

int password_set(struct password_job *job, struct str password)
{
    job->len = 0;
    if (password.len > sizeof job->password)
        return ERR_INVALID;
    if (password.len > 0)
        memcpy(job->password, password.at, password.len);
    job->len = password.len;
    return 0;
}

static void wipe(struct password_job *job)
{
    sodium_memzero(job->password, sizeof job->password);
    job->len = 0;
}

static int hash_text(const struct password_opts *o, const char *password, size_t len,
                     char ret_hash[crypto_pwhash_STRBYTES])
{
    return crypto_pwhash_str(ret_hash, password, len, o->passes, o->memory_bytes) == 0
               ? 0
               : ERR_UNAVAILABLE;
}

static int verify(const struct passwords *p, const struct password_job *job)
{
    bool nobody = job->hash[0] == '\0';
    int rc;

    errno = 0;
    rc = crypto_pwhash_str_verify(nobody ? p->nobody : job->hash, job->password,
                                  job->len);
    if (rc == 0)
        return nobody ? ERR_UNAUTHORIZED : 0;
    return errno == EINVAL ? ERR_UNAUTHORIZED : ERR_UNAVAILABLE; /* EINVAL: no match */
}

static void run_job(struct password_lane *l, struct password_job *job)
{
    struct passwords *p = l->owner;

    job->rc = job->verb == PASSWORD_HASH
                  ? hash_text(&p->opts, job->password, job->len, job->hash)
                  : verify(p, job);
    wipe(job);
    atomic_fetch_sub(&l->n_todo, 1);
    atomic_fetch_sub(&p->n_todo, 1);
    mail_return(&job->mail); /* the job is its home's from here */
}

static void run(struct mail *batch, void *user)
{
    while (batch != NULL) {
        struct mail *next = batch->next;

        run_job(user, (struct password_job *)batch);
        batch = next;
    }
}

static int start_lane(struct passwords *p, unsigned i)
{
    struct password_lane *l = &p->lanes[i];
    struct lane_opts opts = {.name = l->name, .nice = NICENESS, .run = run, .user = l};

    l->owner = p;
    snprintf(l->name, sizeof l->name, "password-%u", i);
    return lane_start(&opts, &l->lane);
}

int passwords_start(const struct password_opts *opts, struct passwords **ret_passwords)
{
    struct passwords *p;
    unsigned char random[32];
    int rc = 0;

    if (opts->n_lanes < 1 || opts->n_lanes > PASSWORD_LANES_MAX ||
        opts->memory_bytes < crypto_pwhash_MEMLIMIT_MIN ||
        opts->memory_bytes > crypto_pwhash_MEMLIMIT_MAX || opts->passes < 1)
        return ERR_INVALID;
    if (sodium_init() < 0)
        return ERR_UNAVAILABLE; /* untested: no random numbers in this kernel */

    p = mem_zalloc(1, sizeof *p);
    p->opts = *opts;
    randombytes_buf(random, sizeof random);
    rc = hash_text(&p->opts, (const char *)random, sizeof random, p->nobody);
    for (unsigned i = 0; rc == 0 && i < opts->n_lanes; i++)
        rc = start_lane(p, i);
    if (rc != 0) {
        passwords_stop(p);
        return rc;
    }
    *ret_passwords = p;
    return 0;
}

static struct password_lane *least_busy(struct passwords *p)
{
    struct password_lane *best = &p->lanes[0];

    for (unsigned i = 1; i < p->opts.n_lanes; i++)
        if (atomic_load(&p->lanes[i].n_todo) < atomic_load(&best->n_todo))
            best = &p->lanes[i];
    return best;
}

int password_submit(struct passwords *p, struct password_job *job)
{
    struct password_lane *l;

    assert(job->len <= sizeof job->password);
    if (atomic_fetch_add(&p->n_todo, 1) >= p->opts.max_waiting) {
        atomic_fetch_sub(&p->n_todo, 1);
        atomic_fetch_add(&p->n_refused, 1);
        return ERR_OVERLOADED;
    }
    l = least_busy(p);
    atomic_fetch_add(&l->n_todo, 1);
    mailbox_force(lane_box(l->lane), &job->mail); /* the door was above */
    return 0;
}

size_t password_waiting(const struct passwords *p)
{
    return atomic_load(&p->n_todo);
}

size_t password_refused(const struct passwords *p)
{
    return atomic_load(&p->n_refused);
}

struct passwords *passwords_stop(struct passwords *p)
{
    if (p != NULL) {
        for (unsigned i = 0; i < p->opts.n_lanes; i++)
            p->lanes[i].lane = lane_stop(p->lanes[i].lane);
        mem_free(p);
    }
    return NULL;
}
