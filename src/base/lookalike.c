#include "base/lookalike.h"

#include <assert.h>
#include <unicode/uspoof.h>

#include "base/text.h"
#include "base/unicode.h"

enum { GROWTH = 18 * 3, SLACK = 64 }; /* a ligature looks like up to 18 letters */

/* The library keeps its tables: a checker is made in two microseconds. */
static USpoofChecker *open_checker(void)
{
    UErrorCode error = U_ZERO_ERROR;
    USpoofChecker *checker = uspoof_open(&error);

    uspoof_setChecks(checker, USPOOF_RESTRICTION_LEVEL | USPOOF_MIXED_NUMBERS, &error);
    uspoof_setRestrictionLevel(checker, USPOOF_HIGHLY_RESTRICTIVE);
    assert(U_SUCCESS(error)); /* its data is part of the library */
    return checker;
}

bool name_is_one_script(struct str name)
{
    USpoofChecker *checker = open_checker();
    UErrorCode error = U_ZERO_ERROR;
    int32_t found =
        uspoof_check2UTF8(checker, name.at, (int32_t)name.len, NULL, &error);

    uspoof_close(checker);
    return U_SUCCESS(error) && found == 0;
}

static void add_skeleton(struct buf *b, struct str s)
{
    USpoofChecker *checker = open_checker();
    UErrorCode error = U_ZERO_ERROR;
    size_t room = s.len * GROWTH + SLACK;
    int32_t len = uspoof_getSkeletonUTF8(checker, 0, s.at, (int32_t)s.len,
                                         buf_reserve(b, room), (int32_t)room, &error);

    uspoof_close(checker);
    if (U_SUCCESS(error) && (size_t)len <= room)
        b->len += (size_t)len;
    else
        buf_str_add(b, s);
}

void name_key(struct buf *b, struct str name)
{
    struct buf key = {0};

    text_key(&key, name);
    add_skeleton(b, buf_str(&key));
    buf_done(&key);
}

void name_look(struct buf *b, struct str name)
{
    struct buf look = {0};

    if (str_is_utf8(name))
        add_skeleton(&look, name);
    else
        buf_str_add(&look, name);
    text_key(b, buf_str(&look));
    buf_done(&look);
}

const char *name_tables(void)
{
    return U_ICU_VERSION;
}
