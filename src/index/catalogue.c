#include "index/catalogue.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

#include "base/err.h"
#include "base/mem.h"

enum { PAGE_BITS = 10, PAGE = 1 << PAGE_BITS, STRIPES = 256 };

struct entry {
    struct poll *poll; /* NULL: never there, or deleted */
    uint64_t version;
    uint32_t skips;
    uint8_t status;
    uint32_t *counts; /* as many as the poll has options */
};

struct page {
    struct entry entries[PAGE];
};

/* Pages are found through a table that doubles; the old ones stay valid for readers
 * that still look at them, and are freed at the end: together they are no larger than
 * the newest. */
struct table {
    struct table *older;
    size_t n_pages;
    _Atomic(struct page *) pages[];
};

struct catalogue {
    _Atomic(struct table *) table;
    pthread_mutex_t growing;
    atomic_size_t n_polls;
    pthread_mutex_t stripes[STRIPES];
};

static struct table *table_new(size_t n_pages, struct table *older)
{
    struct table *t = mem_zalloc(1, sizeof *t + n_pages * sizeof t->pages[0]);

    t->older = older;
    t->n_pages = n_pages;
    for (size_t i = 0; older != NULL && i < older->n_pages; i++)
        atomic_store(&t->pages[i], atomic_load(&older->pages[i]));
    return t;
}

struct catalogue *catalogue_new(void)
{
    struct catalogue *c = mem_zalloc(1, sizeof *c);

    atomic_store(&c->table, table_new(16, NULL));
    pthread_mutex_init(&c->growing, NULL);
    for (int i = 0; i < STRIPES; i++)
        pthread_mutex_init(&c->stripes[i], NULL);
    return c;
}

static void page_free(struct page *p)
{
    for (int i = 0; p != NULL && i < PAGE; i++) {
        poll_unref(p->entries[i].poll);
        mem_free(p->entries[i].counts);
    }
    mem_free(p);
}

struct catalogue *catalogue_free(struct catalogue *c)
{
    struct table *t;

    if (c == NULL)
        return NULL;
    t = atomic_load(&c->table);
    for (size_t i = 0; i < t->n_pages; i++)
        page_free(atomic_load(&t->pages[i]));
    while (t != NULL) {
        struct table *older = t->older;

        mem_free(t);
        t = older;
    }
    for (int i = 0; i < STRIPES; i++)
        pthread_mutex_destroy(&c->stripes[i]);
    pthread_mutex_destroy(&c->growing);
    mem_free(c);
    return NULL;
}

static struct entry *find(struct catalogue *c, uint32_t id)
{
    struct table *t = atomic_load_explicit(&c->table, memory_order_acquire);
    size_t page = id >> PAGE_BITS;
    struct page *p;

    if (page >= t->n_pages)
        return NULL;
    p = atomic_load_explicit(&t->pages[page], memory_order_acquire);
    return p != NULL ? &p->entries[id & (PAGE - 1)] : NULL;
}

static struct entry *find_or_make(struct catalogue *c, uint32_t id)
{
    size_t page = id >> PAGE_BITS;
    struct table *t;

    pthread_mutex_lock(&c->growing);
    t = atomic_load(&c->table);
    while (page >= t->n_pages)
        t = table_new(t->n_pages * 2, t);
    atomic_store(&c->table, t);
    if (atomic_load(&t->pages[page]) == NULL)
        atomic_store(&t->pages[page], mem_zalloc(1, sizeof(struct page)));
    pthread_mutex_unlock(&c->growing);
    return find(c, id);
}

static pthread_mutex_t *lock_of(struct catalogue *c, uint32_t id)
{
    return &c->stripes[id % STRIPES];
}

static void set_result_locked(struct entry *e, const struct result *r)
{
    e->version = r->version;
    e->skips = r->skips;
    e->status = (uint8_t)r->status;
    assert(r->n_options == e->poll->rules.n_options); /* as many as counts has room */
    for (uint32_t i = 0; i < r->n_options; i++)
        e->counts[i] = r->counts[i];
}

static void get_result_locked(const struct entry *e, struct result *r)
{
    r->poll = e->poll->id;
    r->version = e->version;
    r->skips = e->skips;
    r->status = e->status;
    r->n_options = e->poll->rules.n_options;
    r->total = 0;
    for (uint32_t i = 0; i < r->n_options; i++) {
        r->counts[i] = e->counts[i];
        r->total += e->counts[i];
    }
}

void catalogue_add(struct catalogue *c, struct poll *poll, const struct result *result)
{
    struct entry *e = find_or_make(c, poll->id);

    pthread_mutex_lock(lock_of(c, poll->id));
    assert(e->poll == NULL && e->counts == NULL); /* ids are never used again */
    assert(result->poll == poll->id && result->n_options == poll->rules.n_options);
    e->poll = poll;
    e->counts = mem_zalloc(result->n_options, sizeof *e->counts);
    set_result_locked(e, result);
    pthread_mutex_unlock(lock_of(c, poll->id));
    atomic_fetch_add(&c->n_polls, 1);
}

/* Rules are part of the shared definition: a change of them makes a new one. */
static void set_rules_locked(struct entry *e, const struct poll_rules *rules)
{
    struct poll *old = e->poll;

    if (old->rules.closes_ms == rules->closes_ms && old->rules.edits == rules->edits)
        return;
    e->poll = poll_new(old);
    e->poll->rules = *rules;                       /* nobody else has it yet */
    e->poll->rules.owner_id = old->rules.owner_id; /* who may have gone since */
    poll_unref(old);
}

void catalogue_publish(struct catalogue *c, const struct result *result,
                       const struct poll_rules *rules)
{
    struct entry *e = find(c, result->poll);

    if (e == NULL)
        return;
    pthread_mutex_lock(lock_of(c, result->poll));
    if (e->poll != NULL && result->version >= e->version) {
        set_rules_locked(e, rules);
        set_result_locked(e, result);
    }
    pthread_mutex_unlock(lock_of(c, result->poll));
}

struct poll *catalogue_edit(struct catalogue *c, const struct poll_edit *edit,
                            const struct result *result, const struct poll_rules *rules)
{
    struct entry *e = find(c, result->poll);
    struct poll *edited = NULL;

    if (e == NULL)
        return NULL;
    pthread_mutex_lock(lock_of(c, result->poll));
    if (e->poll != NULL) {
        struct poll *old = e->poll;

        e->poll = poll_edited(old, edit->fields, edit->values);
        poll_unref(old);
        e->counts = mem_realloc(e->counts, result->n_options * sizeof *e->counts);
        set_rules_locked(e, rules);
        set_result_locked(e, result);
        edited = poll_ref(e->poll);
    }
    pthread_mutex_unlock(lock_of(c, result->poll));
    return edited;
}

void catalogue_set_owner(struct catalogue *c, uint32_t id, uint32_t owner_id,
                         struct str name)
{
    struct entry *e = find(c, id);

    if (e == NULL)
        return;
    pthread_mutex_lock(lock_of(c, id));
    if (e->poll != NULL) {
        struct poll *old = e->poll;

        e->poll = poll_with_owner(old, owner_id, name);
        poll_unref(old);
    }
    pthread_mutex_unlock(lock_of(c, id));
}

void catalogue_delete(struct catalogue *c, uint32_t id)
{
    struct entry *e = find(c, id);

    if (e == NULL)
        return;
    pthread_mutex_lock(lock_of(c, id));
    if (e->poll != NULL)
        atomic_fetch_sub(&c->n_polls, 1);
    e->poll = poll_unref(e->poll);
    mem_free(e->counts);
    e->counts = NULL;
    pthread_mutex_unlock(lock_of(c, id));
}

int catalogue_get(struct catalogue *c, uint32_t id, struct poll **ret_poll,
                  struct result *ret_result)
{
    struct entry *e = find(c, id);
    int rc = ERR_NOT_FOUND;

    if (e == NULL)
        return rc;
    pthread_mutex_lock(lock_of(c, id));
    if (e->poll != NULL) {
        rc = 0;
        if (ret_poll != NULL)
            *ret_poll = poll_ref(e->poll);
        if (ret_result != NULL)
            get_result_locked(e, ret_result);
    }
    pthread_mutex_unlock(lock_of(c, id));
    return rc;
}

static bool is_there(struct catalogue *c, struct entry *e, uint32_t id)
{
    bool is;

    pthread_mutex_lock(lock_of(c, id));
    is = e->poll != NULL;
    pthread_mutex_unlock(lock_of(c, id));
    return is;
}

uint32_t catalogue_next(struct catalogue *c, uint32_t id)
{
    uint64_t end = (uint64_t)atomic_load(&c->table)->n_pages << PAGE_BITS;

    for (uint64_t i = (uint64_t)id + 1; i < end; i++) {
        struct entry *e = find(c, (uint32_t)i);

        if (e == NULL)
            i |= PAGE - 1; /* the whole page is missing */
        else if (is_there(c, e, (uint32_t)i))
            return (uint32_t)i;
    }
    return 0;
}

size_t catalogue_count(const struct catalogue *c)
{
    return atomic_load(&c->n_polls);
}
