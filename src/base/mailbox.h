/* mailbox.h — how threads hand work to one another.
 *
 * DESIGN
 *
 *   any thread ──mailbox_put()──▶ lock-free stack ──mailbox_take()──▶ one owner,
 *                                                   everything, oldest first
 *
 * Mail is embedded in what is handed over, so a hand-over allocates nothing. Only the
 * put that finds the box empty wakes the owner: one wake-up per batch. A full box
 * refuses: it never blocks and never grows.
 *
 * Ownership  once put, mail belongs to the owner of the box until mail_return() brings
 *            it back. Refused mail stays the caller's.
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
    void (*on_home)(struct mail *); /* called there, by the home's owner; may free the
                                       mail. Without a home: called by whoever returns
                                       it */
    const char *kind; /* of what it is the first field of: see mail_open_as() */
};

struct mailbox {
    _Atomic(struct mail *) top;
    atomic_size_t n_waiting;
    atomic_size_t n_refused; /* since the start */
    size_t cap; /* 0: no cap, where only mail that was sent out earlier comes back */
    void (*wake)(void *user);
    void *user;
};

void mailbox_init(struct mailbox *b, size_t cap, void (*wake)(void *user), void *user);
int mailbox_put(struct mailbox *b, struct mail *m);
/* Ignore the cap: for mail that may not be refused (a lane's own continuations). */
void mailbox_force(struct mailbox *b, struct mail *m);
/* Take everything that waits, oldest first, linked by next; NULL: nothing. */
struct mail *mailbox_take(struct mailbox *b);
/* For metrics; any thread. */
size_t mailbox_waiting(const struct mailbox *b);
size_t mailbox_refused(const struct mailbox *b);

/* What m is the first field of. A lane names its kind of work when it is submitted, and
 * opens it by that name: anything else in its box is a bug and ends the program. Names
 * are compared by address. */
void *mail_open_as(struct mail *m, const char *kind);

/* Send m to its home. After this call m is the home's. */
void mail_return(struct mail *m);
/* Call on_home for every mail of a batch: what each home does. */
void mail_open_all(struct mail *batch);

#endif
