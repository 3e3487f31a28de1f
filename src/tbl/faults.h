/* faults.h — every way in which a value can break a rule: one line each. The word is
 * the `code` of an entry of `errors`, stable, for programs; the sentence beside it is
 * given where the rule is. When you add one, also add it to docs/api/openapi.yaml. */
#ifndef TBL_FAULTS_H
#define TBL_FAULTS_H

/* clang-format off */
#define FAULT_TABLE(X)                                                                 \
    X(FAULT_REQUIRED,       "required")       /* missing, or an empty text */          \
    X(FAULT_WRONG_TYPE,     "wrong_type")     /* a number where a text is due */       \
    X(FAULT_TOO_SHORT,      "too_short")      /* a text */                             \
    X(FAULT_TOO_LONG,       "too_long")                                                \
    X(FAULT_TOO_FEW,        "too_few")        /* entries of a list */                  \
    X(FAULT_TOO_MANY,       "too_many")                                                \
    X(FAULT_BAD_CHARACTERS, "bad_characters") /* some that the text may not have */    \
    X(FAULT_INVISIBLE,      "invisible")      /* nothing in the text can be seen */    \
    X(FAULT_MIXED_SCRIPTS,  "mixed_scripts")  /* as nobody writes, but who deceives */ \
    X(FAULT_BAD_FORMAT,     "bad_format")     /* no time, no address, no key */        \
    X(FAULT_UNKNOWN,        "unknown")        /* none of the words that are known */   \
    X(FAULT_DUPLICATE,      "duplicate")      /* in the same list */                   \
    X(FAULT_IN_THE_PAST,    "in_the_past")                                             \
    X(FAULT_OUT_OF_ORDER,   "out_of_order")   /* opens after it closes */              \
    X(FAULT_OUT_OF_RANGE,   "out_of_range")   /* a number */                           \
    X(FAULT_TAKEN,          "taken")          /* by somebody else: with 409 */
/* clang-format on */

#endif
