#include "base/fault.h"

#include <assert.h>

static const char *const codes[] = {
#define X(name, code) code,
    FAULT_TABLE(X)
#undef X
};

const char *fault_code(enum fault f)
{
    assert(f < FAULT__MAX);
    return codes[f];
}
