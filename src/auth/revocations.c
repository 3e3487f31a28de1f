#include "auth/revocations.h"

#include "auth/births.h"
#include "base/err.h"
#include "base/mem.h"

struct revocations {
    struct births *births;
};

struct revocations *revocations_new(void)
{
    struct revocations *r = mem_zalloc(1, sizeof *r);

    r->births = births_new();
    return r;
}

struct revocations *revocations_free(struct revocations *r)
{
    if (r != NULL) {
        births_free(r->births);
        mem_free(r);
    }
    return NULL;
}

/* The whole second that it is, or the first that counts for the user. */
static int64_t next_ms(struct revocations *r, uint32_t user, int64_t now_ms)
{
    int64_t second_ms = now_ms <= 0 ? 0 : now_ms - now_ms % 1000;
    int64_t since_ms = births_ms(r->births, user);

    return second_ms > since_ms ? second_ms : since_ms;
}

int revocations_plan(struct revocations *r, uint32_t user, int64_t now_ms,
                     int64_t *ret_end_ms)
{
    int64_t end_ms = next_ms(r, user, now_ms);

    if (end_ms > now_ms + REVOCATIONS_AHEAD_MS)
        return ERR_RATE_LIMITED;
    *ret_end_ms = end_ms;
    return 0;
}

void revocations_add(struct revocations *r, uint32_t user, int64_t end_ms)
{
    if (births_ms(r->births, user) != 0)
        births_add(r->births, user, end_ms + 1000);
}

void revocations_born(struct revocations *r, uint32_t user, int64_t created_ms)
{
    births_add(r->births, user, created_ms);
}

void revocations_given(struct revocations *r, uint32_t last)
{
    births_given(r->births, last);
}

bool revocations_hit(struct revocations *r, uint32_t user, int64_t issued_ms)
{
    return births_void(r->births, user, issued_ms);
}

int64_t revocations_issue_ms(struct revocations *r, uint32_t user, int64_t now_ms)
{
    return next_ms(r, user, now_ms);
}
