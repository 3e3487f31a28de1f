#include "lib/pg_rig.h"

#include "lib/check.h"

#include <fcntl.h>
#include <glob.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"

enum { START_MS = 120000 }; /* on a busy machine */

struct pg_rig {
    char dir[64], data[80], bin[128];
    pid_t pid; /* of the server; 0: it does not run */
};

/* The newest of those installed. */
static void find_programs(struct pg_rig *r)
{
    glob_t found = {0};

    if (glob("/usr/lib/postgresql/*/bin", 0, NULL, &found) != 0)
        fail_msg("no PostgreSQL in /usr/lib/postgresql: script/bootstrap installs it");
    snprintf(r->bin, sizeof r->bin, "%s", found.gl_pathv[found.gl_pathc - 1]);
    globfree(&found);
}

static const struct passwd *other_user(void)
{
    return geteuid() == 0 ? getpwnam("postgres") : NULL;
}

static void own(const char *path)
{
    const struct passwd *user = other_user();

    if (user != NULL)
        assert_int_equal(chown(path, user->pw_uid, user->pw_gid), 0);
}

/* Start one of its programs; its output goes to the folder's log. */
static pid_t spawn(const struct pg_rig *r, char *const args[])
{
    const struct passwd *user = other_user();
    pid_t parent = getpid(), pid = fork();
    char program[192];
    int log;

    if (pid != 0)
        return pid;
    snprintf(program, sizeof program, "%s/%s", r->bin, args[0]);
    if (chdir(r->dir) != 0)
        _exit(1);
    if (user != NULL && (setgid(user->pw_gid) != 0 || setuid(user->pw_uid) != 0))
        _exit(1);
    log = open("log", O_WRONLY | O_CREAT | O_APPEND, 0600);
    dup2(log, 1);
    dup2(log, 2);
    prctl(PR_SET_PDEATHSIG, SIGQUIT); /* a test that crashes leaves none behind */
    if (getppid() == parent)
        execv(program, args);
    _exit(1);
}

static void show_log(const struct pg_rig *r)
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

static void make_data(const struct pg_rig *r)
{
    char *const args[] = {"initdb",
                          "-D",
                          (char *)(uintptr_t)r->data,
                          "-U",
                          "pollux",
                          "-A",
                          "trust",
                          "-E",
                          "UTF8",
                          "--locale=C",
                          "--no-sync",
                          "--no-instructions",
                          "--wal-segsize=1",
                          NULL};
    int status = 1;

    waitpid(spawn(r, args), &status, 0);
    if (status != 0) {
        show_log(r);
        fail_msg("initdb has failed");
    }
}

static void start_server(struct pg_rig *r)
{
    char *const args[] = {"postgres",
                          "-D",
                          r->data,
                          "-k",
                          r->dir,
                          "-c",
                          "listen_addresses=",
                          "-c",
                          "fsync=off",
                          "-c",
                          "full_page_writes=off",
                          "-c",
                          "autovacuum=off",
                          "-c",
                          "shared_buffers=16MB",
                          "-c",
                          "max_connections=40",
                          "-c",
                          "log_min_messages=fatal",
                          NULL};
    uint64_t until_ms = clock_mono_ms() + START_MS;
    struct pg_dsn dsn = pg_rig_dsn(r, "postgres");

    r->pid = spawn(r, args);
    while (PQping(dsn.text) != PQPING_OK) {
        if (waitpid(r->pid, NULL, WNOHANG) == r->pid || clock_mono_ms() > until_ms) {
            show_log(r);
            fail_msg("PostgreSQL does not start");
        }
        usleep(10000);
    }
}

static void end_server(struct pg_rig *r, int signal)
{
    if (r->pid != 0) {
        kill(r->pid, signal);
        waitpid(r->pid, NULL, 0);
        r->pid = 0;
    }
}

struct pg_rig *pg_rig_start(void)
{
    struct pg_rig *r = mem_zalloc(1, sizeof *r);

    find_programs(r);
    snprintf(r->dir, sizeof r->dir, "/tmp/pollux-pg-XXXXXX");
    assert_non_null(mkdtemp(r->dir));
    snprintf(r->data, sizeof r->data, "%s/data", r->dir);
    own(r->dir);
    make_data(r);
    start_server(r);
    return r;
}

struct pg_rig *pg_rig_stop(struct pg_rig *r)
{
    char *const args[] = {"rm", "-rf", r != NULL ? r->dir : NULL, NULL};
    pid_t pid;

    if (r == NULL)
        return NULL;
    end_server(r, SIGQUIT); /* nothing in it is needed any more */
    pid = fork();
    if (pid == 0) {
        execv("/bin/rm", args);
        _exit(1);
    }
    waitpid(pid, NULL, 0);
    mem_free(r);
    return NULL;
}

struct pg_dsn pg_rig_dsn(const struct pg_rig *r, const char *database)
{
    struct pg_dsn dsn;

    snprintf(dsn.text, sizeof dsn.text, "host=%s user=pollux dbname=%s", r->dir,
             database);
    return dsn;
}

void pg_rig_admin(const struct pg_rig *r, const char *sql)
{
    PGconn *c = PQconnectdb(pg_rig_dsn(r, "postgres").text);
    PGresult *res = PQexec(c, sql);

    if (PQresultStatus(res) != PGRES_COMMAND_OK &&
        PQresultStatus(res) != PGRES_TUPLES_OK)
        fail_msg("%s: %s", sql, PQerrorMessage(c));
    PQclear(res);
    PQfinish(c);
}

void pg_rig_kill(struct pg_rig *r)
{
    end_server(r, SIGQUIT);
}

void pg_rig_restart(struct pg_rig *r)
{
    pg_rig_kill(r);
    start_server(r);
}
