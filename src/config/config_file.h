/* config_file.h — the YAML file of the configuration.
 *
 *   server:
 *     port: 8080                        a section and its keys
 *     origins: [https://polls.example]  a list is a YAML list
 *   log.level: debug                    or the whole name of a key
 *
 * Refused, naming the line: what is not YAML; unknown or repeated keys; a section where
 * a value is due, or the reverse; a value that the key does not take.
 *
 * Ownership  text and name are borrowed for the call.
 * Errors     problems are appended to errors as "name:line: key: problem\n".
 * Threads    one at a time.
 */
#ifndef CONFIG_CONFIG_FILE_H
#define CONFIG_CONFIG_FILE_H

#include "config/config.h"

enum { CONFIG_FILE_BYTES = 1 << 20 };

/* Set in *c what the file's text says. */
void config_file_apply(struct config *c, struct str text, const char *name,
                       struct buf *errors);

#endif
