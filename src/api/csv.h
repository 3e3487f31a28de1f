/* csv.h — results for spreadsheets (RFC 4180: lines end in CR LF).
 *
 * The file begins with a byte order mark, without which some programs do not read
 * UTF-8, and every text is in quotes.
 *
 * A spreadsheet takes a cell that begins with = + - @, or these in full width, for a
 * formula, and would run what some stranger gave as an option. Programs guess where
 * cells end: so in front of those signs stands an apostrophe, at the beginning and
 * after every comma, semicolon, tab, bar and line end. Spreadsheets do not show it in a
 * cell.
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

/* One cell of text. */
void csv_text(struct buf *out, struct str text);

/* The names of the columns, and a line for each option: what it got, and in every line
 * which poll it is of. */
void csv_results(struct buf *out, const struct poll *p, const struct result *r);

#endif
