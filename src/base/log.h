/* log.h — one line an event.
 *
 * JSON, one object a line: {"time","level","event", fields…}, or text on a terminal.
 * A level below the configured one costs a comparison. Lines are written with one
 * write(2), so threads do not mix them. Libraries (base core net hub store ballot)
 * return errors and do not log; app and main do.
 *
 * Never log a token, a password, an e-mail address or a body.
 *
 * Use: LOG(log, LOG_INFO, "listening", LOG_STR("address", a), LOG_INT("port", p));
 *
 * Threads  any, after log_init().
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

struct log {
    int fd;
    enum log_level level;
    bool json;
};

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
