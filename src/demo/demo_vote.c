/* demo_vote.c — the guests of the demo: how many, how fast, what they choose. */
#include <sodium.h>
#include <stdio.h>

#include "base/clock.h"
#include "demo/demo_run.h"

enum {
    PROGRESS_MS = 5000,
    SWAY_EVERY = 25,   /* votes, about, until something else comes into fashion */
    CHANGE_EVERY = 15, /* votes, about, until somebody has second thoughts */
    BEHIND_US = 1000000,
};

static void tell_progress(struct demo_run *r)
{
    uint64_t now_ms = clock_mono_ms();
    char line[128];

    if (r->opts->say_progress == NULL || now_ms < r->next_progress_ms)
        return;
    r->next_progress_ms = now_ms + PROGRESS_MS;
    snprintf(line, sizeof line, "%u votes by %u guests", r->votes, r->voters);
    r->opts->say_progress(r->opts->user, line);
}

/* Wait until the next vote is due. Do not rush a server afterwards that could not keep
 * up. */
static bool pace(struct demo_run *r)
{
    uint64_t now_us = clock_mono_us();

    if (r->next_vote_us + BEHIND_US < now_us)
        r->next_vote_us = now_us;
    if (r->next_vote_us > now_us && demo_stopped_within(r, r->next_vote_us - now_us))
        return false;
    r->next_vote_us += 1000000 / (unsigned)r->opts->rate;
    return !demo_is_over(r);
}

unsigned demo_choose(const unsigned *weights, unsigned n, unsigned dice)
{
    unsigned i = 0;

    while (i + 1 < n && dice >= weights[i])
        dice -= weights[i++];
    return i;
}

/* The option in fashion counts double, and fashion changes now and then, so that bars
 * overtake each other. */
static unsigned choose(struct demo_poll *p)
{
    unsigned weights[LIMIT_OPTIONS], sum = 0;

    if (randombytes_uniform(SWAY_EVERY) == 0)
        p->in_fashion = randombytes_uniform(p->n_options);
    for (unsigned i = 0; i < p->n_options; i++) {
        weights[i] = p->weights[i] * (i == p->in_fashion ? 2 : 1);
        sum += weights[i];
    }
    return demo_choose(weights, p->n_options, randombytes_uniform(sum));
}

static int send_vote(struct demo_run *r, const char *token, const char *method,
                     struct demo_poll *p, int *ret_status)
{
    struct demo_answer a;
    char path[64], body[64];
    int rc;

    snprintf(path, sizeof path, "/api/polls/%u/vote", p->id);
    snprintf(body, sizeof body, "{\"optionIndex\":%u}", choose(p));
    rc = demo_ask(r, token, method, path, str_of(body), &a);
    if (rc != 0)
        return rc;
    *ret_status = a.status;
    json_decref(a.body);
    return 0;
}

static int vote(struct demo_run *r, const char *token, unsigned at)
{
    struct demo_poll *p = &r->polls[at];
    int status;
    int rc = send_vote(r, token, "POST", p, &status);

    if (rc != 0)
        return rc;
    if (status == 404 || status == 410) { /* deleted, closed */
        *p = r->polls[--r->n_polls];
        return 0;
    }
    if (status != 201)
        return 0; /* this one does not count: the next may */
    r->votes++;
    if (p->vote_change && randombytes_uniform(CHANGE_EVERY) == 0)
        rc = send_vote(r, token, "PUT", p, &status);
    return rc;
}

static void shuffle(struct demo_poll *polls, unsigned n)
{
    for (unsigned i = n; i > 1; i--) {
        unsigned k = randombytes_uniform(i);
        struct demo_poll p = polls[i - 1];

        polls[i - 1] = polls[k];
        polls[k] = p;
    }
}

/* Let one guest join and vote on most of the polls. */
static int visit(struct demo_run *r)
{
    char token[JWT_TEXT_BYTES];
    struct demo_answer a;
    uint64_t user;
    int rc = demo_ask(r, NULL, "POST", "/api/auth/guest", STR("{}"), &a);

    if (rc != 0)
        return rc;
    if (!demo_take_session(&a, token, &user))
        rc = demo_fail_unexpected(r, "cannot join as a guest", &a);
    json_decref(a.body);
    r->voters++;
    shuffle(r->polls, r->n_polls);
    for (unsigned i = r->n_polls; rc == 0 && i > 0; i--) {
        if (randombytes_uniform(6) == 0)
            continue;
        if (!pace(r))
            break;
        rc = vote(r, token, i - 1);
        tell_progress(r);
    }
    return rc;
}

int demo_vote(struct demo_run *r)
{
    int rc = 0;

    if (r->opts->for_ms > 0)
        r->end_ms = clock_mono_ms() + (uint64_t)r->opts->for_ms;
    r->next_progress_ms = clock_mono_ms() + PROGRESS_MS;
    r->next_vote_us = clock_mono_us();
    for (int i = 0; rc == 0 && i < r->opts->voters && !demo_is_over(r); i++)
        rc = visit(r);
    if (rc == 0 || demo_is_over(r))
        demo_say(r, "done: %u votes by %u guests", r->votes, r->voters);
    return demo_is_over(r) ? 0 : rc;
}
