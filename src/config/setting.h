/* setting.h — a named value given as text: its type, bounds and words.
 *
 * A configuration key is a setting of struct config; a command's option is a setting of
 * struct cli. Text from a flag, the environment or a file sets the object's typed
 * field; `--print` turns it back into text.
 *
 * Shapes     how each type is written, and the type of its field:
 *              BOOL      true false yes no on off 1 0         bool
 *              INT       8080                                 int
 *              SIZE      4096 64KiB 16MiB 1GiB 1TiB           uint64_t
 *              DURATION  500ms 30s 5m 24h 7d 1h30m            int64_t
 *              STRING    any text without a NUL byte          char *
 *              SECRET    the same; it is never shown          char *
 *              ENUM      one of the words                     int, its index
 *              WORDS     all, or some of the words            unsigned, bit i: word i
 *              LIST      a,b,c or a list of items             struct setting_list
 * Units      sizes are bytes, durations milliseconds.
 * Ownership  the object owns its strings and lists; free them with setting_done().
 *            Start with an all-zero object.
 * Errors     ERR_INVALID: the setting does not take this text; the field is unchanged,
 *            and what was expected is appended to problem.
 * Threads    one at a time for an object.
 */
#ifndef CONFIG_SETTING_H
#define CONFIG_SETTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

enum setting_type {
    SETTING_BOOL,
    SETTING_INT,
    SETTING_SIZE,
    SETTING_DURATION,
    SETTING_STRING,
    SETTING_SECRET,
    SETTING_ENUM,
    SETTING_WORDS,
    SETTING_LIST,
};

struct setting_list {
    char **items;
    size_t n;
};

/* The C type of each setting's field, by the name of the setting's type. */
#define SETTING_FIELD_BOOL bool
#define SETTING_FIELD_INT int
#define SETTING_FIELD_SIZE uint64_t
#define SETTING_FIELD_DURATION int64_t
#define SETTING_FIELD_STRING char *
#define SETTING_FIELD_SECRET char *
#define SETTING_FIELD_ENUM int
#define SETTING_FIELD_WORDS unsigned
#define SETTING_FIELD_LIST struct setting_list

struct setting {
    const char *name;
    enum setting_type type;
    size_t offset;       /* of the field in the object */
    const char *initial; /* the default, as text */
    const char *accepts; /* "from..to", "word|word" or the kind of item */
    const char *help;    /* one sentence or a few */
};

enum {
    SETTING_ITEMS = 256,       /* of a list */
    SETTING_TEXT_BYTES = 4096, /* of a value, or an item of a list */
};

int setting_set(const struct setting *s, void *object, struct str text,
                struct buf *problem);
/* For a LIST or WORDS only. */
int setting_set_list(const struct setting *s, void *object, const struct str *items,
                     size_t n, struct buf *problem);

/* "a number from 0 to 65535": what setting_set() takes, for people. */
void setting_expected(const struct setting *s, struct buf *out);

/* The value as YAML, which setting_set() or a list in the file takes back. Not for a
 * SECRET. */
void setting_show(const struct setting *s, const void *object, struct buf *out);
/* Some of the words of WORDS, by their bits: "polls,live"; "all". */
void setting_show_words(const struct setting *s, unsigned bits, struct buf *out);
/* Write text on one line, as a JSON string that is valid YAML too: whatever YAML does
 * not take literally (a C1 control, say) is escaped. */
void setting_show_text(const char *text, struct buf *out);

/* Free what the field owns and zero it. */
void setting_done(const struct setting *s, void *object);

#endif
