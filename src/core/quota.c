#include "core/quota.h"

#include <assert.h>

#include "base/err.h"
#include "base/mem.h"

enum { PAGE = 4096 };

struct quota {
    uint32_t per_day;
    int64_t day;
    size_t n_pages;   /* that pages has room for */
    uint32_t **pages; /* by user / PAGE; NULL: nobody there has voted today */
    size_t n_used;
};

struct quota *quota_new(uint32_t per_day)
{
    struct quota *q = mem_zalloc(1, sizeof *q);

    q->per_day = per_day;
    return q;
}

static void forget_all(struct quota *q)
{
    for (size_t i = 0; i < q->n_pages; i++)
        mem_free(q->pages[i]);
    mem_free(q->pages);
    q->pages = NULL;
    q->n_pages = q->n_used = 0;
}

struct quota *quota_free(struct quota *q)
{
    if (q != NULL) {
        forget_all(q);
        mem_free(q);
    }
    return NULL;
}

void quota_set_day(struct quota *q, int64_t day)
{
    if (day == q->day - 1) /* a clock set back at midnight: the day goes on */
        return;
    if (day != q->day)
        forget_all(q);
    q->day = day;
}

static void make_room(struct quota *q, size_t page)
{
    size_t n = q->n_pages != 0 ? q->n_pages : 16;

    while (n <= page)
        n *= 2;
    if (n == q->n_pages)
        return;
    q->pages = mem_realloc(q->pages, n * sizeof *q->pages);
    for (size_t i = q->n_pages; i < n; i++)
        q->pages[i] = NULL;
    q->n_pages = n;
}

/* The user's counter, its page made if need be. */
static uint32_t *counter(struct quota *q, uint32_t user)
{
    size_t page = user / PAGE;

    make_room(q, page);
    assert(page < q->n_pages);
    if (q->pages[page] == NULL) {
        q->pages[page] = mem_zalloc(PAGE, sizeof **q->pages);
        q->n_used++;
    }
    return &q->pages[page][user % PAGE];
}

int quota_take(struct quota *q, uint32_t user)
{
    if (q->per_day != 0 && quota_used(q, user) >= q->per_day)
        return ERR_DAILY_LIMIT;
    ++*counter(q, user);
    return 0;
}

void quota_give_back(struct quota *q, uint32_t user)
{
    if (quota_used(q, user) > 0)
        --*counter(q, user);
}

void quota_load(struct quota *q, uint32_t user, uint32_t used)
{
    *counter(q, user) = used;
}

uint32_t quota_used(const struct quota *q, uint32_t user)
{
    size_t page = user / PAGE;

    if (page >= q->n_pages || q->pages[page] == NULL)
        return 0;
    return q->pages[page][user % PAGE];
}

uint32_t quota_left(const struct quota *q, uint32_t user)
{
    uint32_t used = quota_used(q, user);

    if (q->per_day == 0)
        return UINT32_MAX;
    return used < q->per_day ? q->per_day - used : 0;
}
