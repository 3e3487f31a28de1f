/* Thousands of random steps on several shards, and the promises that hold after each:
 * versions of a topic never repeat nor go back for a reader, nothing newer than the
 * source is sent, viewers are counted right, and when all is quiet everybody has the
 * newest of all that they follow, in the form that they follow it in. */
#include "lib/hub_world.h"

enum { READERS = 40, TOPICS = 12, STEPS = 20000, SEEDS = 50 };

struct view {
    bool follows, has; /* something came since it follows */
    bool changed;      /* its form, and nothing came since */
    unsigned form, seen_form;
    uint64_t seen; /* the newest version that came, or that it began with */
};

struct model {
    struct reader reader; /* first: on_frame() casts */
    unsigned shard;
    struct view views[TOPICS + 1];
};

static struct model models[READERS];
static struct world world;
static uint64_t seed;

static uint64_t dice(uint64_t n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed % n;
}

static void on_frame(struct reader *r, uint64_t topic, unsigned form, uint64_t version)
{
    struct view *v = &((struct model *)r)->views[topic];

    assert_true(v->follows);
    assert_int_equal(form, v->form);
    assert_true(version <= world.version[topic]);
    assert_true(v->changed ? version >= v->seen : version > v->seen);
    v->changed = false;
    v->seen = version;
    v->seen_form = form;
    v->has = true;
    r->received.len = 0;
    r->busy = dice(4) == 0;
}

/* Which one it was can be told: its last version has been seen. */
static void on_ended(struct reader *r)
{
    struct model *m = (struct model *)r;
    unsigned n = 0;

    r->received.len = 0;
    for (uint64_t t = 1; t <= TOPICS; t++) {
        if (m->views[t].follows && m->views[t].seen == HUB_LAST_VERSION) {
            m->views[t] = (struct view){0};
            n++;
        }
    }
    assert_int_equal(n, 1);
}

/* Now and then a topic ends; when nobody follows it, another begins in its place. */
static void step_publish(uint64_t topic)
{
    uint64_t version = world.version[topic] + dice(3);

    if (world.version[topic] == HUB_LAST_VERSION && hub_viewers(world.hub, topic) > 0)
        return;
    if (world.version[topic] == HUB_LAST_VERSION)
        version = 1;
    else if (dice(50) == 0)
        version = HUB_LAST_VERSION;
    publish(&world, topic, version);
}

static void check_viewers(uint64_t topic)
{
    uint32_t want = 0;

    for (unsigned i = 0; i < READERS; i++)
        want += models[i].views[topic].follows;
    assert_int_equal(hub_viewers(world.hub, topic), want);
}

static void step_follow(struct model *m, uint64_t topic)
{
    struct view *v = &m->views[topic];
    uint64_t seen = dice(3) == 0 ? world.version[topic] - dice(2) : 0;
    unsigned form = (unsigned)dice(HUB_FORMS);

    if (!v->follows)
        *v = (struct view){.follows = true, .form = form, .seen = seen};
    v->changed |= form != v->form;
    v->form = form;
    assert_int_equal(hub_follow(&m->reader.sub, topic, form, seen, 100), 0);
}

static void step_leave(struct model *m)
{
    hub_subscriber_done(&m->reader.sub);
    memset(m->views, 0, sizeof m->views);
    m->shard = (unsigned)dice(WORLD_SHARDS);
    m->reader.busy = false;
    hub_subscriber_init(&m->reader.sub, world.shards[m->shard].hub, &WORLD_OPS);
}

static void step_writable(struct model *m)
{
    if (m->reader.busy) {
        m->reader.busy = false;
        hub_writable(&m->reader.sub);
    }
}

static void step(void)
{
    struct model *m = &models[dice(READERS)];
    uint64_t topic = 1 + dice(TOPICS);

    switch (dice(12)) {
    case 0:
    case 1:
        step_follow(m, topic);
        break;
    case 2:
        hub_unfollow(&m->reader.sub, topic);
        m->views[topic] = (struct view){0};
        break;
    case 3:
        if (dice(4) == 0)
            step_leave(m);
        break;
    case 4:
    case 5:
        step_writable(m);
        break;
    case 6:
    case 7:
    case 8:
        step_publish(topic);
        break;
    case 9:
        world.now_us += dice(30000);
        break;
    default:
        shard_turn(&world.shards[dice(WORLD_SHARDS)]);
    }
    check_viewers(topic);
}

static void check_quiet(void)
{
    bool any = true;

    while (any) {
        any = false;
        world_settle(&world);
        for (unsigned i = 0; i < READERS; i++) {
            any |= models[i].reader.busy;
            step_writable(&models[i]);
        }
    }
    for (unsigned i = 0; i < READERS; i++) {
        for (uint64_t t = 1; t <= TOPICS; t++) {
            const struct view *v = &models[i].views[t];

            if (!v->follows)
                continue;
            if (v->has)
                assert_true(v->seen == world.version[t] && v->seen_form == v->form);
            else
                assert_true(v->seen >= world.version[t] && !v->changed);
        }
    }
}

static void promises_hold_after_every_step(void **state)
{
    (void)state;
    for (uint64_t n = 1; n <= SEEDS; n++) {
        seed = n * 0x9e3779b97f4a7c15U;
        world_init(&world, 1 + dice(8));
        world.send_cost_us = dice(200);
        for (uint64_t t = 1; t <= TOPICS; t++)
            world.version[t] = 1;
        for (unsigned i = 0; i < READERS; i++) {
            models[i] = (struct model){.shard = i % WORLD_SHARDS};
            reader_init(&models[i].reader, &world, models[i].shard);
            models[i].reader.on_frame = on_frame;
            models[i].reader.on_ended = on_ended;
        }
        for (unsigned i = 0; i < STEPS; i++) {
            step();
            if (i % 1000 == 999)
                check_quiet();
        }
        for (unsigned i = 0; i < READERS; i++)
            reader_done(&models[i].reader);
        world_done(&world);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(promises_hold_after_every_step),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
