/* embedded.h — the whole server on one machine: which backends, wired how.
 *
 * Errors   ERR_*, with a text for the operator in errmsg.
 * Threads  the owner's.
 */
#ifndef PROFILE_EMBEDDED_EMBEDDED_H
#define PROFILE_EMBEDDED_EMBEDDED_H

#include "base/log.h"
#include "config/config.h"

enum { EMBEDDED_ERRMSG_BYTES = 1024 };

struct embedded;

/* Recover, load, listen; clients are served when this returns 0. */
int embedded_start(const struct config *config, const struct log *log,
                   struct embedded **ret_e, char errmsg[EMBEDDED_ERRMSG_BYTES]);
/* Finish what is under way, then end. */
void embedded_stop(struct embedded *e);

/* The command `verify`, of a stopped server: 0, or 1 when something is wrong. */
int embedded_verify(const struct config *config, bool repair);

/* The commands `backup`, `restore` and `export`: the exit status. They print to stdout,
 * and what is wrong to stderr. Backup and export work beside a running server. */
int embedded_backup(const struct config *config, const char *file, bool force);
int embedded_restore(const struct config *config, const char *file, bool force);
int embedded_export(const struct config *config, uint32_t poll);

#endif
