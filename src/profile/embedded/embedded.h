/* embedded.h — the profile of one machine (SQLite, a journal, limiters in memory), and
 * the commands for its data.
 *
 * Threads  the owner's.
 */
#ifndef PROFILE_EMBEDDED_EMBEDDED_H
#define PROFILE_EMBEDDED_EMBEDDED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct config;
struct profile;

enum { EMBEDDED_ERRMSG_BYTES = 1024 };

/* Make the profile for server_start(). Opens nothing yet. */
struct profile *embedded_new(void);

/* The command `verify`, for a stopped server. Returns 0, or 1 if something is wrong. */
int embedded_verify(const struct config *config, bool repair);

/* The commands `backup`, `restore` and `export`. They return the exit status and print
 * to stdout, errors to stderr. Backup and export also work while the server runs. */
int embedded_backup(const struct config *config, const char *file, bool force);
int embedded_restore(const struct config *config, const char *file, bool force);
int embedded_export(const struct config *config, uint32_t poll);
/* What `backup` does, as a part of another command: it prints how much there is. On an
 * error errmsg says what is wrong, and there is no file. */
int embedded_copy(const char *dir, const char *file, char *errmsg, size_t size);

#endif
