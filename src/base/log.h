/* log.h — one line per event.
 *
 * JSON, one object a line: {"time","level","event", fields…}, or text on a terminal.
 * A line below the configured level costs one comparison. Each line is one write(2), so
 * threads do not mix theirs. Libraries return errors and do not log; handlers, the
 * server, profiles and main do.
 *
 * Never log a token, a password, an e-mail address or a body.
 *
 * Whatever bytes a field holds, a JSON line is valid JSON and a text line is one line.
 * A field longer than LOG_FIELD_BYTES is cut and ends in "...". A line never exceeds
 * LOG_LINE_BYTES, so that a pipe takes it whole: fields that do not fit are left out,
 * and the line says "truncated".
 *
 * Use: LOG(log, LOG_INFO, "listening", LOG_STR("address", a), LOG_INT("port", p));
 *
 * Errors   none: a line that cannot be written is lost.
 * Threads  any, after log_init().
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/str.h"

/* In the order of the words that the key log.level takes. */
enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };
enum log_format { LOG_FORMAT_AUTO, LOG_FORMAT_JSON, LOG_FORMAT_TEXT };

enum { LOG_FIELD_BYTES = 512, LOG_LINE_BYTES = 4096 /* PIPE_BUF */ };

struct log {
    int fd;
    enum log_level level;
    bool json;
    const struct clock *clock;
};

/* LOG_FORMAT_AUTO: text when fd is a terminal, else JSON. */
void log_init(struct log *ret_log, int fd, enum log_level level,
              enum log_format format);

struct log_field {
    const char *name;
    enum { LOG_FIELD_STR, LOG_FIELD_INT } type;
    struct str text;
    int64_t number;
};

void log_event(const struct log *log, enum log_level level, const char *event,
               const struct log_field *fields, size_t n);

#define LOG_STR(field, value)                                                          \
    ((struct log_field){.name = (field), .type = LOG_FIELD_STR, .text = str_of(value)})
#define LOG_TEXT(field, value)                                                         \
    ((struct log_field){.name = (field), .type = LOG_FIELD_STR, .text = (value)})
#define LOG_INT(field, value)                                                          \
    ((struct log_field){                                                               \
        .name = (field), .type = LOG_FIELD_INT, .number = (int64_t)(value)})
#define LOG(log, level_, event, ...)                                                   \
    do {                                                                               \
        if ((level_) <= (log)->level) {                                                \
            const struct log_field fields_[] = {__VA_ARGS__};                          \
            log_event((log), (level_), (event), fields_,                               \
                      sizeof fields_ / sizeof *fields_);                               \
        }                                                                              \
    } while (0)

#endif
