/* poll_input.c — the body of POST /api/polls, as a poll (body.h). */
#include <stdio.h>

#include "api/body.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/fault.h"
#include "core/poll.h"
#include "base/text.h"

struct input {
    json_t *body; /* texts are brought into normal form in it */
    const struct faults *faults;
    bool bad;
};

static void fault(struct input *in, const char *field, enum fault code,
                  const char *message)
{
    in->bad = true;
    in->faults->fault(in->faults->user, field, code, message);
}

static struct str text_of(const json_t *value)
{
    return (struct str){json_string_value(value), json_string_length(value)};
}

/* The text in normal form, which takes its place in the body. */
static struct str put_text(json_t *value, const struct buf *normal)
{
    struct str text = buf_str(normal);

    (void)json_string_setn(value, text.at != NULL ? text.at : "", text.len);
    return text_of(value);
}

struct str body_text(json_t *value, bool lines)
{
    struct buf normal = {0};
    struct str text;

    text_normal(&normal, text_of(value), lines);
    text = put_text(value, &normal);
    buf_done(&normal);
    return text;
}

static struct str tag_of(json_t *value)
{
    struct buf normal = {0};
    struct str text;

    text_normal_tag(&normal, text_of(value));
    text = put_text(value, &normal);
    buf_done(&normal);
    return text;
}

/* A missing value is an empty text, which the rules refuse where it matters. */
static struct str read_text(struct input *in, const char *name, bool lines)
{
    json_t *value = json_object_get(in->body, name);

    if (value == NULL || json_is_null(value))
        return (struct str){NULL, 0};
    if (json_is_string(value))
        return body_text(value, lines);
    fault(in, name, FAULT_WRONG_TYPE, "must be a string");
    return STR("-"); /* one fault a field is enough */
}

/* An array of texts, at most max of them into list. False: something else, faulted. */
static bool read_texts(struct input *in, const char *name, size_t max,
                       struct str (*read)(json_t *value), struct str *list,
                       size_t *ret_n)
{
    json_t *values = json_object_get(in->body, name), *value;
    bool good = true;
    size_t i;

    *ret_n = 0;
    if (values == NULL || json_is_null(values))
        return true;
    if (!json_is_array(values)) {
        fault(in, name, FAULT_WRONG_TYPE, "must be an array of strings");
        return false;
    }
    json_array_foreach(values, i, value)
    {
        char field[40];

        if (i < max && json_is_string(value)) {
            list[i] = read(value);
            continue;
        }
        good = false;
        snprintf(field, sizeof field, "%s[%zu]", name, i);
        if (i >= max) {
            fault(in, name, FAULT_TOO_MANY, "has too many");
            break;
        }
        fault(in, field, FAULT_WRONG_TYPE, "must be a string");
    }
    *ret_n = json_array_size(values);
    return good;
}

static struct str line_of(json_t *value)
{
    return body_text(value, false);
}

static void read_options(struct input *in, struct poll *p)
{
    size_t n;

    if (read_texts(in, "options", LIMIT_OPTIONS, line_of, p->options, &n)) {
        p->rules.n_options = (uint32_t)n;
    } else { /* what was faulted is not checked again */
        p->rules.n_options = LIMIT_OPTIONS_MIN;
        p->options[0] = STR("a");
        p->options[1] = STR("b");
    }
}

static bool has_tag(const struct poll *p, struct str tag)
{
    for (uint32_t i = 0; i < p->n_tags; i++)
        if (str_eq(p->tags[i], tag))
            return true;
    return false;
}

/* Once each. */
static void read_tags(struct input *in, struct poll *p)
{
    struct str tags[LIMIT_TAGS] = {{NULL, 0}};
    size_t n;

    if (!read_texts(in, "tags", LIMIT_TAGS, tag_of, tags, &n))
        return;
    for (size_t i = 0; i < n; i++)
        if (!has_tag(p, tags[i]))
            p->tags[p->n_tags++] = tags[i];
}

static int64_t read_time(struct input *in, const char *name)
{
    const json_t *value = json_object_get(in->body, name);
    int64_t ms;

    if (value == NULL || json_is_null(value))
        return 0;
    if (json_is_string(value) && clock_parse(text_of(value), &ms) == 0 && ms > 0)
        return ms;
    fault(in, name, json_is_string(value) ? FAULT_BAD_FORMAT : FAULT_WRONG_TYPE,
          "must be a time like 2026-01-31T20:15:00Z");
    return 0;
}

/* One of n words; the first when it is missing. */
static int read_word(struct input *in, const char *name, const char *const *words,
                     int n, const char *message)
{
    const json_t *value = json_object_get(in->body, name);

    if (value == NULL || json_is_null(value))
        return 0;
    for (int i = 0; json_is_string(value) && i < n; i++)
        if (str_eq(text_of(value), str_of(words[i])))
            return i;
    fault(in, name, json_is_string(value) ? FAULT_UNKNOWN : FAULT_WRONG_TYPE, message);
    return 0;
}

static bool read_bool(struct input *in, const char *name)
{
    const json_t *value = json_object_get(in->body, name);

    if (value != NULL && !json_is_boolean(value) && !json_is_null(value))
        fault(in, name, FAULT_WRONG_TYPE, "must be true or false");
    return json_is_true(value);
}

static void read_rules(struct input *in, uint32_t owner_id, struct poll_rules *r)
{
    static const char *const visibilities[] = {"always", "after_vote", "after_close"};
    static const char *const voters[] = {"anyone", "registered"};

    r->owner_id = owner_id;
    r->visibility =
        (enum poll_visibility)read_word(in, "resultsVisibility", visibilities, 3,
                                        "must be always, after_vote or after_close");
    r->voters = (enum poll_voters)read_word(in, "voters", voters, 2,
                                            "must be anyone or registered");
    r->vote_change = read_bool(in, "voteChange");
    r->opens_ms = read_time(in, "opensAt");
    r->closes_ms = read_time(in, "closesAt");
}

static void read_poll(struct input *in, uint32_t owner_id, struct poll *p)
{
    p->title = read_text(in, "title", false);
    p->description = read_text(in, "description", true);
    read_options(in, p);
    read_tags(in, p);
    read_rules(in, owner_id, &p->rules);
}

int poll_input(json_t *body, uint32_t owner_id, int64_t now_ms,
               const struct faults *faults, struct poll **ret_poll)
{
    struct input in = {.body = body, .faults = faults};
    struct poll p = {.created_ms = now_ms};

    read_poll(&in, owner_id, &p);
    if (poll_check(&p, now_ms, faults) != 0 || in.bad)
        return ERR_INVALID;
    *ret_poll = poll_new(&p);
    return 0;
}

/* ---- an edit ---- */

static const struct {
    const char *name;
    uint32_t field;
    uint32_t checked_with; /* also then are faults of this name the edit's */
} edit_fields[] = {
    {"title", POLL_TITLE, 0},
    {"description", POLL_DESCRIPTION, 0},
    {"options", POLL_TEXTS, 0},
    {"tags", POLL_TAGS, 0},
    {"opensAt", POLL_OPENS, POLL_CLOSES},
    {"closesAt", POLL_CLOSES, 0},
    {"resultsVisibility", POLL_VISIBILITY, 0},
    {"voters", POLL_VOTERS, 0},
    {"voteChange", POLL_VOTE_CHANGE, 0},
};

enum { N_EDIT_FIELDS = sizeof edit_fields / sizeof *edit_fields };

/* The whole is checked, but what the edit leaves alone is no fault of it: a poll that
 * has closed may well get a description. */
struct edit_faults {
    const struct faults *to;
    uint32_t fields;
    bool bad;
};

static void pass_fault(void *user, const char *field, enum fault code,
                       const char *message)
{
    struct edit_faults *f = user;

    for (size_t i = 0; i < N_EDIT_FIELDS; i++) {
        uint32_t own = edit_fields[i].field | edit_fields[i].checked_with;

        if (!str_starts(str_of(field), str_of(edit_fields[i].name)) ||
            (f->fields & own) == 0)
            continue;
        f->bad = true;
        f->to->fault(f->to->user, field, code, message);
        return;
    }
}

int poll_edit_input(json_t *body, const struct poll *poll, int64_t now_ms,
                    const struct faults *faults, uint32_t *ret_fields,
                    struct poll **ret_values)
{
    struct edit_faults edit = {.to = faults};
    struct faults filter = {pass_fault, &edit};
    struct input in = {.body = body, .faults = &filter};
    struct poll p = {.created_ms = poll->created_ms}, *edited;

    for (size_t i = 0; i < N_EDIT_FIELDS; i++)
        if (json_object_get(body, edit_fields[i].name) != NULL)
            edit.fields |= edit_fields[i].field;
    read_poll(&in, poll->rules.owner_id, &p);
    edit.fields = poll_differs(poll, edit.fields, &p);
    edited = poll_edited(poll, edit.fields, &p);
    (void)poll_check(edited, now_ms, &filter);
    poll_unref(edited);
    if (edit.bad)
        return ERR_INVALID;
    *ret_fields = edit.fields;
    *ret_values = poll_new(&p);
    return 0;
}
