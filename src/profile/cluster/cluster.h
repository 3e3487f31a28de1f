/* cluster.h — the profile of many processes on one PostgreSQL. */
#ifndef PROFILE_CLUSTER_CLUSTER_H
#define PROFILE_CLUSTER_CLUSTER_H

struct profile *cluster_new(void);

#endif
