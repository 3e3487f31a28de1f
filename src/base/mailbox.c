#include "base/mailbox.h"

#include <assert.h>

#include "base/err.h"

void mailbox_init(struct mailbox *b, size_t cap, void (*wake)(void *user), void *user)
{
    assert(wake != NULL);
    atomic_init(&b->top, NULL);
    atomic_init(&b->n_waiting, 0);
    atomic_init(&b->n_refused, 0);
    b->cap = cap;
    b->wake = wake;
    b->user = user;
}

static void push(struct mailbox *b, struct mail *m)
{
    struct mail *top = atomic_load_explicit(&b->top, memory_order_relaxed);

    do
        m->next = top;
    while (!atomic_compare_exchange_weak_explicit(
        &b->top, &top, m, memory_order_acq_rel, memory_order_relaxed));
    if (top == NULL)
        b->wake(b->user);
}

int mailbox_put(struct mailbox *b, struct mail *m)
{
    size_t n = atomic_fetch_add_explicit(&b->n_waiting, 1, memory_order_relaxed);

    if (b->cap != 0 && n >= b->cap) {
        atomic_fetch_sub_explicit(&b->n_waiting, 1, memory_order_relaxed);
        atomic_fetch_add_explicit(&b->n_refused, 1, memory_order_relaxed);
        return ERR_OVERLOADED;
    }
    push(b, m);
    return 0;
}

void mailbox_force(struct mailbox *b, struct mail *m)
{
    atomic_fetch_add_explicit(&b->n_waiting, 1, memory_order_relaxed);
    push(b, m);
}

struct mail *mailbox_take(struct mailbox *b)
{
    struct mail *newest = atomic_exchange_explicit(&b->top, NULL, memory_order_acquire);
    struct mail *oldest = NULL;
    size_t n = 0;

    while (newest != NULL) { /* the stack is newest first: turn it round */
        struct mail *next = newest->next;

        newest->next = oldest;
        oldest = newest;
        newest = next;
        n++;
    }
    /* Who puts counts first: there are never fewer than what lies here. */
    assert(mailbox_waiting(b) >= n);
    atomic_fetch_sub_explicit(&b->n_waiting, n, memory_order_relaxed);
    return oldest;
}

size_t mailbox_waiting(const struct mailbox *b)
{
    return atomic_load_explicit(&b->n_waiting, memory_order_relaxed);
}

size_t mailbox_refused(const struct mailbox *b)
{
    return atomic_load_explicit(&b->n_refused, memory_order_relaxed);
}

void *mail_open_as(struct mail *m, const char *kind)
{
    assert(m->kind == kind);
    return m;
}

void mail_return(struct mail *m)
{
    assert(m->home != NULL || m->on_home != NULL); /* somebody takes it */
    if (m->home != NULL)
        mailbox_force(m->home, m);
    else
        m->on_home(m);
}

void mail_open_all(struct mail *batch)
{
    while (batch != NULL) {
        struct mail *next = batch->next; /* on_home may free the mail */

        assert(batch->on_home != NULL);
        batch->on_home(batch);
        batch = next;
    }
}
