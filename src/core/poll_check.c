/* poll_check.c — the rules for a new poll: one function a field. */
#include "core/poll.h"

#include <stdio.h>

#include "base/err.h"
#include "base/text.h"

struct check {
    const struct faults *faults;
    bool bad;
};

static void fault(struct check *c, const char *field, enum fault code,
                  const char *message)
{
    c->bad = true;
    c->faults->fault(c->faults->user, field, code, message);
}

static enum fault fault_of(enum text_flaw flaw)
{
    return flaw == TEXT_INVISIBLE ? FAULT_INVISIBLE : FAULT_BAD_CHARACTERS;
}

/* min is 0 or 1. False: it has a fault. */
static bool check_text(struct check *c, const char *field, struct str s, size_t min,
                       size_t max)
{
    enum text_flaw flaw = text_flaw(s, max == LIMIT_DESCRIPTION_CHARS);
    size_t n = str_chars(s);
    char message[80];

    if (flaw == TEXT_NOT_UTF8 || (flaw != TEXT_SOUND && n <= max)) {
        fault(c, field, fault_of(flaw), text_flaw_message(flaw));
        return false;
    }
    if (n < min || n > max) {
        snprintf(message, sizeof message, "must be %zu to %zu characters", min, max);
        fault(c, field, n < min ? FAULT_REQUIRED : FAULT_TOO_LONG, message);
        return false;
    }
    return true;
}

static bool same_option(struct str a, struct str b)
{
    struct buf x = {0}, y = {0};
    bool same;

    text_key(&x, a);
    text_key(&y, b);
    same = str_eq(buf_str(&x), buf_str(&y));
    buf_done(&x);
    buf_done(&y);
    return same;
}

static void check_options(struct check *c, const struct poll *p)
{
    if (p->rules.n_options < LIMIT_OPTIONS_MIN || p->rules.n_options > LIMIT_OPTIONS) {
        fault(c, "options",
              p->rules.n_options < LIMIT_OPTIONS_MIN ? FAULT_TOO_FEW : FAULT_TOO_MANY,
              "must be 2 to 20 options");
        return;
    }
    for (uint32_t i = 0; i < p->rules.n_options; i++) {
        char field[24];

        snprintf(field, sizeof field, "options[%u]", i);
        if (!check_text(c, field, p->options[i], 1, LIMIT_OPTION_CHARS))
            continue;
        for (uint32_t j = 0; j < i; j++)
            if (same_option(p->options[i], p->options[j])) {
                fault(c, field, FAULT_DUPLICATE, "is the same as an earlier option");
                break;
            }
    }
}

/* FAULT__MAX: nothing. */
static enum fault tag_fault(struct str s)
{
    if (s.len == 0)
        return FAULT_REQUIRED;
    if (!text_is_tag(s))
        return FAULT_BAD_CHARACTERS;
    return str_chars(s) > LIMIT_TAG_CHARS ? FAULT_TOO_LONG : FAULT__MAX;
}

static void check_tags(struct check *c, const struct poll *p)
{
    if (p->n_tags > LIMIT_TAGS)
        fault(c, "tags", FAULT_TOO_MANY, "must be at most 10 tags");
    for (uint32_t i = 0; i < p->n_tags && i < LIMIT_TAGS; i++) {
        enum fault code = tag_fault(p->tags[i]);
        char field[24];

        if (code == FAULT__MAX)
            continue;
        snprintf(field, sizeof field, "tags[%u]", i);
        fault(c, field, code, "must be 1 to 30 letters, digits and -");
    }
}

static void check_times(struct check *c, const struct poll_rules *r, int64_t now_ms)
{
    if (r->closes_ms != 0 && r->closes_ms <= now_ms)
        fault(c, "closesAt", FAULT_IN_THE_PAST, "must be in the future");
    else if (r->closes_ms != 0 && r->opens_ms != 0 && r->opens_ms >= r->closes_ms)
        fault(c, "opensAt", FAULT_OUT_OF_ORDER, "must be before closesAt");
}

int poll_check(const struct poll *p, int64_t now_ms, const struct faults *faults)
{
    struct check c = {.faults = faults};

    (void)check_text(&c, "title", p->title, 1, LIMIT_TITLE_CHARS);
    if (p->description.at != NULL)
        (void)check_text(&c, "description", p->description, 0, LIMIT_DESCRIPTION_CHARS);
    check_options(&c, p);
    check_tags(&c, p);
    check_times(&c, &p->rules, now_ms);
    return c.bad ? ERR_INVALID : 0;
}
