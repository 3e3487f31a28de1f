#include "work/scheduler.h"

#include <assert.h>
#include <pthread.h>

#include "base/lane.h"
#include "base/mem.h"

enum { RETRY_MS = 20, LONGEST_SLEEP_MS = 60000 };

struct appointment {
    int64_t at_ms;
    uint32_t poll;
};

/* A new appointment, on its way to the lane. */
struct note {
    struct mail mail; /* first */
    struct appointment what;
};

struct scheduler {
    struct scheduler_opts opts;
    pthread_mutex_t lock; /* guards the next two; and the heap while there is no lane */
    struct lane *lane;    /* NULL: not yet, or no more */
    bool ended;
    struct appointment *heap; /* the earliest first; a parent is never later */
    size_t n, cap;
};

static void swap(struct appointment *a, struct appointment *b)
{
    struct appointment t = *a;

    *a = *b;
    *b = t;
}

static void heap_push(struct scheduler *s, struct appointment a)
{
    size_t i = s->n++;

    if (s->n > s->cap) {
        s->cap = s->cap != 0 ? s->cap * 2 : 64;
        s->heap = mem_realloc(s->heap, s->cap * sizeof *s->heap);
    }
    s->heap[i] = a;
    for (; i > 0 && s->heap[(i - 1) / 2].at_ms > s->heap[i].at_ms; i = (i - 1) / 2)
        swap(&s->heap[(i - 1) / 2], &s->heap[i]);
}

static void heap_pop(struct scheduler *s)
{
    size_t i = 0;

    assert(s->n > 0);
    s->heap[0] = s->heap[--s->n];
    for (;;) {
        size_t least = i, left = 2 * i + 1;

        for (size_t child = left; child <= left + 1 && child < s->n; child++)
            if (s->heap[child].at_ms < s->heap[least].at_ms)
                least = child;
        if (least == i)
            return;
        swap(&s->heap[i], &s->heap[least]);
        i = least;
    }
}

static const char note_kind[] = "note";

static void take_notes(struct scheduler *s, struct mail *batch)
{
    while (batch != NULL) {
        struct note *note = mail_open_as(batch, note_kind);

        batch = batch->next;
        heap_push(s, note->what);
        mem_free(note);
    }
}

static void run(struct mail *batch, void *user)
{
    struct scheduler *s = user;
    int64_t now_ms = clock_now_ms(s->opts.clock);

    take_notes(s, batch);
    while (s->n > 0 && s->heap[0].at_ms <= now_ms) {
        struct appointment due = s->heap[0];

        heap_pop(s);
        if (s->opts.on_due(s->opts.user, due.poll))
            continue;
        due.at_ms = now_ms + RETRY_MS;
        heap_push(s, due);
    }
}

static int wake_in_ms(void *user)
{
    struct scheduler *s = user;
    int64_t in_ms;

    if (s->n == 0)
        return -1;
    in_ms = s->heap[0].at_ms - clock_now_ms(s->opts.clock);
    if (in_ms > LONGEST_SLEEP_MS) /* the wall clock may be set meanwhile */
        in_ms = LONGEST_SLEEP_MS;
    return in_ms < 0 ? 0 : (int)in_ms;
}

struct scheduler *scheduler_new(const struct scheduler_opts *opts)
{
    struct scheduler *s = mem_zalloc(1, sizeof *s);

    s->opts = *opts;
    pthread_mutex_init(&s->lock, NULL);
    return s;
}

int scheduler_start(struct scheduler *s)
{
    struct lane_opts lane = {
        .name = "scheduler", .run = run, .wake_in_ms = wake_in_ms, .user = s};
    int rc;

    pthread_mutex_lock(&s->lock);
    rc = lane_start(&lane, &s->lane);
    pthread_mutex_unlock(&s->lock);
    return rc;
}

static void submit(struct lane *lane, struct appointment what)
{
    struct note *note = mem_zalloc(1, sizeof *note);

    note->what = what;
    note->mail.kind = note_kind;
    (void)lane_submit(lane, &note->mail); /* no cap: cannot refuse */
}

void scheduler_at(struct scheduler *s, uint32_t poll, int64_t at_ms)
{
    struct appointment what = {at_ms, poll};

    assert(poll != 0);
    pthread_mutex_lock(&s->lock);
    if (s->lane != NULL)
        submit(s->lane, what);
    else if (!s->ended)
        heap_push(s, what);
    pthread_mutex_unlock(&s->lock);
}

void scheduler_stop(struct scheduler *s)
{
    struct lane *lane;

    if (s == NULL)
        return;
    pthread_mutex_lock(&s->lock);
    lane = s->lane;
    s->lane = NULL;
    s->ended = true;
    pthread_mutex_unlock(&s->lock);
    lane_stop(lane);
}

struct scheduler *scheduler_free(struct scheduler *s)
{
    if (s != NULL) {
        pthread_mutex_destroy(&s->lock);
        mem_free(s->heap);
        mem_free(s);
    }
    return NULL;
}
