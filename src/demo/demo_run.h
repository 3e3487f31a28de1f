/* demo_run.h — what demo.c and demo_vote.c share of one run of the demo. */
#ifndef DEMO_DEMO_RUN_H
#define DEMO_DEMO_RUN_H

#include "auth/jwt.h"
#include "demo/demo.h"
#include "demo/demo_client.h"
#include "tbl/limits.h"

enum { DEMO_POLLS_MAX = 100 };

struct demo_poll {
    uint32_t id;
    unsigned n_options;
    bool vote_change;
    unsigned weights[LIMIT_OPTIONS];
    unsigned in_fashion; /* an option */
};

struct demo_run {
    const struct demo_opts *opts;
    int stop_fd;
    char *errmsg;
    struct demo_client *client;
    struct buf url; /* terminated */
    uint64_t user;
    char token[JWT_TEXT_BYTES];
    struct demo_poll polls[DEMO_POLLS_MAX];
    unsigned n_polls;
    uint64_t end_ms; /* monotonic; UINT64_MAX: none */
    uint64_t next_vote_us, next_progress_ms;
    unsigned votes, voters;
};

/* ---- demo.c ---- */

void demo_say(const struct demo_run *r, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Waits, and says whether it is time to stop. */
bool demo_stopped_within(const struct demo_run *r, uint64_t us);
bool demo_is_over(const struct demo_run *r);
/* A call, again for as long as the server asks to come back later. */
int demo_ask(struct demo_run *r, const char *token, const char *method,
             const char *path, struct str body, struct demo_answer *ret);
int demo_fail_unexpected(struct demo_run *r, const char *what,
                         const struct demo_answer *a);
/* What is needed of an answer with a session. False: it has none. */
bool demo_take_session(const struct demo_answer *a, char token[JWT_TEXT_BYTES],
                       uint64_t *ret_user);

/* ---- demo_vote.c ---- */

int demo_vote(struct demo_run *r);

#endif
