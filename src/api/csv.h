/* csv.h — results for spreadsheets (RFC 4180: lines end in CR LF).
 *
 * A spreadsheet takes a cell that begins with = + - @, a tab or a line end for a
 * formula, and would run what some stranger gave as an option: such a cell begins with
 * an apostrophe here, which spreadsheets do not show.
 *
 * Ownership  the text is appended to out.
 * Errors     none.
 * Threads    pure.
 */
#ifndef API_CSV_H
#define API_CSV_H

#include "base/buf.h"
#include "core/poll.h"
#include "core/tally.h"

/* One cell of text, quoted where it has to be. */
void csv_text(struct buf *out, struct str text);

/* "index,text,votes,percent", and a line for each option. */
void csv_results(struct buf *out, const struct poll *p, const struct result *r);

#endif
