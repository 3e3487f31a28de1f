#include "picture/pictures.h"

#include <assert.h>
#include <pthread.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "picture/painter.h"

/* A picture that is kept, or that is being drawn for those who wait. */
struct place {
    uint32_t poll; /* 0: nothing is here */
    bool shown;
    uint64_t version;
    uint64_t used;           /* at which ask */
    struct picture *picture; /* NULL: being drawn */
    struct mail *waiting;    /* besides whoever asked first */
};

struct pictures {
    size_t max_waiting;
    struct lane *lane;
    struct painter *painter; /* the lane's, from the first drawing on: it loads fonts */

    pthread_mutex_t lock; /* guards the rest */
    struct pictures_figures figures;
    uint64_t n_asks;
    struct place places[PICTURES_KEPT];
};

static const char ask_kind[] = "picture_ask";

static struct picture *picture_new(struct str png)
{
    struct picture *p = mem_alloc(sizeof *p + png.len);

    atomic_init(&p->refs, 1);
    p->len = png.len;
    memcpy(p->png, png.at, png.len);
    return p;
}

void picture_unref(struct picture *p)
{
    if (p != NULL && atomic_fetch_sub(&p->refs, 1) == 1)
        mem_free(p);
}

/* ---- places ---- */

static struct place *find_locked(struct pictures *p, const struct picture_ask *ask)
{
    for (size_t i = 0; i < PICTURES_KEPT; i++) {
        struct place *at = &p->places[i];

        if (at->poll == ask->poll->id && at->shown == ask->shown &&
            at->version == ask->version)
            return at;
    }
    return NULL;
}

static bool is_being_drawn(const struct place *at)
{
    return at->poll != 0 && at->picture == NULL;
}

/* The place that was not used for longest. There is one: fewer are being drawn. */
static struct place *oldest_locked(struct pictures *p)
{
    struct place *oldest = NULL;

    for (size_t i = 0; i < PICTURES_KEPT; i++) {
        struct place *at = &p->places[i];

        if (!is_being_drawn(at) && (oldest == NULL || at->used < oldest->used))
            oldest = at;
    }
    assert(oldest != NULL);
    return oldest;
}

static void take_place_locked(struct pictures *p, const struct picture_ask *ask)
{
    struct place *at = oldest_locked(p);

    picture_unref(at->picture);
    *at = (struct place){.poll = ask->poll->id,
                         .shown = ask->shown,
                         .version = ask->version,
                         .used = p->n_asks};
    p->figures.waiting++;
}

/* ---- asking ---- */

static void send_home(struct picture_ask *ask, int rc, struct picture *picture)
{
    ask->rc = rc;
    ask->picture = picture;
    if (picture != NULL)
        atomic_fetch_add(&picture->refs, 1);
    mail_return(&ask->mail); /* its home's from here */
}

/* It is kept, or on its way. */
static void join_locked(struct pictures *p, struct place *at, struct picture_ask *ask)
{
    p->figures.found++;
    at->used = p->n_asks;
    if (at->picture != NULL) {
        send_home(ask, 0, at->picture);
    } else {
        ask->mail.next = at->waiting;
        at->waiting = &ask->mail;
    }
}

static int submit_locked(struct pictures *p, struct picture_ask *ask)
{
    struct place *at = find_locked(p, ask);
    int rc;

    p->n_asks++;
    if (at != NULL) {
        join_locked(p, at, ask);
        return 0;
    }
    rc = p->figures.waiting < p->max_waiting ? lane_submit(p->lane, &ask->mail)
                                             : ERR_OVERLOADED;
    if (rc == 0)
        take_place_locked(p, ask);
    else
        p->figures.refused++;
    return rc;
}

int pictures_submit(struct pictures *p, struct picture_ask *ask)
{
    int rc;

    assert(ask->poll->id != 0);
    ask->mail.kind = ask_kind;
    pthread_mutex_lock(&p->lock);
    rc = submit_locked(p, ask);
    pthread_mutex_unlock(&p->lock);
    return rc;
}

/* ---- drawing ---- */

static int draw(struct pictures *p, const struct picture_ask *ask,
                struct picture **ret_picture)
{
    struct buf png = {0};
    int rc;

    if (p->painter == NULL)
        p->painter = painter_new();
    rc = painter_draw(p->painter, ask->poll, ask->shown ? &ask->result : NULL, &png);
    if (rc == 0)
        *ret_picture = picture_new(buf_str(&png));
    buf_done(&png);
    return rc;
}

/* The place keeps the picture, if there is one. Returns who waited for it. */
static struct mail *fill_locked(struct pictures *p, const struct picture_ask *ask,
                                struct picture *picture)
{
    struct place *at = find_locked(p, ask);
    struct mail *waiting;

    assert(at != NULL && is_being_drawn(at));
    waiting = at->waiting;
    at->waiting = NULL;
    at->picture = picture;
    if (picture == NULL)
        at->poll = 0;
    p->figures.waiting--;
    p->figures.drawn++;
    return waiting;
}

static void answer(struct pictures *p, struct picture_ask *ask)
{
    struct picture *picture = NULL;
    int rc = draw(p, ask, &picture);
    struct mail *next;

    if (picture != NULL)
        atomic_fetch_add(&picture->refs, 1); /* it may be displaced meanwhile */
    pthread_mutex_lock(&p->lock);
    next = fill_locked(p, ask, picture);
    pthread_mutex_unlock(&p->lock);
    send_home(ask, rc, picture);
    for (struct mail *m = next; m != NULL; m = next) {
        next = m->next;
        send_home(mail_open_as(m, ask_kind), rc, picture);
    }
    picture_unref(picture);
}

static void run(struct mail *batch, void *user)
{
    while (batch != NULL) {
        struct mail *next = batch->next;

        answer(user, mail_open_as(batch, ask_kind));
        batch = next;
    }
}

int pictures_start(size_t max_waiting, struct pictures **ret_pictures)
{
    struct pictures *p = mem_zalloc(1, sizeof *p);
    struct lane_opts opts = {.name = "picture",
                             .max_waiting = max_waiting,
                             .nice = 10,
                             .run = run,
                             .user = p};
    int rc;

    assert(max_waiting < PICTURES_KEPT);
    p->max_waiting = max_waiting;
    pthread_mutex_init(&p->lock, NULL);
    rc = lane_start(&opts, &p->lane);
    if (rc == 0)
        *ret_pictures = p;
    else
        pictures_stop(p);
    return rc;
}

struct pictures_figures pictures_figures(struct pictures *p)
{
    struct pictures_figures figures;

    pthread_mutex_lock(&p->lock);
    figures = p->figures;
    pthread_mutex_unlock(&p->lock);
    return figures;
}

struct pictures *pictures_stop(struct pictures *p)
{
    if (p != NULL) {
        lane_stop(p->lane);
        for (size_t i = 0; i < PICTURES_KEPT; i++)
            picture_unref(p->places[i].picture);
        painter_free(p->painter);
        pthread_mutex_destroy(&p->lock);
        mem_free(p);
    }
    return NULL;
}
