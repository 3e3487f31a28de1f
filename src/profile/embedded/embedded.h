/* embedded.h — the profile of one machine: SQLite, a journal, limiters in memory. And
 * the commands about what it keeps.
 *
 * Threads  the owner's.
 */
#ifndef PROFILE_EMBEDDED_EMBEDDED_H
#define PROFILE_EMBEDDED_EMBEDDED_H

#include <stdbool.h>
#include <stdint.h>

struct config;
struct profile;

enum { EMBEDDED_ERRMSG_BYTES = 1024 };

/* For server_start(). Nothing is opened yet. */
struct profile *embedded_new(void);

/* The command `verify`, of a stopped server: 0, or 1 when something is wrong. */
int embedded_verify(const struct config *config, bool repair);

/* The commands `backup`, `restore` and `export`: the exit status. They print to stdout,
 * and what is wrong to stderr. Backup and export work beside a running server. */
int embedded_backup(const struct config *config, const char *file, bool force);
int embedded_restore(const struct config *config, const char *file, bool force);
int embedded_export(const struct config *config, uint32_t poll);

#endif
