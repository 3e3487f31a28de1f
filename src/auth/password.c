#include "auth/password.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"

static_assert(ACCOUNT_HASH_BYTES >= crypto_pwhash_STRBYTES, "a hash has no room");

enum { NICENESS = 5 }; /* a third of the votes' share when the cores are busy */

TAILQ_HEAD(password_jobs, password_job);

struct password_lane {
    struct passwords *owner;
    struct lane *lane;
    struct mail bell;    /* wakes the lane */
    atomic_bool ringing; /* the bell is in the mailbox */
    char name[20];       /* at most 15 characters are used */
};

struct passwords {
    struct password_opts opts;           /* like nobody, constant after start */
    char nobody[crypto_pwhash_STRBYTES]; /* the hash of a random password */
    atomic_size_t n_todo, n_refused;     /* n_todo: written with the lock held */
    pthread_mutex_t lock;                /* guards all below */
    struct password_jobs queue;          /* by round, then by arrival */
    uint64_t round;                      /* of the job taken last */
    struct password_lane lanes[PASSWORD_LANES_MAX];
};

static bool fits(struct str s)
{
    return s.len <= PASSWORD_BYTES;
}

int password_set(struct password_job *job, struct str password)
{
    struct buf normal = {0};
    struct str form;
    int rc = ERR_INVALID;

    job->len = job->typed_len = 0;
    text_password(&normal, password);
    form = buf_str(&normal);
    if (fits(form)) {
        memcpy(job->password, form.at != NULL ? form.at : "", form.len);
        job->len = form.len;
        rc = 0;
    }
    if (rc == 0 && fits(password) && !str_eq(form, password)) {
        memcpy(job->typed, password.at, password.len);
        job->typed_len = password.len;
    }
    if (normal.data != NULL)
        sodium_memzero(normal.data, normal.len);
    buf_done(&normal);
    return rc;
}

static void wipe(struct password_job *job)
{
    sodium_memzero(job->password, sizeof job->password);
    sodium_memzero(job->typed, sizeof job->typed);
    job->len = job->typed_len = 0;
}

static int hash_text(const struct password_opts *o, const char *password, size_t len,
                     char ret_hash[crypto_pwhash_STRBYTES])
{
    return crypto_pwhash_str(ret_hash, password, len, o->passes, o->memory_bytes) == 0
               ? 0
               : ERR_UNAVAILABLE;
}

static int verify_text(const struct passwords *p, const struct password_job *job,
                       const char *password, size_t len)
{
    bool nobody = job->hash[0] == '\0';
    int rc;

    errno = 0;
    rc = crypto_pwhash_str_verify(nobody ? p->nobody : job->hash, password, len);
    if (rc == 0)
        return nobody ? ERR_UNAUTHORIZED : 0;
    return errno == EINVAL ? ERR_UNAUTHORIZED : ERR_UNAVAILABLE; /* EINVAL: no match */
}

/* Unless the password is right, the time depends only on what was typed, not on whose
 * hash it is. */
static int verify(const struct passwords *p, struct password_job *job)
{
    int rc = verify_text(p, job, job->password, job->len);

    if (rc != ERR_UNAUTHORIZED || job->typed_len == 0)
        return rc;
    rc = verify_text(p, job, job->typed, job->typed_len);
    if (rc == 0)
        job->renewed = hash_text(&p->opts, job->password, job->len, job->hash) == 0;
    return rc;
}

static void send_home(struct password_job *job)
{
    wipe(job);
    mail_return(&job->mail); /* the job belongs to its home from here on */
}

/* ---- the queue ---- */

static struct password_job *take(struct passwords *p)
{
    struct password_job *job;

    pthread_mutex_lock(&p->lock);
    job = TAILQ_FIRST(&p->queue);
    if (job != NULL) {
        TAILQ_REMOVE(&p->queue, job, link);
        p->round = job->round;
    }
    pthread_mutex_unlock(&p->lock);
    return job;
}

static struct password_job *last_of_locked(struct passwords *p, uint64_t address)
{
    struct password_job *job;

    TAILQ_FOREACH_REVERSE(job, &p->queue, password_jobs, link)
    if (job->address == address)
        return job;
    return NULL;
}

/* Keep the queue ordered by round, and by arrival within a round. */
static void insert_locked(struct passwords *p, struct password_job *job)
{
    struct password_job *after = TAILQ_LAST(&p->queue, password_jobs);

    while (after != NULL && after->round > job->round)
        after = TAILQ_PREV(after, password_jobs, link);
    if (after != NULL)
        TAILQ_INSERT_AFTER(&p->queue, after, job, link);
    else
        TAILQ_INSERT_HEAD(&p->queue, job, link);
}

/* The queue is full: remove and return its last job, if that one's round is later. */
static struct password_job *displace_locked(struct passwords *p,
                                            const struct password_job *by)
{
    struct password_job *last = TAILQ_LAST(&p->queue, password_jobs);

    if (last == NULL || last->round <= by->round)
        return NULL;
    TAILQ_REMOVE(&p->queue, last, link);
    return last;
}

/* Add a job, in the round after its address's last one, or the current round.
 * *ret_displaced, if any, lost its place to it. */
static int enqueue(struct passwords *p, struct password_job *job,
                   struct password_job **ret_displaced)
{
    struct password_job *before;
    int rc = 0;

    *ret_displaced = NULL;
    pthread_mutex_lock(&p->lock);
    before = last_of_locked(p, job->address);
    job->round = before != NULL ? before->round + 1 : p->round;
    if (atomic_load(&p->n_todo) < p->opts.max_waiting)
        atomic_fetch_add(&p->n_todo, 1);
    else if ((*ret_displaced = displace_locked(p, job)) == NULL)
        rc = ERR_OVERLOADED;
    if (rc == 0)
        insert_locked(p, job);
    pthread_mutex_unlock(&p->lock);
    return rc;
}

bool password_has(struct passwords *p, uint64_t address)
{
    bool has;

    pthread_mutex_lock(&p->lock);
    has = last_of_locked(p, address) != NULL;
    pthread_mutex_unlock(&p->lock);
    return has;
}

/* ---- the lanes ---- */

static void run_job(struct passwords *p, struct password_job *job)
{
    job->rc = job->verb == PASSWORD_HASH
                  ? hash_text(&p->opts, job->password, job->len, job->hash)
                  : verify(p, job);
    atomic_fetch_sub(&p->n_todo, 1);
    send_home(job);
}

static void run(struct mail *bell, void *user)
{
    struct password_lane *l = user;
    struct password_job *job;

    (void)bell;
    atomic_store(&l->ringing, false); /* before looking: later jobs ring again */
    while ((job = take(l->owner)) != NULL)
        run_job(l->owner, job);
}

static void ring(struct passwords *p)
{
    for (unsigned i = 0; i < p->opts.n_lanes; i++)
        if (!atomic_exchange(&p->lanes[i].ringing, true))
            mailbox_force(lane_box(p->lanes[i].lane), &p->lanes[i].bell);
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
    pthread_mutex_init(&p->lock, NULL);
    TAILQ_INIT(&p->queue);
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

int password_submit(struct passwords *p, struct password_job *job)
{
    struct password_job *displaced;
    int rc;

    assert(job->len <= sizeof job->password);
    rc = enqueue(p, job, &displaced);
    if (rc != 0 || displaced != NULL)
        atomic_fetch_add(&p->n_refused, 1);
    if (displaced != NULL) {
        displaced->rc = ERR_OVERLOADED;
        send_home(displaced);
    }
    if (rc == 0)
        ring(p);
    return rc;
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
        pthread_mutex_destroy(&p->lock);
        mem_free(p);
    }
    return NULL;
}
