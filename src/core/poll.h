/* poll.h — what was asked, by whom, and under which rules.
 *
 * A struct poll is only the definition, without counts. It is immutable once shared; a
 * change (closing, a new description) makes a new one. `rules` is the part that decides
 * about votes, all that a tally needs.
 *
 * Shapes     options are numbered 0..n_options-1 in the order of the definition.
 * Units      _ms are milliseconds since the Unix epoch; 0 = not set.
 * Ownership  references are counted: poll_new() gives the first, the last poll_unref()
 *            frees. Accepts NULL; returns NULL.
 * Errors     poll_check() says what is wrong and where.
 * Threads    references may be taken and dropped on any thread.
 */
#ifndef CORE_POLL_H
#define CORE_POLL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/fault.h"
#include "base/str.h"
#include "tbl/limits.h"

enum poll_visibility { VISIBLE_ALWAYS, VISIBLE_AFTER_VOTE, VISIBLE_AFTER_CLOSE };
enum poll_voters { VOTERS_ANYONE, VOTERS_REGISTERED };
enum poll_status { POLL_SCHEDULED, POLL_OPEN, POLL_CLOSED };

/* What an edit can change, as bits. */
enum poll_field {
    POLL_TITLE = 1,
    POLL_DESCRIPTION = 2,
    POLL_TEXTS = 4, /* of the options, and so how many there are */
    POLL_TAGS = 8,
    POLL_OPENS = 16,
    POLL_CLOSES = 32,
    POLL_VISIBILITY = 64,
    POLL_VOTERS = 128,
    POLL_VOTE_CHANGE = 256,
    POLL__FIELDS = 511,
    POLL_FROZEN = POLL__FIELDS & ~(POLL_DESCRIPTION | POLL_CLOSES), /* by a vote */
};

struct poll_rules {
    uint32_t owner_id; /* 0: deleted */
    uint32_t n_options;
    enum poll_visibility visibility;
    enum poll_voters voters;
    bool vote_change;
    int64_t opens_ms;
    int64_t closes_ms; /* exclusive: at this very millisecond it is closed */
    uint32_t edits;    /* how often the definition was edited */
};

struct poll {
    atomic_uint refs;
    uint32_t id;
    int64_t created_ms;
    struct poll_rules rules;
    uint32_t n_tags;
    struct str title, owner_name;
    struct str description; /* at NULL: none */
    struct str options[LIMIT_OPTIONS];
    struct str tags[LIMIT_TAGS];
    char text[]; /* behind all the strs */
};

/* Copy a poll; its refs and text are ignored. */
struct poll *poll_new(const struct poll *from);
/* Copy p with these fields taken from values. */
struct poll *poll_edited(const struct poll *p, uint32_t fields,
                         const struct poll *values);
/* Counts as one edit more. */
void poll_edit_rules(struct poll_rules *r, uint32_t fields,
                     const struct poll_rules *values);
/* Which of the fields differ. */
uint32_t poll_differs(const struct poll *p, uint32_t fields, const struct poll *values);
struct poll *poll_with_owner(const struct poll *p, uint32_t owner_id, struct str name);
struct poll *poll_ref(struct poll *p);
struct poll *poll_unref(struct poll *p);

enum poll_status poll_status(const struct poll_rules *r, int64_t now_ms);

/* Has a scheduled poll opened by now_ms, has it closed? Each is a step of its version
 * (tally.h). A poll that was closed before its opening never opens. */
bool poll_has_opened(const struct poll_rules *r, int64_t now_ms);
bool poll_has_closed(const struct poll_rules *r, int64_t now_ms);

/* The version of what is shown of a poll to those who may not see its results. It grows
 * with its status and with edits, never with votes: else it would tell the turnout. */
uint64_t poll_hidden_version(const struct poll_rules *r, enum poll_status status);

const char *poll_status_text(enum poll_status s);
const char *poll_visibility_text(enum poll_visibility v);
const char *poll_voters_text(enum poll_voters v);

/* Which of the rules of a new poll does it break? Calls fault for every one found, with
 * the field's name as clients know it ("options[1]") and a sentence. Strings are taken
 * as they are: trim, and put tags in lower case, before. */
int poll_check(const struct poll *p, int64_t now_ms, const struct faults *faults);

#endif
