/* check.h — checks that name the row of a table: what a test says when it fails. */
#ifndef TEST_LIB_CHECK_H
#define TEST_LIB_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/str.h"

#define LENGTH(array) (sizeof(array) / sizeof *(array))

#define CHECK_AT(why, condition)                                                       \
    do {                                                                               \
        if (!(condition))                                                              \
            fail_msg("%s: not true: %s", (why), #condition);                           \
    } while (0)

#define CHECK_EQ_AT(why, got, want)                                                    \
    do {                                                                               \
        intmax_t got_ = (intmax_t)(got), want_ = (intmax_t)(want);                     \
                                                                                       \
        if (got_ != want_)                                                             \
            fail_msg("%s: %s is %jd, not %jd", (why), #got, got_, want_);              \
    } while (0)

/* got is a struct str, want a literal or a terminated text */
#define CHECK_STR_AT(why, got, want)                                                   \
    do {                                                                               \
        struct str got_ = (got), want_ = str_of(want);                                 \
                                                                                       \
        if (!str_eq(got_, want_))                                                      \
            fail_msg("%s: %s is \"%.*s\", not \"%.*s\"", (why), #got, (int)got_.len,   \
                     got_.len != 0 ? got_.at : "", (int)want_.len,                     \
                     want_.len != 0 ? want_.at : "");                                  \
    } while (0)

#define CHECK_STR(got, want) CHECK_STR_AT(__func__, got, want)

/* "it holds that part", for texts that people read */
#define CHECK_HAS_AT(why, got, part)                                                   \
    do {                                                                               \
        struct str got_ = (got), part_ = str_of(part);                                 \
                                                                                       \
        if (part_.len != 0 &&                                                          \
            (got_.len == 0 || memmem(got_.at, got_.len, part_.at, part_.len) == NULL)) \
            fail_msg("%s: \"%.*s\" has no \"%s\"", (why), (int)got_.len,               \
                     got_.len != 0 ? got_.at : "", (part));                            \
    } while (0)

#define CHECK_HAS(got, part) CHECK_HAS_AT(__func__, got, part)

#endif
