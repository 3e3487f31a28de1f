/* store_world.h — a store of any backend, and the words in which its tests speak. */
#ifndef TEST_LIB_STORE_WORLD_H
#define TEST_LIB_STORE_WORLD_H

#include <stdbool.h>
#include <stddef.h>

#include "store/store.h"

struct CMUnitTest;

struct backend {
    const char *name;
    /* dir is empty the first time. */
    struct store *(*open)(const char *dir);
    bool keeps; /* what is stored is there after free() and open() */
    /* Of a backend with one world at a time; NULL: nothing to do. */
    void (*remove)(void);    /* forget what is stored outside the folder */
    void (*pass_hour)(void); /* make what is stored an hour older */
};

extern const struct backend backend_mem, backend_sqlite, backend_postgres;

struct world {
    const struct backend *backend;
    char dir[64];
    struct store *s;
    uint32_t owner; /* ada, whose polls these are */
};

enum { T0 = 1700000000 }; /* seconds; the tests' beginning of time */

/* For a test whose state is a world of its own. */
#define WORLD_TEST(name)                                                               \
    {                                                                                  \
#name, name, NULL, NULL, NULL                                                  \
    }

/* The same, of the SQLite backend alone. */
#define SQLITE_TEST(name)                                                              \
    cmocka_unit_test_prestate_setup_teardown(name, world_setup, world_teardown,        \
                                             (void *)(uintptr_t)&backend_sqlite)
int world_setup(void **state);
int world_teardown(void **state);

/* Run the tests against every backend: what main() returns. */
int world_run(const struct CMUnitTest *tests, size_t n);

struct world *world_new(const struct backend *b);
void world_free(struct world *w);
void world_close(struct world *w); /* the store only: to be opened again */
void world_reopen(struct world *w);

/* Of the SQLite backend: its file, and what an operator does to it, by a connection of
 * his own. */
struct path {
    char text[128];
};
struct path path_of(const struct world *w);
void run_sql(const struct world *w, const char *sql);

/* Where work of others that is going on must not be tidied away: an hour passes. */
void pass_hour(struct world *w);

void begin(struct world *w);
void commit(struct world *w);

uint32_t add_user(struct world *w, const char *username, const char *email);
uint32_t add_poll(struct world *w, uint32_t n_options);

void add_key(struct world *w, const struct poll_key *key, uint32_t poll); /* ada's */

struct change vote(uint32_t poll, uint32_t user, uint32_t option, uint64_t version);
struct change keyed_vote(uint32_t poll, uint32_t user, uint32_t option,
                         uint64_t version);
struct change skipping(uint32_t poll, uint32_t user);
struct change unskipping(uint32_t poll, uint32_t user);
struct change move(uint32_t poll, uint32_t user, uint32_t was, uint32_t option,
                   uint64_t version);
struct change withdrawal(uint32_t poll, uint32_t user, uint32_t was, uint64_t version);
struct change closing(uint32_t poll, int64_t at_ms);
struct change deletion(uint32_t poll);

/* In a transaction of their own. */
void project(struct world *w, const struct change *changes, size_t n);
#define PROJECT(w, ...)                                                                \
    project((w), (const struct change[]){__VA_ARGS__},                                 \
            sizeof((const struct change[]){__VA_ARGS__}) / sizeof(struct change))

/* The stored poll without its definition; false: it is not there. */
bool look_up(struct world *w, uint32_t poll, struct stored_poll *ret_p);
struct poll *definition(struct world *w, uint32_t poll); /* to be unref'd */
uint32_t daily(struct world *w, int64_t day, uint32_t user);
struct tally *load(struct world *w, uint32_t poll);

/* For calls that give ids: "7 " to the buffer. */
int add_id(void *buf, uint32_t id);

/* "v4 total 3 skips 1: 2 0 1", or "none". Valid until the next call. */
const char *result_of(struct world *w, uint32_t poll);

/* Sound, and its counts are its rows; fails the test otherwise. */
struct store_totals verified(struct world *w);

#endif
