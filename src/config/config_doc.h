/* config_doc.h — the configuration for people: --help, --print, and the manual page.
 *
 * Ownership  the text is appended to out.
 * Errors     none.
 * Threads    pure.
 */
#ifndef CONFIG_CONFIG_DOC_H
#define CONFIG_CONFIG_DOC_H

#include "config/config.h"

/* The flags of every key, by section. */
void config_help(struct buf *out);

/* "  --name VALUE   what it is [default]", wrapped, for one setting. */
void config_help_line(const struct setting *s, struct buf *out);

/* Write *c as a configuration file, with a comment on where each value came from.
 * Secrets appear only in comments, as "(set)" or "(not set)". */
void config_print(const struct config *c, struct buf *out);

/* docs/configuration.md */
void config_markdown(struct buf *out);

#endif
