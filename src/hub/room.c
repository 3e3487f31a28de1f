/* room.c — the followers of one topic on one loop: who joins and leaves, one frame for
 * each form of the newest result, and passes that offer it to those who have not seen
 * it (shard.h).
 */
#include "hub/shard.h"

#include <assert.h>

#include "base/err.h"
#include "base/mem.h"

/* Frames */

static void forget_frame(struct room *r, unsigned form)
{
    r->frames[form] = frame_unref(r->frames[form]);
    r->encoded &= ~(1U << form);
}

static void forget_frames(struct room *r)
{
    for (unsigned form = 0; form < HUB_FORMS; form++)
        forget_frame(r, form);
}

/* The frame as first encoded since forget_frames(). Borrowed. */
static struct frame *frame_of(struct room *r, unsigned form)
{
    const struct hub_source *source = &r->shard->hub->opts.source;

    if ((r->encoded & (1U << form)) == 0) {
        r->frames[form] = source->encode(source->user, r->topic->id, form,
                                         atomic_load(&r->topic->viewers));
        r->encoded |= 1U << form;
    }
    return r->frames[form];
}

/* Encode it as of now. Borrowed. */
static struct frame *newest_frame(struct room *r, unsigned form)
{
    if (atomic_load_explicit(&r->marked, memory_order_acquire))
        forget_frame(r, form);
    return frame_of(r, form);
}

/* Keep frames only while somebody is about to need them: ten thousand polls with one
 * follower each would otherwise keep ten thousand frames. */
static void settle(struct room *r)
{
    if (!r->passing && r->n_waiting == 0)
        forget_frames(r);
}

/* Rooms */

static struct room_queue *queue_of(struct room *r)
{
    struct hub_shard *s = r->shard;

    switch (r->state) {
    case ROOM_READY:
        return &s->ready;
    case ROOM_ROUND:
        return &s->round;
    case ROOM_COOLING:
        return &s->cooling;
    case ROOM_IDLE:
        break;
    }
    return NULL;
}

void room_move(struct room *r, enum room_state to)
{
    struct hub_shard *s = r->shard;

    if (r->state != ROOM_IDLE)
        TAILQ_REMOVE(queue_of(r), r, link);
    if (r->state == ROOM_COOLING && r->noted) {
        assert(s->n_cooling_noted > 0);
        s->n_cooling_noted--;
    }
    r->state = to;
    if (to != ROOM_IDLE)
        TAILQ_INSERT_TAIL(queue_of(r), r, link);
    if (to == ROOM_COOLING && r->noted)
        s->n_cooling_noted++;
}

/* Find or make the topic's room on this shard, and count one more viewer. */
static struct room *open_room(struct hub_shard *s, uint64_t id)
{
    struct stripe *st = topics_lock(s->hub->topics, id);
    struct topic *t = topics_find(st, id);
    struct room *r;

    if (t == NULL)
        t = topics_add(st, id);
    r = t->rooms[s->index];
    if (r == NULL) {
        r = mem_zalloc(1, sizeof *r);
        r->shard = s;
        r->topic = t;
        LIST_INIT(&r->follows);
        atomic_init(&r->marked, false);
        t->rooms[s->index] = r;
        t->n_rooms++;
        s->n_rooms++;
    }
    atomic_fetch_add(&t->viewers, 1);
    topics_unlock(st);
    return r;
}

/* The last follower has left. Once out of the topic, no publisher can mark the room any
 * more. */
void room_close(struct room *r)
{
    struct hub_shard *s = r->shard;
    struct stripe *st = topics_lock(s->hub->topics, r->topic->id);

    assert(r->n_follows == 0 && r->n_waiting == 0 && LIST_EMPTY(&r->follows));
    assert(r->topic->rooms[s->index] == r && r->topic->n_rooms > 0);
    assert(s->n_rooms > 0);
    r->topic->rooms[s->index] = NULL;
    if (--r->topic->n_rooms == 0)
        topics_remove(st, r->topic);
    topics_unlock(st);

    room_move(r, ROOM_IDLE);
    forget_frames(r);
    s->n_rooms--;
    r->topic = NULL;
    if (!atomic_load_explicit(&r->marked, memory_order_acquire) || r->noted)
        mem_free(r);
}

/* Follows */

static void set_waiting(struct follow *fo, bool waiting)
{
    if (fo->waiting == waiting)
        return;
    fo->waiting = waiting;
    assert(waiting || fo->room->n_waiting > 0);
    if (waiting)
        fo->room->n_waiting++;
    else
        fo->room->n_waiting--;
}

static bool has_seen(const struct follow *fo, const struct frame *f)
{
    if (((f->version ^ fo->seen) & HUB_OTHER_SORT) != 0)
        return false;
    return f->version < fo->seen || (f->version == fo->seen && !fo->anew);
}

/* false: the subscriber is busy. */
static bool offer(struct follow *fo, struct frame *f)
{
    struct subscriber *sub = fo->sub;

    if (f == NULL || has_seen(fo, f))
        return true;
    if (sub->waiting || !sub->ops->send(sub, f)) {
        sub->waiting = true;
        set_waiting(fo, true);
        counter_add(&sub->shard->skipped, 1);
        return false;
    }
    fo->seen = f->version;
    fo->anew = false;
    counter_add(&sub->shard->sent, 1);
    return true;
}

static struct follow *join(struct subscriber *sub, uint64_t topic)
{
    struct follow *fo = mem_zalloc(1, sizeof *fo);

    fo->sub = sub;
    fo->room = open_room(sub->shard, topic);
    fo->room->n_follows++;
    LIST_INSERT_HEAD(&fo->room->follows, fo, link);
    fo->next = sub->follows;
    sub->follows = fo;
    sub->n_follows++;
    return fo;
}

/* at: the link in the subscriber's list. May leave the room empty. */
static struct room *step_out(struct follow **at)
{
    struct follow *fo = *at;
    struct room *r;

    assert(fo != NULL); /* whoever is in a room's list is in its subscriber's */
    r = fo->room;
    assert(r->n_follows > 0 && fo->sub->n_follows > 0);
    *at = fo->next;
    fo->sub->n_follows--;
    set_waiting(fo, false);
    if (r->cursor == fo)
        r->cursor = LIST_NEXT(fo, link);
    LIST_REMOVE(fo, link);
    mem_free(fo);
    atomic_fetch_sub(&r->topic->viewers, 1);
    r->n_follows--;
    return r;
}

static void leave(struct follow **at)
{
    struct room *r = step_out(at);

    if (r->n_follows == 0)
        room_close(r);
    else
        settle(r);
}

static bool is_last(const struct frame *f)
{
    return f != NULL && f->version == HUB_LAST_VERSION;
}

static void tell_ended(struct subscriber *sub)
{
    if (sub->ops->ended != NULL)
        sub->ops->ended(sub);
}

static struct follow **find_follow(struct subscriber *sub, uint64_t topic)
{
    struct follow **at = &sub->follows;

    while (*at != NULL && (*at)->room->topic->id != topic)
        at = &(*at)->next;
    return at;
}

void hub_subscriber_init(struct subscriber *sub, struct hub_shard *shard,
                         const struct subscriber_ops *ops)
{
    assert(ops->send != NULL);
    *sub = (struct subscriber){.ops = ops, .shard = shard};
}

void hub_subscriber_done(struct subscriber *sub)
{
    while (sub->follows != NULL)
        leave(&sub->follows);
    assert(sub->n_follows == 0);
}

int hub_follow(struct subscriber *sub, uint64_t topic, unsigned form,
               uint64_t seen_version, size_t max_follows)
{
    struct follow *fo = *find_follow(sub, topic);
    struct frame *f;
    bool last, joined = false;

    assert(topic != 0 && form < HUB_FORMS);
    if (fo != NULL && fo->form == form)
        return 0;
    if (fo != NULL) {
        fo->anew = true;
    } else if (sub->n_follows >= max_follows) {
        return ERR_TOO_LARGE;
    } else {
        fo = join(sub, topic);
        fo->seen = seen_version;
        joined = true;
    }
    fo->form = (uint8_t)form;
    forget_frame(fo->room, form); /* it counts one viewer less */
    f = frame_of(fo->room, form);
    if (joined && f != NULL && f->version != seen_version)
        fo->seen = 0; /* seen_version is from elsewhere: it may be of a lost future */
    last = is_last(f);
    if (!offer(fo, f) || !last) {
        settle(fo->room);
        return 0;
    }
    leave(find_follow(sub, topic));
    tell_ended(sub);
    return 0;
}

bool hub_follows(struct subscriber *sub, uint64_t topic)
{
    return *find_follow(sub, topic) != NULL;
}

size_t hub_topics(const struct subscriber *sub, uint64_t *ret_topics, size_t max)
{
    size_t n = 0;

    for (const struct follow *fo = sub->follows; fo != NULL && n < max; fo = fo->next)
        ret_topics[n++] = fo->room->topic->id;
    return n;
}

void hub_unfollow(struct subscriber *sub, uint64_t topic)
{
    struct follow **at = find_follow(sub, topic);

    if (*at != NULL)
        leave(at);
}

/* One frame fills a slow connection again. So a topic that was sent goes to the end,
 * and another one is next. */
static void move_to_end(struct follow **at)
{
    struct follow *fo = *at;

    *at = fo->next;
    while (*at != NULL)
        at = &(*at)->next;
    *at = fo;
    fo->next = NULL;
}

void hub_writable(struct subscriber *sub)
{
    struct follow **at = &sub->follows;

    sub->waiting = false;
    for (uint32_t n = sub->n_follows; n > 0; n--) {
        struct follow *fo = *at;
        struct frame *f;
        bool last;

        assert(fo != NULL); /* there are n_follows of them */
        if (!fo->waiting) {
            at = &fo->next;
            continue;
        }
        f = newest_frame(fo->room, fo->form);
        last = is_last(f);
        if (!offer(fo, f))
            return;
        if (last) {
            leave(at);
            tell_ended(sub);
            continue;
        }
        set_waiting(fo, false); /* also when there was nothing to show any more */
        settle(fo->room);
        move_to_end(at);
    }
}

/* Passes */

/* This exchange and the one in mark() order things: a change comes before its publish,
 * and encoding comes after the mark is cleared. So no change is missed in between. */
void room_begin_pass(struct room *r)
{
    assert(r->state == ROOM_ROUND && !r->passing);
    atomic_exchange_explicit(&r->marked, false, memory_order_acq_rel);
    r->noted = false;
    r->passing = true;
    r->cursor = LIST_FIRST(&r->follows);
    forget_frames(r);
}

size_t room_pass(struct room *r, size_t max)
{
    size_t n;

    assert(r->passing);
    for (n = 0; n < max && r->cursor != NULL; n++) {
        struct follow *fo = r->cursor;

        struct frame *f = frame_of(r, fo->form);

        r->cursor = LIST_NEXT(fo, link);
        if (offer(fo, f) && is_last(f)) {
            struct subscriber *sub = fo->sub;

            step_out(find_follow(sub, r->topic->id));
            tell_ended(sub);
        }
    }
    if (r->cursor == NULL) {
        r->passing = false;
        settle(r);
    }
    return n;
}
