/* poll_check.c — the rules for a new poll: one function a field. */
#include "core/poll.h"

#include <stdio.h>
#include <strings.h>

#include "base/err.h"

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

/* Control characters have no place in a line of text; a description may have line
 * breaks and tabs. */
static bool has_control(struct str s, bool lines)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.at[i];

        if ((c < 0x20 && !(lines && (c == '\n' || c == '\r' || c == '\t'))) ||
            c == 0x7f)
            return true;
    }
    return false;
}

/* min is 0 or 1. */
static void check_text(struct check *c, const char *field, struct str s, size_t min,
                       size_t max)
{
    char message[80];
    size_t n;

    if (!str_is_utf8(s)) {
        fault(c, field, FAULT_BAD_CHARACTERS, "must be UTF-8");
        return;
    }
    n = str_chars(s);
    if (n < min || n > max) {
        snprintf(message, sizeof message, "must be %zu to %zu characters", min, max);
        fault(c, field, n < min ? FAULT_REQUIRED : FAULT_TOO_LONG, message);
    } else if (has_control(s, max == LIMIT_DESCRIPTION_CHARS)) {
        fault(c, field, FAULT_BAD_CHARACTERS, "must not contain control characters");
    }
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
        check_text(c, field, p->options[i], 1, LIMIT_OPTION_CHARS);
        for (uint32_t j = 0; j < i; j++)
            if (str_eq(p->options[i], p->options[j])) {
                fault(c, field, FAULT_DUPLICATE, "is the same as an earlier option");
                break;
            }
    }
}

static bool has_tag_chars(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char ch = s.at[i];

        if (!((ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') || ch == '-'))
            return false;
    }
    return true;
}

/* FAULT__MAX: nothing. */
static enum fault tag_fault(struct str s)
{
    if (s.len == 0)
        return FAULT_REQUIRED;
    if (!has_tag_chars(s))
        return FAULT_BAD_CHARACTERS;
    return s.len > LIMIT_TAG_CHARS ? FAULT_TOO_LONG : FAULT__MAX;
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
        fault(c, field, code, "must be 1 to 30 of a-z, 0-9 and -");
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

    check_text(&c, "title", p->title, 1, LIMIT_TITLE_CHARS);
    if (p->description.at != NULL)
        check_text(&c, "description", p->description, 0, LIMIT_DESCRIPTION_CHARS);
    check_options(&c, p);
    check_tags(&c, p);
    check_times(&c, &p->rules, now_ms);
    return c.bad ? ERR_INVALID : 0;
}
