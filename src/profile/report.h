/* report.h — what the commands of every profile print in the same words.
 *
 * Threads  the owner's.
 */
#ifndef PROFILE_REPORT_H
#define PROFILE_REPORT_H

#include <stdio.h>

#include "core/poll.h"
#include "core/tally.h"
#include "store/store.h"

struct report {
    FILE *to; /* of what is wrong */
    size_t n_wrong;
    uint64_t said_ms; /* when progress was last printed */
    const char *doing, *what;
};

/* Progress goes to stdout every few seconds: "checked 3 of 4 polls". */
struct report report_begin(FILE *to, const char *doing, const char *what);
/* For store_report: user is a struct report. */
void report_wrong(void *user, const char *text);
void report_progress(void *user, uint64_t done, uint64_t all);
/* Let the store check itself; says how much there is, and counts what is wrong. */
int report_verify(struct report *r, struct store *s, struct store_totals *ret_totals);
void report_totals(const struct store_totals *totals);
/* The last line of `verify`: returns the exit status. */
int report_end(const struct report *r, const struct store_totals *totals);

/* Print a poll's result as CSV. ERR_UNAVAILABLE: stdout cannot be written. */
int report_csv(const struct poll *p, const struct result *r, char *errmsg, size_t size);

#endif
