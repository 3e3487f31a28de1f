/* Publishers and shards on threads of their own: nothing is lost, nothing goes back.
 * Meant for ThreadSanitizer as well. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <pthread.h>
#include <string.h>

#include "base/clock.h"
#include "hub/hub.h"

enum {
    SHARDS = 2,
    PUBLISHERS = 2,
    TOPICS = 4,
    READERS = 8, /* a shard */
    PUBLISHES = 20000,
    PATIENCE_MS = 30000
};

static atomic_ulong versions[TOPICS + 1];
static atomic_uint publishing;

struct loop {
    struct hub_shard *shard;
    struct mailbox inbox;
    pthread_t thread;
    pthread_mutex_t lock; /* guards awake */
    pthread_cond_t wake;
    bool awake;
    uint64_t tick_ms; /* 0: none wanted */
    bool complete;
};

struct reader {
    struct subscriber sub; /* first: on_send() casts */
    uint64_t seen[TOPICS + 1];
    bool goes_back;
    bool busy;
};

static struct frame *encode(void *user, uint64_t topic, unsigned form, uint32_t viewers)
{
    (void)user;
    (void)form;
    (void)viewers;
    return frame_new(&topic, sizeof topic, atomic_load(&versions[topic]));
}

static bool on_send(struct subscriber *sub, struct frame *f)
{
    struct reader *r = (struct reader *)sub;
    uint64_t topic;

    if (r->busy)
        return false;
    memcpy(&topic, f->data, sizeof topic);
    r->goes_back |= f->version <= r->seen[topic] && r->seen[topic] != 0;
    r->seen[topic] = f->version;
    r->busy = f->version % 7 == 0;
    return true;
}

static const struct subscriber_ops OPS = {.send = on_send};

static void wake(void *user)
{
    struct loop *l = user;

    pthread_mutex_lock(&l->lock);
    l->awake = true;
    pthread_cond_signal(&l->wake);
    pthread_mutex_unlock(&l->lock);
}

static void want_tick(void *user, uint32_t in_ms)
{
    struct loop *l = user;
    uint64_t at = clock_mono_ms() + in_ms;

    if (l->tick_ms == 0 || at < l->tick_ms)
        l->tick_ms = at;
}

/* Until it is woken, and a millisecond at most. */
static void rest(struct loop *l)
{
    struct timespec until;
    int64_t at = clock_now_ms(&clock_system) + 1;

    until.tv_sec = at / 1000;
    until.tv_nsec = at % 1000 * 1000000;
    pthread_mutex_lock(&l->lock);
    if (!l->awake)
        pthread_cond_timedwait(&l->wake, &l->lock, &until);
    l->awake = false;
    pthread_mutex_unlock(&l->lock);
}

static bool turn(struct loop *l, struct reader *readers)
{
    bool newest = true;

    mail_open_all(mailbox_take(&l->inbox));
    if (l->tick_ms != 0 && clock_mono_ms() >= l->tick_ms) {
        l->tick_ms = 0;
        hub_tick(l->shard);
    }
    for (unsigned i = 0; i < READERS; i++) {
        for (uint64_t t = 1; t <= TOPICS; t++)
            newest &= readers[i].seen[t] == atomic_load(&versions[t]);
        if (readers[i].busy) {
            readers[i].busy = false;
            hub_writable(&readers[i].sub);
        }
    }
    return newest;
}

static void *run_loop(void *arg)
{
    struct loop *l = arg;
    struct reader readers[READERS];
    uint64_t deadline = clock_mono_ms() + PATIENCE_MS;
    bool done = false;

    memset(readers, 0, sizeof readers);
    for (unsigned i = 0; i < READERS; i++)
        hub_subscriber_init(&readers[i].sub, l->shard, &OPS);
    for (unsigned n = 0; !done && clock_mono_ms() < deadline; n++) {
        struct reader *r = &readers[n % READERS];
        bool last = atomic_load(&publishing) == 0;

        for (uint64_t t = 1; t <= TOPICS; t++) /* come and go while it is published */
            hub_follow(&r->sub, t, (unsigned)(t % 2), r->seen[t], TOPICS);
        if (!last && n % 3 == 0)
            hub_unfollow(&r->sub, 1 + n % TOPICS);
        done = turn(l, readers) && last && n > READERS;
        if (!done)
            rest(l);
    }
    l->complete = done;
    for (unsigned i = 0; i < READERS; i++) {
        l->complete &= !readers[i].goes_back;
        hub_subscriber_done(&readers[i].sub);
    }
    return NULL;
}

static void *run_publisher(void *arg)
{
    struct hub *h = arg;

    for (unsigned i = 0; i < PUBLISHES; i++) {
        uint64_t t = 1 + i % TOPICS;

        atomic_fetch_add(&versions[t], 1);
        hub_publish(h, t);
        if (i % 100 == 0)
            hub_viewers(h, t);
    }
    atomic_fetch_sub(&publishing, 1);
    return NULL;
}

static void everybody_ends_with_the_newest(void **state)
{
    struct hub *h = hub_new(&(struct hub_opts){.n_shards = SHARDS,
                                               .min_gap_ms = 1,
                                               .budget_pct = 50,
                                               .slice = 3,
                                               .source = {encode, NULL}});
    struct loop loops[SHARDS];
    pthread_t publishers[PUBLISHERS];

    (void)state;
    memset(loops, 0, sizeof loops);
    atomic_store(&publishing, PUBLISHERS);
    for (unsigned i = 0; i < SHARDS; i++) {
        struct loop *l = &loops[i];

        pthread_mutex_init(&l->lock, NULL);
        pthread_cond_init(&l->wake, NULL);
        mailbox_init(&l->inbox, 0, wake, l);
        l->shard =
            hub_shard_new(h, i,
                          &(struct hub_shard_opts){
                              .inbox = &l->inbox, .want_tick = want_tick, .user = l});
        pthread_create(&l->thread, NULL, run_loop, l);
    }
    for (unsigned i = 0; i < PUBLISHERS; i++)
        pthread_create(&publishers[i], NULL, run_publisher, h);
    for (unsigned i = 0; i < PUBLISHERS; i++)
        pthread_join(publishers[i], NULL);
    for (unsigned i = 0; i < SHARDS; i++) {
        pthread_join(loops[i].thread, NULL);
        assert_true(loops[i].complete);
        hub_shard_free(loops[i].shard);
        mail_open_all(mailbox_take(&loops[i].inbox));
    }
    hub_free(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everybody_ends_with_the_newest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
