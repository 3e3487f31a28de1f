#include "index/leaderboard.h"

#include <pthread.h>
#include <string.h>

#include "base/err.h"
#include "base/lane.h"
#include "base/mem.h"
#include "index/trend.h"

enum { FRESH_MS = 1000, CACHED = 16, WALK = 1000, SHOWN = 10, WAITING = 1024 };

struct board {
    enum board_window window;
    char tag[LIMIT_TAG_BYTES + 1];
    uint64_t made_ms; /* 0: none */
    struct board_place places[LIMIT_PAGE];
    size_t n;
};

struct leaderboard {
    struct leaderboard_opts opts;
    struct lane *lane;
    struct board cache[CACHED]; /* the lane's */

    pthread_mutex_t lock; /* guards the rest */
    struct buf shown;
    uint64_t version;
};

/* ---- making a list ---- */

struct making {
    struct index *index;
    int64_t now_ms;
    struct board *board;
};

/* Is the first better? */
static bool is_better(const struct board_place *a, const struct board_place *b)
{
    return a->votes != b->votes ? a->votes > b->votes : a->poll < b->poll;
}

static void insert(struct board *b, struct board_place place)
{
    size_t i = b->n;

    if (i == LIMIT_PAGE && !is_better(&place, &b->places[i - 1]))
        return;
    if (i < LIMIT_PAGE)
        b->n++;
    else
        i--;
    for (; i > 0 && is_better(&place, &b->places[i - 1]); i--)
        b->places[i] = b->places[i - 1];
    b->places[i] = place;
}

static bool has_tag(const struct poll *p, const char *tag)
{
    if (tag[0] == '\0')
        return true;
    for (uint32_t i = 0; i < p->n_tags; i++)
        if (str_eq(p->tags[i], str_of(tag)))
            return true;
    return false;
}

/* Who was in front in the last hour stays there when the poll closes; the list of all
 * time is of polls to vote on. */
static bool is_listed(const struct making *m, const struct poll *p)
{
    enum poll_status status = poll_status(&p->rules, m->now_ms);

    if (status == POLL_OPEN)
        return p->rules.visibility == VISIBLE_ALWAYS;
    return status == POLL_CLOSED && m->board->window != BOARD_ALL &&
           p->rules.visibility != VISIBLE_AFTER_VOTE;
}

/* votes 0: as many as the poll has. */
static void consider(void *user, uint32_t id, uint32_t votes)
{
    struct making *m = user;
    struct result r;
    struct poll *p;

    if (catalogue_get(m->index->catalogue, id, &p, &r) != 0)
        return;
    if (is_listed(m, p) && has_tag(p, m->board->tag) && r.total > 0)
        insert(m->board, (struct board_place){id, votes != 0 ? votes : r.total});
    poll_unref(p);
}

/* In pieces: nobody waits long for the feed's lock. */
static void consider_all(struct making *m)
{
    struct str tag = str_of(m->board->tag);
    struct feed_query q = {
        .order = FEED_NEW, .tags = &tag, .n_tags = tag.len != 0, .limit = WALK};
    uint32_t *ids = mem_alloc(WALK * sizeof *ids);
    char cursor[FEED_CURSOR_BYTES] = "", next[FEED_CURSOR_BYTES];
    size_t n;

    do {
        q.cursor = str_of(cursor);
        if (feed_walk(m->index->feed, &q, ids, &n, next) != 0)
            break;
        for (size_t i = 0; i < n; i++)
            consider(m, ids[i], 0);
        memcpy(cursor, next, sizeof cursor);
    } while (cursor[0] != '\0');
    mem_free(ids);
}

static void make(struct leaderboard *l, struct board *b)
{
    struct making m = {l->opts.index, clock_now_ms(l->opts.clock), b};

    b->n = 0;
    if (b->window == BOARD_ALL)
        consider_all(&m);
    else
        trend_each(l->opts.index->trend,
                   b->window == BOARD_HOUR ? TREND_HOUR : TREND_DAY, m.now_ms, consider,
                   &m);
    b->made_ms = clock_mono_ms();
}

/* The list, a second old at most; the place of the oldest is taken for a new one. */
static const struct board *find(struct leaderboard *l, enum board_window window,
                                const char *tag)
{
    struct board *b = &l->cache[0];

    for (size_t i = 0; i < CACHED; i++) {
        struct board *other = &l->cache[i];

        if (other->made_ms != 0 && other->window == window &&
            strcmp(other->tag, tag) == 0) {
            b = other;
            break;
        }
        if (other->made_ms < b->made_ms)
            b = other;
    }
    if (b->made_ms != 0 && b->window == window && strcmp(b->tag, tag) == 0 &&
        clock_mono_ms() < b->made_ms + FRESH_MS)
        return b;
    b->window = window;
    memcpy(b->tag, tag, strlen(tag) + 1); /* of a size */
    make(l, b);
    return b;
}

/* ---- showing it ---- */

static uint32_t total_of(struct leaderboard *l, uint32_t id, struct poll **ret_p)
{
    struct result r;

    return catalogue_get(l->opts.index->catalogue, id, ret_p, &r) == 0 ? r.total : 0;
}

void leaderboard_view(struct leaderboard *l, struct buf *out,
                      const struct board_place *places, size_t n, size_t max)
{
    uint64_t rank = 0;

    buf_char(out, '[');
    for (size_t i = 0; i < n && rank < max; i++) {
        struct poll *p = NULL;
        uint32_t total = total_of(l, places[i].poll, &p);

        if (p == NULL)
            continue; /* deleted since */
        buf_text(out, rank == 0 ? "{\"poll\":{\"id\":" : ",{\"poll\":{\"id\":");
        buf_u64(out, p->id);
        buf_text(out, ",\"title\":");
        buf_json_str(out, p->title);
        buf_text(out, "},\"totalVotes\":");
        buf_u64(out, total);
        buf_text(out, ",\"votes\":");
        buf_u64(out, places[i].votes);
        buf_text(out, ",\"rank\":");
        buf_u64(out, ++rank);
        buf_char(out, '}');
        poll_unref(p);
    }
    buf_char(out, ']');
}

uint64_t leaderboard_write(struct leaderboard *l, struct buf *out)
{
    uint64_t version;

    pthread_mutex_lock(&l->lock);
    version = l->version;
    if (version != 0)
        buf_str_add(out, buf_str(&l->shown));
    pthread_mutex_unlock(&l->lock);
    return version;
}

/* A version is a time, so that it grows over restarts too. */
static void show(struct leaderboard *l, const struct buf *now)
{
    uint64_t at_ms = (uint64_t)clock_now_ms(l->opts.clock);

    pthread_mutex_lock(&l->lock);
    l->shown.len = 0;
    buf_str_add(&l->shown, buf_str(now));
    l->version = at_ms > l->version ? at_ms : l->version + 1;
    pthread_mutex_unlock(&l->lock);
    hub_publish(l->opts.hub, TOPIC_LEADERBOARD);
}

static void refresh_shown(struct leaderboard *l)
{
    const struct board *b = find(l, BOARD_ALL, "");
    struct buf now = {0};

    buf_text(&now, "\"items\":");
    leaderboard_view(l, &now, b->places, b->n, SHOWN);
    if (!str_eq(buf_str(&now), buf_str(&l->shown))) /* only this lane writes it */
        show(l, &now);
    buf_done(&now);
}

/* ---- the lane ---- */

static const char ask_kind[] = "board_ask";

static void answer(struct leaderboard *l, struct board_ask *ask)
{
    const struct board *b = find(l, ask->window, ask->tag);

    memcpy(ask->places, b->places, b->n * sizeof *b->places);
    ask->n = b->n;
    mail_return(&ask->mail); /* its home's from here */
}

static void run(struct mail *batch, void *user)
{
    struct leaderboard *l = user;

    while (batch != NULL) {
        struct mail *next = batch->next;

        answer(l, mail_open_as(batch, ask_kind));
        batch = next;
    }
    if (hub_viewers(l->opts.hub, TOPIC_LEADERBOARD) > 0)
        refresh_shown(l);
}

static int until_refresh(void *user)
{
    (void)user;
    return FRESH_MS;
}

int leaderboard_start(const struct leaderboard_opts *board, struct leaderboard **ret_b)
{
    struct leaderboard *l = mem_zalloc(1, sizeof *l);
    struct lane_opts opts = {.name = "leaderboard",
                             .max_waiting = WAITING,
                             .nice = 10,
                             .run = run,
                             .wake_in_ms = until_refresh,
                             .user = l};
    int rc;

    l->opts = *board;
    pthread_mutex_init(&l->lock, NULL);
    *ret_b = l; /* before the lane runs */
    rc = lane_start(&opts, &l->lane);
    if (rc != 0)
        *ret_b = leaderboard_free(l);
    return rc;
}

void leaderboard_stop(struct leaderboard *l)
{
    if (l != NULL)
        l->lane = lane_stop(l->lane);
}

struct leaderboard *leaderboard_free(struct leaderboard *l)
{
    if (l != NULL) {
        leaderboard_stop(l);
        buf_done(&l->shown);
        pthread_mutex_destroy(&l->lock);
        mem_free(l);
    }
    return NULL;
}

int leaderboard_submit(struct leaderboard *l, struct board_ask *ask)
{
    ask->mail.kind = ask_kind;
    return lane_submit(l->lane, &ask->mail);
}
