/* mailbox.h — how threads hand work to each other.
 *
 * DESIGN
 *
 *   any thread ──mailbox_put()──▶ lock-free stack ──mailbox_take()──▶ one owner,
 *                                                   everything, oldest first
 *
 * Mail is embedded in the thing that is handed over, so a hand-over allocates
 * nothing. Only the put that finds the box empty wakes the owner: one wake-up a
 * batch. A box has a cap and refuses beyond it: it never blocks and never grows.
 *
 * Ownership  mail that was put belongs to the owner of the box until it comes back
 *            through mail_return(). Refused mail stays the caller's.
 * Errors     ERR_OVERLOADED: the box is full.
 * Threads    put and return: any. take: the owner.
 */
#ifndef BASE_MAILBOX_H
#define BASE_MAILBOX_H

#include <stdatomic.h>
#include <stddef.h>

struct mailbox;

struct mail {
    struct mail *next;              /* the order within a batch */
    struct mailbox *home;           /* where mail_return() brings it; NULL: nowhere */
    void (*on_home)(struct mail *); /* run there, by the home's owner; may free it. For
                                       mail without a home: by whoever returns it */
};

struct mailbox {
    _Atomic(struct mail *) top;
    atomic_size_t n_waiting;
    atomic_size_t n_refused; /* since the start */
    size_t cap; /* 0: no cap, for boxes whose mail is bounded by what was sent out */
    void (*wake)(void *user);
    void *user;
};

void mailbox_init(struct mailbox *b, size_t cap, void (*wake)(void *user), void *user);
int mailbox_put(struct mailbox *b, struct mail *m);
/* For mail that may not be refused (a lane's own continuations): ignores the cap. */
void mailbox_force(struct mailbox *b, struct mail *m);
/* Everything that waits, oldest first, linked by next; NULL when there is nothing. */
struct mail *mailbox_take(struct mailbox *b);
/* For metrics; any thread. */
size_t mailbox_waiting(const struct mailbox *b);
size_t mailbox_refused(const struct mailbox *b);

/* Send m to its home. After this call m is the home's. */
void mail_return(struct mail *m);
/* What a home does with each batch: runs on_home for every mail in it. */
void mail_open_all(struct mail *batch);

#endif
