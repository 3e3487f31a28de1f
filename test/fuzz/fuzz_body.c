/* fuzz_body.c — any bytes as the body of a poll or a vote: what is taken obeys the
 * rules, and what is not was faulted. */
#include <assert.h>

#include "api/body.h"
#include "app/json_body.h"
#include "base/err.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void count_fault(void *user, const char *field, enum fault code,
                        const char *message)
{
    size_t *n = user;

    assert(field != NULL && message != NULL && fault_code(code) != NULL);
    ++*n;
}

static void try_poll(json_t *body)
{
    size_t n_faults = 0;
    struct faults faults = {count_fault, &n_faults};
    uint8_t hash[VOTE_KEY_BYTES];
    struct poll *p;

    if (poll_input(body, 1, 1000, &faults, &p) != 0) {
        assert(n_faults > 0);
        return;
    }
    assert(n_faults == 0 && p->rules.owner_id == 1);
    poll_hash(p, hash);
    assert(poll_check(p, 1000, &faults) == 0 && n_faults == 0);
    poll_unref(p);
}

static void try_vote(const json_t *body)
{
    size_t n_faults = 0;
    struct faults faults = {count_fault, &n_faults};
    struct wish w = {0};
    int rc = vote_input(body, (struct str){NULL, 0}, &faults, &w);

    assert((rc == 0) == (n_faults == 0));
    (void)rc;
}

/* The short way must see nothing that the long one does not. */
static void try_plain(struct str text, const json_t *body)
{
    size_t n_faults = 0;
    struct faults faults = {count_fault, &n_faults};
    struct wish w = {0};
    uint32_t option;

    if (!vote_is_plain(text, &option))
        return;
    assert(body != NULL);
    assert(vote_input(body, (struct str){NULL, 0}, &faults, &w) == 0);
    assert(w.option == option && !w.keyed && json_object_size(body) == 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct json_body_why why;
    json_t *body;
    struct str text = {(const char *)data, size};

    if (json_body_parse(text, &body, &why) != 0) {
        try_plain(text, NULL);
        return 0;
    }
    try_plain(text, body);
    try_poll(body);
    try_vote(body);
    json_decref(body);
    return 0;
}
