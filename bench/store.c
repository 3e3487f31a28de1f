/* store.c — what projecting a vote into SQLite costs, and loading a tally.
 *
 *   build/bench/store DIR [VOTES]
 *
 * DIR is made, used, and its database removed. Processor time is this thread's; the
 * difference to the whole is waiting for the disk. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "store/sqlite.h"

static const int64_t start_ms = 1700000000000;

struct run {
    const char *what;
    size_t batch;
    uint32_t n_polls;
    bool keyed;
};

static const struct run runs[] = {
    {"one poll, few at a time", 1000, 1, false},
    {"one poll", 10000, 1, false},
    {"one poll, the lane's most", 16384, 1, false},
    {"one poll, keyed", 10000, 1, true},
    {"a thousand polls, few at a time", 1000, 1000, false},
    {"a thousand polls", 10000, 1000, false},
    {"a hundred thousand polls", 10000, 100000, false},
};

static uint64_t seed;

static uint32_t draw(uint32_t below)
{
    seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
    return (uint32_t)((seed >> 33) % below);
}

static uint64_t cpu_us(void)
{
    struct rusage u;

    getrusage(RUSAGE_THREAD, &u);
    return (uint64_t)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000000 +
           (uint64_t)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

static void check(int rc, struct store *s)
{
    if (rc != 0) {
        fprintf(stderr, "%s\n", s->ops->errmsg(s, STORE_WRITER));
        exit(1);
    }
}

static void remove_db(const char *dir)
{
    static const char *const files[] = {"bench.db", "bench.db-wal", "bench.db-shm"};
    char path[4096];

    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        snprintf(path, sizeof path, "%s/%s", dir, files[i]);
        unlink(path);
    }
}

static struct store *open_new(const char *dir)
{
    char path[4096], errmsg[256];
    struct sqlite_opts opts = {.path = path};
    struct store *s;

    remove_db(dir);
    snprintf(path, sizeof path, "%s/bench.db", dir);
    if (store_sqlite_open(&opts, &s, errmsg, sizeof errmsg) != 0) {
        fprintf(stderr, "%s\n", errmsg);
        exit(1);
    }
    return s;
}

static void add_polls(struct store *s, uint32_t n)
{
    struct account a = {.username = "ada", .email = "a@example.org"};
    const char *field;

    check(s->ops->begin(s), s);
    check(s->ops->account_add(s, &a, &field), s);
    for (uint32_t i = 0; i < n; i++) {
        struct poll p = {.title = STR("Which?"),
                         .options = {STR("a"), STR("b"), STR("c"), STR("d")},
                         .rules = {.owner_id = a.id, .n_options = 4}};
        uint32_t id;

        check(s->ops->poll_add(s, &p, &id), s);
    }
    check(s->ops->commit(s), s);
}

/* Every user votes once on each of up to a hundred polls, in a random order. */
static struct change *make_votes(size_t n, const struct run *r)
{
    struct change *votes = mem_zalloc(n, sizeof *votes);
    uint64_t *versions = mem_zalloc(r->n_polls + 1, sizeof *versions);

    for (size_t i = 0; i < n; i++)
        votes[i] = (struct change){.kind = CHANGE_VOTE,
                                   .poll = (uint32_t)(1 + i % r->n_polls),
                                   .user = (uint32_t)(1 + i / r->n_polls),
                                   .option = (uint8_t)draw(4),
                                   .keyed = r->keyed};
    for (size_t i = n - 1; i > 0; i--) {
        size_t j = draw((uint32_t)(i + 1));
        struct change c = votes[i];

        votes[i] = votes[j];
        votes[j] = c;
    }
    for (size_t i = 0; i < n; i++) {
        struct change *c = &votes[i];

        c->version = 2 + versions[c->poll]++;
        c->at_ms = start_ms + (int64_t)i / 50;
        c->receipt = (struct receipt){.n_options = 4,
                                      .version = c->version,
                                      .votes_left = 99,
                                      .counts = {100000, 100000, 100000, 100000}};
        for (size_t k = 0; k < VOTE_KEY_BYTES; k++)
            c->key[k] = (uint8_t)draw(256);
    }
    mem_free(versions);
    return votes;
}

static void time_load(struct store *s, size_t n)
{
    struct tally *t;
    uint64_t start = clock_mono_us();

    check(s->ops->tally_load(s, 1, &t), s);
    printf("%37s tally of %zu voters loaded in %.2f s\n", "", n,
           (double)(clock_mono_us() - start) / 1e6);
    tally_free(t);
}

static void time_run(const char *dir, const struct run *r, size_t n)
{
    struct store *s = open_new(dir);
    struct change *votes = make_votes(n, r);
    uint64_t wall, cpu, half_wall = 0, half_cpu = 0;
    size_t half = n / 2;

    add_polls(s, r->n_polls);
    wall = clock_mono_us();
    cpu = cpu_us();
    for (size_t i = 0; i < n; i += r->batch) {
        if (i >= half && half_wall == 0) {
            half = n - i;
            half_wall = clock_mono_us();
            half_cpu = cpu_us();
        }
        check(s->ops->begin(s), s);
        check(s->ops->project(s, votes + i, n - i < r->batch ? n - i : r->batch), s);
        check(s->ops->set_position(s, i + 1), s);
        check(s->ops->commit(s), s);
    }
    printf("%-36s %6zu a batch: %5.2f us a vote, of which processor %5.2f;"
           " the second half %5.2f, %5.2f\n",
           r->what, r->batch, (double)(clock_mono_us() - wall) / (double)n,
           (double)(cpu_us() - cpu) / (double)n,
           (double)(clock_mono_us() - half_wall) / (double)half,
           (double)(cpu_us() - half_cpu) / (double)half);
    if (r->n_polls == 1)
        time_load(s, n);
    mem_free(votes);
    s->ops->free(s);
    remove_db(dir);
}

int main(int argc, char **argv)
{
    size_t n = argc == 3 ? (size_t)strtoul(argv[2], NULL, 10) : 1000000;

    if (argc < 2 || n == 0) {
        fprintf(stderr, "usage: %s DIR [VOTES]\n", argv[0]);
        return 2;
    }
    mkdir(argv[1], 0700);
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++)
        time_run(argv[1], &runs[i], n);
    rmdir(argv[1]);
    return 0;
}
