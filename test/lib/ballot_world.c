#include "lib/ballot_world.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "lib/ballot_mem.h"
#include "base/err.h"
#include "base/mem.h"
#include "lib/check.h"

enum { LIMIT_S = 30 };

static int64_t world_now(const struct clock *c)
{
    const struct ballot_world *w =
        (const void *)((const char *)c - offsetof(struct ballot_world, clock));

    return atomic_load(&w->now_ms);
}

/* ---- the store of the journaled ballot: what of the journal is projected ---- */

static int replay(struct ballot_world *w, uint32_t poll, struct tally *t)
{
    uint64_t next = journal_start(w->journal), position;
    struct change c[64];
    size_t n;
    int rc = 0;

    do {
        position = next;
        if (journal_read(w->journal, position, c, 64, &n, &next) != 0)
            return ERR_UNAVAILABLE;
        for (size_t i = 0; i < n; i++)
            if (c[i].poll == poll) {
                tally_apply(t, &c[i]);
                rc = c[i].kind == CHANGE_DELETE ? ERR_NOT_FOUND : rc;
            }
    } while (n > 0);
    return rc;
}

static void answer_load(struct ballot_world *w, struct tally_load *l)
{
    struct tally *t;

    l->rc = ERR_NOT_FOUND;
    if (l->poll < POLLS && w->exists[l->poll]) {
        t = tally_new(l->poll, &w->rules[l->poll], 1);
        l->rc = replay(w, l->poll, t);
        l->tally = l->rc == 0 ? t : tally_free(t);
    }
    mail_return(&l->mail);
}

static int load(void *user, struct tally_load *l)
{
    struct ballot_world *w = user;

    atomic_fetch_add(&w->n_loads, 1);
    switch ((enum loading)atomic_load(&w->loading)) {
    case LOAD_AT_ONCE:
        answer_load(w, l);
        return 0;
    case LOAD_HELD:
        pthread_mutex_lock(&w->lock);
        w->held[w->n_held++] = l;
        pthread_mutex_unlock(&w->lock);
        return 0;
    case LOAD_REFUSED:
        return ERR_OVERLOADED;
    case LOAD_FAILED:
        l->rc = ERR_UNAVAILABLE;
        mail_return(&l->mail);
        return 0;
    }
    return ERR_INTERNAL;
}

static void synced(void *user)
{
    struct ballot_world *w = user;

    atomic_fetch_add(&w->n_synced, 1);
}

static uint64_t projected(void *user)
{
    struct ballot_world *w = user;

    return atomic_load(&w->projected);
}

static void report(void *user, int err)
{
    struct ballot_world *w = user;

    pthread_mutex_lock(&w->lock);
    w->reports[w->n_reports++ % LENGTH(w->reports)] = err;
    pthread_mutex_unlock(&w->lock);
}

static void start_journaled(struct ballot_world *w)
{
    struct quota *quota = quota_new(w->per_day);
    struct journaled_opts opts = {.clock = &w->clock,
                                  .quota = quota,
                                  .max_waiting = w->max_waiting,
                                  .max_bytes = w->max_bytes,
                                  .load = load,
                                  .events = event_watch_events(&w->watch),
                                  .synced = synced,
                                  .projected = projected,
                                  .report = report,
                                  .user = w};
    struct journal_found found;
    char errmsg[256];

    CHECK_EQ_AT(
        errmsg,
        journal_open(&w->journal_opts, &w->journal, &found, errmsg, sizeof errmsg), 0);
    opts.journal = w->journal;
    assert_int_equal(journaled_start(&opts, &w->b), 0);
}

static void stop_journaled(struct ballot_world *w)
{
    w->b = ballot_stop(w->b);
    w->journal = journal_close(w->journal);
}

static void break_disk(struct ballot_world *w, bool fails)
{
    (void)w;
    atomic_store(&disk.fail_syncs, fails ? -1 : 0);
}

static void project_journal(struct ballot_world *w)
{
    atomic_store(&w->projected, journal_synced(w->journal));
}

const struct ballot_backend ballot_backend_journaled = {.name = "journaled",
                                                        .start = start_journaled,
                                                        .stop = stop_journaled,
                                                        .break_disk = break_disk,
                                                        .project = project_journal};

/* ---- the ballot in memory ---- */

static void start_mem(struct ballot_world *w)
{
    struct ballot_events events = event_watch_events(&w->watch);

    w->b = ballot_mem_new(&w->clock, quota_new(w->per_day), &events);
}

static void stop_mem(struct ballot_world *w)
{
    w->b = ballot_stop(w->b);
}

static void add_mem(struct ballot_world *w, uint32_t poll)
{
    ballot_mem_add(w->b, poll, &w->rules[poll]);
}

const struct ballot_backend ballot_backend_mem = {
    .name = "mem", .start = start_mem, .stop = stop_mem, .add = add_mem};

/* ---- the world ---- */

void project_all(struct ballot_world *w)
{
    if (w->backend->project != NULL)
        w->backend->project(w);
}

void ballot_world_start(struct ballot_world *w)
{
    w->backend->start(w);
}

void ballot_world_stop(struct ballot_world *w)
{
    w->backend->stop(w);
}

struct ballot_world *ballot_world_new(const struct ballot_backend *backend)
{
    struct ballot_world *w = mem_zalloc(1, sizeof *w);

    w->backend = backend;
    w->clock.now_ms = world_now;
    atomic_init(&w->now_ms, T0);
    w->per_day = 100;
    pthread_mutex_init(&w->lock, NULL);
    event_watch_init(&w->watch, w->rules);
    dir_make(w->dir);
    disk_reset();
    w->journal_opts = (struct journal_opts){
        .dir = w->dir, .segment_bytes = JOURNAL_SEGMENT_BYTES_MIN, .io = &disk_io};
    make_poll(w, POLL_OF_PRIMER);
    ballot_world_start(w);
    return w;
}

void ballot_world_free(struct ballot_world *w)
{
    if (w->b != NULL)
        ballot_world_stop(w);
    dir_remove(w->dir);
    pthread_mutex_destroy(&w->lock);
    event_watch_done(&w->watch);
    mem_free(w);
}

struct poll_rules *make_poll(struct ballot_world *w, uint32_t poll)
{
    w->exists[poll] = true;
    w->rules[poll] =
        (struct poll_rules){.owner_id = OWNER, .n_options = 3, .vote_change = true};
    return &w->rules[poll];
}

void add_poll_with(struct ballot_world *w, uint32_t poll,
                   const struct poll_rules *rules)
{
    *make_poll(w, poll) = *rules;
    if (w->backend->add != NULL)
        w->backend->add(w, poll);
}

void ballot_world_restart(struct ballot_world *w)
{
    ballot_world_stop(w);
    ballot_world_start(w);
}

int ballot_world_setup(void **state)
{
    *state = ballot_world_new(*state);
    return 0;
}

int ballot_world_teardown(void **state)
{
    struct ballot_world *w = *state;

    check_events(w);
    ballot_world_free(w);
    return 0;
}

static const struct ballot_backend *const backends[] = {
    &ballot_backend_journaled,
    &ballot_backend_mem,
    &ballot_backend_postgres,
};

int ballot_world_run(const struct CMUnitTest *tests, size_t n)
{
    struct CMUnitTest *own = mem_alloc(n * sizeof *own);
    int failed = 0;

    for (size_t b = 0; b < LENGTH(backends); b++) {
        for (size_t i = 0; i < n; i++) {
            own[i] = tests[i];
            own[i].setup_func = ballot_world_setup;
            own[i].teardown_func = ballot_world_teardown;
            own[i].initial_state = (void *)(uintptr_t)backends[b];
        }
        failed += _cmocka_run_group_tests(backends[b]->name, own, n, backends[b]->begin,
                                          backends[b]->end);
    }
    mem_free(own);
    return failed;
}

/* ---- tasks ---- */

static void came_home(struct mail *m)
{
    struct task *t = (struct task *)m;

    event_watch_answer(t->watch, &t->op);
    sem_post(&t->done);
}

void task_of(struct task *t, enum ballot_verb verb, uint32_t poll, uint32_t user)
{
    *t = (struct task){.op = {.verb = verb, .poll = poll, .wish = {.user = user}}};
    t->op.mail.on_home = came_home;
    t->op.rc = 12345;
    sem_init(&t->done, 0, 0);
}

void task_change(struct task *t, enum change_kind kind, uint32_t poll, uint32_t user,
                 uint32_t option)
{
    task_of(t, BALLOT_CHANGE, poll, user);
    t->op.wish.kind = kind;
    t->op.wish.option = option;
}

void task_key(struct task *t, const char *key)
{
    t->op.wish.keyed = true;
    for (size_t i = 0; i < VOTE_KEY_BYTES && key[i] != '\0'; i++)
        t->op.wish.key[i] = (uint8_t)key[i];
}

int try_submit(struct ballot_world *w, struct task *t)
{
    t->watch = &w->watch;
    return ballot_submit(w->b, &t->op);
}

void submit(struct ballot_world *w, struct task *t)
{
    assert_int_equal(try_submit(w, t), 0);
}

static void wait_for(sem_t *sem)
{
    struct timespec limit;

    clock_gettime(CLOCK_REALTIME, &limit);
    limit.tv_sec += LIMIT_S;
    while (sem_timedwait(sem, &limit) != 0)
        CHECK_AT("not within the limit of time", errno == EINTR);
}

int await(struct task *t)
{
    wait_for(&t->done);
    return t->op.rc;
}

bool is_done(struct task *t)
{
    int n;

    sem_getvalue(&t->done, &n);
    return n > 0;
}

int run_task(struct ballot_world *w, struct task *t)
{
    submit(w, t);
    return await(t);
}

int cast(struct ballot_world *w, enum change_kind kind, uint32_t poll, uint32_t user,
         uint32_t option)
{
    struct task t;

    task_change(&t, kind, poll, user, option);
    return run_task(w, &t);
}

int cast_vote(struct ballot_world *w, uint32_t poll, uint32_t user, uint32_t option)
{
    return cast(w, CHANGE_VOTE, poll, user, option);
}

int choice_of(struct ballot_world *w, uint32_t poll, uint32_t user)
{
    struct task t;

    task_of(&t, BALLOT_LOOK, poll, user);
    assert_int_equal(run_task(w, &t), 0);
    return t.op.choice;
}

uint32_t left_of(struct ballot_world *w, uint32_t user)
{
    struct task t;

    task_of(&t, BALLOT_QUOTA, 0, user);
    assert_int_equal(run_task(w, &t), 0);
    return t.op.votes_left;
}

const char *result_text(const struct result *r)
{
    static char text[256];
    size_t n =
        (size_t)snprintf(text, sizeof text, "%s v%llu:", poll_status_text(r->status),
                         (unsigned long long)r->version);
    uint32_t total = 0;

    for (uint32_t i = 0; i < r->n_options; i++) {
        n += (size_t)snprintf(text + n, sizeof text - n, " %u", r->counts[i]);
        total += r->counts[i];
    }
    assert_int_equal(total, r->total);
    return text;
}

const char *shown_of(struct ballot_world *w, uint32_t poll)
{
    struct task t;

    task_of(&t, BALLOT_LOOK, poll, 0);
    if (run_task(w, &t) != 0)
        return t.op.rc == ERR_NOT_FOUND ? "none" : "?";
    return result_text(&t.op.result);
}

/* ---- holding ---- */

static struct task primer;

void hold_batch(struct ballot_world *w)
{
    static uint32_t user = 1000000;

    atomic_store(&disk.gated, true);
    task_change(&primer, CHANGE_VOTE, POLL_OF_PRIMER, user++, 0);
    submit(w, &primer);
    wait_for(&disk.entered);
}

void let_batch_go(struct ballot_world *w)
{
    (void)w;
    atomic_store(&disk.gated, false);
    sem_post(&disk.gate);
    assert_int_equal(await(&primer), 0);
}

void let_loads_go(struct ballot_world *w)
{
    pthread_mutex_lock(&w->lock);
    while (w->n_held > 0)
        answer_load(w, w->held[--w->n_held]);
    pthread_mutex_unlock(&w->lock);
}

void wait_for_held(struct ballot_world *w, size_t n)
{
    for (int ms = 0; ms < LIMIT_S * 1000; ms++) {
        size_t n_held;

        pthread_mutex_lock(&w->lock);
        n_held = w->n_held;
        pthread_mutex_unlock(&w->lock);
        if (n_held == n)
            return;
        usleep(1000);
    }
    fail_msg("the loads were not asked for");
}

struct result published_of(struct ballot_world *w, uint32_t poll, int *ret_times)
{
    struct watched_poll p = event_watch_poll(&w->watch, poll);

    *ret_times = p.n_shown;
    return p.shown;
}

void check_events(struct ballot_world *w)
{
    const char *wrong = event_watch_wrong(&w->watch);

    if (wrong != NULL)
        fail_msg("the ballot's events: %s", wrong);
}

/* ---- the journal ---- */

size_t in_journal(struct ballot_world *w, uint32_t poll)
{
    uint64_t next = journal_start(w->journal), position;
    struct change c[64];
    size_t n, count = 0;

    do {
        position = next;
        assert_int_equal(journal_read(w->journal, position, c, 64, &n, &next), 0);
        for (size_t i = 0; i < n; i++)
            count += c[i].poll == poll;
    } while (n > 0);
    return count;
}
