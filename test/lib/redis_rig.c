#include "lib/redis_rig.h"

#include "lib/check.h"

#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"

enum { START_MS = 120000, TRIES = 50 }; /* on a busy machine */

struct redis_rig {
    char dir[64], url[64], config[512];
    bool is_sentinel;
    int port;
    pid_t pid; /* 0: it does not run */
    struct buf said;
};

/* ---- speaking ---- */

static redisContext *open_context(const struct redis_rig *r)
{
    redisContext *c = redisConnect("127.0.0.1", r->port);

    if (c != NULL && c->err == 0)
        return c;
    if (c != NULL)
        redisFree(c);
    return NULL;
}

static void add_reply(struct buf *out, const redisReply *reply)
{
    if (reply->type == REDIS_REPLY_ERROR)
        buf_char(out, '-');
    if (reply->type == REDIS_REPLY_INTEGER)
        buf_i64(out, reply->integer);
    else if (reply->str != NULL)
        buf_add(out, reply->str, reply->len);
    for (size_t i = 0; reply->type == REDIS_REPLY_ARRAY && i < reply->elements; i++) {
        if (i > 0)
            buf_char(out, ' ');
        add_reply(out, reply->element[i]);
    }
}

/* NULL: it does not answer. */
static const char *say(struct redis_rig *r, const char *command)
{
    redisContext *c = open_context(r);
    redisReply *reply = c != NULL ? redisCommand(c, command) : NULL;

    r->said.len = 0;
    if (reply != NULL) {
        add_reply(&r->said, reply);
        freeReplyObject(reply);
    }
    buf_char(&r->said, '\0');
    if (c != NULL)
        redisFree(c);
    return reply != NULL ? r->said.data : NULL;
}

/* A server that changes its role cuts everybody off: then ask again. */
const char *redis_rig_say(struct redis_rig *r, const char *command)
{
    uint64_t until_ms = clock_mono_ms() + START_MS;
    const char *said = say(r, command);

    while (said == NULL && clock_mono_ms() < until_ms) {
        usleep(5000);
        said = say(r, command);
    }
    if (said == NULL)
        fail_msg("no answer to %s", command);
    return said;
}

/* ---- starting ---- */

static void write_config(const struct redis_rig *r)
{
    char path[96];
    FILE *f;

    snprintf(path, sizeof path, "%s/redis.conf", r->dir);
    f = fopen(path, "w");
    assert_non_null(f);
    fprintf(f, "port %d\nbind 127.0.0.1\ndir %s\nlogfile %s/log\n", r->port, r->dir,
            r->dir);
    if (!r->is_sentinel)
        fprintf(f, "save \"\"\nappendonly no\nrepl-diskless-sync-delay 0\n");
    fprintf(f, "%s\n", r->config);
    fclose(f);
}

static pid_t spawn(const struct redis_rig *r)
{
    pid_t parent = getpid(), pid;
    char path[96];
    char *const args[] = {"redis-server", path, r->is_sentinel ? "--sentinel" : NULL,
                          NULL};

    snprintf(path, sizeof path, "%s/redis.conf", r->dir);
    pid = fork();
    if (pid != 0)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that crashes leaves none behind */
    if (getppid() == parent)
        execvp(args[0], args);
    _exit(127);
}

static void show_log(const struct redis_rig *r)
{
    char line[512];
    FILE *f;

    snprintf(line, sizeof line, "%s/log", r->dir);
    f = fopen(line, "r");
    while (f != NULL && fgets(line, sizeof line, f) != NULL)
        fputs(line, stderr);
    if (f != NULL)
        fclose(f);
}

/* Is the one that answers there ours, as far as it tells? */
static bool is_ready(struct redis_rig *r)
{
    const char *info = say(r, "INFO server");
    char want[32];

    snprintf(want, sizeof want, "process_id:%d\r", (int)r->pid);
    return info != NULL &&
           (strstr(info, want) != NULL || strstr(info, "-NOAUTH") == info);
}

/* False: it has ended. */
static bool try_to_start(struct redis_rig *r)
{
    uint64_t until_ms = clock_mono_ms() + START_MS;

    r->pid = spawn(r);
    while (!is_ready(r)) {
        int status;

        if (waitpid(r->pid, &status, WNOHANG) == r->pid) {
            r->pid = 0;
            if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
                fail_msg("no redis-server: script/bootstrap installs it");
            return false;
        }
        if (clock_mono_ms() > until_ms) {
            show_log(r);
            fail_msg("Redis does not start");
        }
        usleep(5000);
    }
    return true;
}

/* One that the kernel gives to nobody who asks for any port, so that it is still free
 * when the server comes back to it. */
static int any_port(void)
{
    uint16_t n;

    assert_int_equal(getrandom(&n, sizeof n, 0), sizeof n);
    return 20000 + n % 12000;
}

static struct redis_rig *start(const char *config, bool is_sentinel)
{
    struct redis_rig *r = mem_zalloc(1, sizeof *r);

    signal(SIGPIPE, SIG_IGN);
    r->is_sentinel = is_sentinel;
    snprintf(r->config, sizeof r->config, "%s", config);
    snprintf(r->dir, sizeof r->dir, "/tmp/pollux-redis-XXXXXX");
    assert_non_null(mkdtemp(r->dir));
    for (int i = 0; i < TRIES; i++) {
        r->port = any_port();
        write_config(r);
        if (try_to_start(r)) {
            snprintf(r->url, sizeof r->url, "redis://127.0.0.1:%d", r->port);
            return r;
        }
    }
    show_log(r);
    fail_msg("Redis does not start");
    return NULL;
}

struct redis_rig *redis_rig_start(const char *config)
{
    return start(config, false);
}

struct redis_rig *redis_rig_replica(const struct redis_rig *primary)
{
    char config[64];

    snprintf(config, sizeof config, "replicaof 127.0.0.1 %d", primary->port);
    return start(config, false);
}

struct redis_rig *redis_rig_sentinel(const struct redis_rig *primary)
{
    char config[256];

    snprintf(config, sizeof config,
             "sentinel monitor pollux 127.0.0.1 %d 1\n"
             "sentinel down-after-milliseconds pollux 60000\n",
             primary->port);
    return start(config, true);
}

static void end_server(struct redis_rig *r)
{
    if (r->pid != 0) {
        kill(r->pid, SIGKILL);
        waitpid(r->pid, NULL, 0);
        r->pid = 0;
    }
}

struct redis_rig *redis_rig_stop(struct redis_rig *r)
{
    char *const args[] = {"rm", "-rf", r != NULL ? r->dir : NULL, NULL};
    pid_t pid;

    if (r == NULL)
        return NULL;
    end_server(r);
    pid = fork();
    if (pid == 0) {
        execv("/bin/rm", args);
        _exit(1);
    }
    waitpid(pid, NULL, 0);
    buf_done(&r->said);
    mem_free(r);
    return NULL;
}

const char *redis_rig_url(const struct redis_rig *r)
{
    return r->url;
}

const char *redis_rig_address(const struct redis_rig *r)
{
    return r->url + strlen("redis://");
}

void redis_rig_kill(struct redis_rig *r)
{
    end_server(r);
}

void redis_rig_restart(struct redis_rig *r)
{
    redis_rig_kill(r);
    if (!try_to_start(r)) {
        show_log(r);
        fail_msg("Redis does not start again");
    }
}

void redis_rig_halt(struct redis_rig *r)
{
    kill(r->pid, SIGSTOP);
}

void redis_rig_go_on(struct redis_rig *r)
{
    kill(r->pid, SIGCONT);
}
