/* move.h — the commands that move everything between a data directory and PostgreSQL:
 * `import DIR`, `export --all DIR`.
 *
 * Threads  the owner's.
 */
#ifndef PROFILE_MOVE_H
#define PROFILE_MOVE_H

struct config;

/* They return the exit status and print to stdout, errors to stderr. */
int move_import(const struct config *config, const char *dir);
int move_export(const struct config *config, const char *dir);

#endif
