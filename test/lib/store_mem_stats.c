/* mem_stats.c — the store in memory: by owner, by user, by time. Found anew for each
 * row. */
#include "lib/store_mem_state.h"

struct stored_poll mem_state_show(const struct mem_state *s, const struct mem_poll *p)
{
    const struct account *owner = mem_state_account(s, p->poll->rules.owner_id);
    struct stored_poll out = {.base_version = p->base_version,
                              .total = (uint32_t)p->votes.n,
                              .skips = (uint32_t)p->skips.n};
    struct poll named = *p->poll;

    named.owner_name = str_of(owner != NULL ? owner->username : NULL);
    out.poll = poll_new(&named);
    for (size_t i = 0; i < p->votes.n; i++)
        out.counts[p->votes.at[i].option]++;
    return out;
}

int mem_state_owned_each(const struct mem_state *s, uint32_t owner, store_poll_cb *each,
                         void *user_data)
{
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < s->n_polls; i++)
        if (s->polls[i].poll->rules.owner_id == owner)
            rc = each(user_data, s->polls[i].poll->id);
    return rc;
}

int mem_state_owned_before(const struct mem_state *s, uint32_t owner, uint32_t before,
                           store_poll_cb *each, void *user_data)
{
    int rc = 0;

    for (size_t i = s->n_polls; rc == 0 && i-- > 0;) {
        const struct poll *p = s->polls[i].poll;

        if (p->rules.owner_id == owner && p->id < before)
            rc = each(user_data, p->id);
    }
    return rc;
}

static bool is_before(int64_t a_ms, uint32_t a_poll, int64_t b_ms, uint32_t b_poll)
{
    return a_ms != b_ms ? a_ms < b_ms : a_poll < b_poll;
}

typedef const struct change *row_of(const struct mem_poll *p, uint32_t user);

/* The newest of the user's votes, or skips, before a place. */
static const struct change *newest_before(const struct mem_state *s, uint32_t user,
                                          row_of *find, int64_t ms, uint32_t poll)
{
    const struct change *newest = NULL;

    for (size_t i = 0; i < s->n_polls; i++) {
        const struct change *c = find(&s->polls[i], user);

        if (c != NULL && is_before(c->at_ms, c->poll, ms, poll) &&
            (newest == NULL ||
             is_before(newest->at_ms, newest->poll, c->at_ms, c->poll)))
            newest = c;
    }
    return newest;
}

int mem_state_user_votes(const struct mem_state *s, uint32_t user, int64_t before_ms,
                         uint32_t before_poll, size_t max, store_vote_cb *each,
                         void *user_data)
{
    const struct change *c;
    int rc = 0;

    while (rc == 0 && max-- > 0 &&
           (c = newest_before(s, user, mem_state_vote, before_ms, before_poll)) !=
               NULL) {
        rc = each(user_data, c->poll, c->option, c->at_ms);
        before_ms = c->at_ms;
        before_poll = c->poll;
    }
    return rc;
}

int mem_state_user_withdrawn(const struct mem_state *s, uint32_t user,
                             store_vote_cb *each, void *user_data)
{
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < s->n_polls; i++) {
        const struct change *c = mem_state_withdrawn(&s->polls[i], user);

        if (c != NULL)
            rc = each(user_data, c->poll, c->receipt.option, c->receipt.voted_ms);
    }
    return rc;
}

int mem_state_user_skips(const struct mem_state *s, uint32_t user, int64_t before_ms,
                         uint32_t before_poll, size_t max, store_skip_cb *each,
                         void *user_data)
{
    const struct change *c;
    int rc = 0;

    while (rc == 0 && max-- > 0 &&
           (c = newest_before(s, user, mem_state_skip, before_ms, before_poll)) !=
               NULL) {
        rc = each(user_data, c->poll, c->at_ms);
        before_ms = c->at_ms;
        before_poll = c->poll;
    }
    return rc;
}

/* The earliest span after the last one (its start; -1: none), and its votes. */
static int64_t next_span(const struct mem_poll *p, int64_t bucket_ms, int64_t after_ms)
{
    int64_t start_ms = -1;

    for (size_t i = 0; i < p->votes.n; i++) {
        int64_t at_ms = p->votes.at[i].at_ms / bucket_ms * bucket_ms;

        if (at_ms > after_ms && (start_ms < 0 || at_ms < start_ms))
            start_ms = at_ms;
    }
    return start_ms;
}

static uint32_t count_in(const struct mem_poll *p, int64_t start_ms, int64_t bucket_ms,
                         uint32_t option)
{
    uint32_t n = 0;

    for (size_t i = 0; i < p->votes.n; i++)
        n += p->votes.at[i].at_ms / bucket_ms * bucket_ms == start_ms &&
             p->votes.at[i].option == option;
    return n;
}

int mem_state_timeline(const struct mem_poll *p, int64_t bucket_ms,
                       struct store_stats *ret, store_span_cb *each, void *user_data)
{
    int64_t start_ms = -1;
    int rc = 0;

    for (size_t i = 0; i < p->votes.n; i++) {
        int64_t at_ms = p->votes.at[i].at_ms;

        if (ret->first_ms == 0 || at_ms < ret->first_ms)
            ret->first_ms = at_ms;
        if (at_ms > ret->last_ms)
            ret->last_ms = at_ms;
    }
    while (rc == 0 && (start_ms = next_span(p, bucket_ms, start_ms)) >= 0)
        for (uint32_t i = 0; rc == 0 && i < p->poll->rules.n_options; i++) {
            uint32_t n = count_in(p, start_ms, bucket_ms, i);

            if (n > 0)
                rc = each(user_data, start_ms, i, n);
        }
    return rc;
}

struct store_totals mem_state_totals(const struct mem_state *s)
{
    struct store_totals t = {.accounts = s->n_accounts, .polls = s->n_polls};

    for (size_t i = 0; i < s->n_polls; i++) {
        t.votes += s->polls[i].votes.n;
        t.skips += s->polls[i].skips.n;
    }
    return t;
}
