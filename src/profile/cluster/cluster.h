/* cluster.h — the profile of many processes on one PostgreSQL, and the commands for its
 * data.
 *
 * Threads  the owner's.
 */
#ifndef PROFILE_CLUSTER_CLUSTER_H
#define PROFILE_CLUSTER_CLUSTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "auth/secret.h"

struct config;
struct profile;

struct profile *cluster_new(void);

/* What the configuration must have. ERR_INVALID: errmsg says what is missing. */
int cluster_has_dsn(const struct config *config, char *errmsg, size_t size);
int cluster_load_secret(const struct config *config, struct secret *ret_secret,
                        char *errmsg, size_t size);

/* The commands. They return the exit status and print to stdout, errors to stderr. */
int cluster_check_config(const struct config *config);
int cluster_verify(const struct config *config, bool repair);
int cluster_export(const struct config *config, uint32_t poll);
int cluster_no_backup(void);

#endif
