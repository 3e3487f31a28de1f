/* main.c — the program: reads the command line, runs one command, ends.
 *
 * Which backends serve is the business of the profile (src/profile/). Newcomers: start
 * with the reading order in docs/internals/README.md.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "auth/secret.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "cli/cli.h"
#include "cli/token_command.h"
#include "config/config.h"
#include "demo/demo.h"
#include "profile/cluster/cluster.h"
#include "profile/embedded/embedded.h"
#include "profile/move.h"
#include "server/server.h"

extern char **environ;

/* Every connection is a descriptor: use all that the system allows. */
static void raise_descriptors(void)
{
    struct rlimit files;

    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < files.rlim_max) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
}

/* The signals that end the server, blocked in this thread and those that it starts. */
static sigset_t block_signals(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    return set;
}

/* The log begins with what the configuration gives to think about. */
static void log_warnings(const struct log *log, struct str lines)
{
    struct str line;

    while (lines.len != 0) {
        lines = str_cut(lines, '\n', &line);
        LOG(log, LOG_WARN, "configuration", LOG_TEXT("warning", line));
    }
}

static void log_demo(void *user, const char *line)
{
    LOG((const struct log *)user, LOG_INFO, "demo", LOG_STR("message", line));
}

static void log_demo_failed(void *user, const char *errmsg)
{
    LOG((const struct log *)user, LOG_WARN, "demo_failed", LOG_STR("error", errmsg));
}

/* The demo beside the server; NULL when there is none. */
static struct demo *start_demo(const struct cli *cli, const struct config *config,
                               struct log *log)
{
    struct demo_opts opts = {.config = config,
                             .polls = cli->demo_polls,
                             .voters = cli->demo_voters,
                             .rate = cli->demo_rate,
                             .for_ms = cli->demo_for_ms,
                             .say = log_demo,
                             .failed = log_demo_failed,
                             .user = log};
    struct demo *demo = NULL;

    if (cli->with_demo && demo_start(&opts, &demo) != 0)
        log_demo_failed(log, "the system has no thread or descriptor to give");
    return demo;
}

/* In the order of the words of the key `profile`. */
enum { EMBEDDED, CLUSTER };
static struct profile *(*const profiles[])(void) = {embedded_new, cluster_new};

static int serve(const struct cli *cli, const struct config *config,
                 struct str warnings)
{
    char errmsg[SERVER_ERRMSG_BYTES];
    sigset_t signals = block_signals();
    struct server *server;
    struct demo *demo;
    struct log log;
    int sig;

    log_init(&log, STDERR_FILENO, (enum log_level)config->log_level,
             (enum log_format)config->log_format);
    log_warnings(&log, warnings);
    raise_descriptors();
    if (server_start(profiles[config->profile](), config, &log, &server, errmsg) != 0) {
        LOG(&log, LOG_ERROR, "start_failed", LOG_STR("error", errmsg));
        _exit(CLI_FAILED); /* half a server: the system takes it down best */
    }
    demo = start_demo(cli, config, &log);
    while (sigwait(&signals, &sig) != 0)
        ;
    LOG(&log, LOG_INFO, "stopping", LOG_STR("signal", strsignal(sig)));
    demo_stop(demo);
    server_stop(server);
    return CLI_OK;
}

/* On one machine it is made if it is missing, as the server would make it. */
static int load_secret(const struct config *config, struct secret *ret_secret,
                       char *errmsg, size_t size)
{
    if (config->profile == CLUSTER)
        return cluster_load_secret(config, ret_secret, errmsg, size);
    return secret_load(str_of(config->jwt_secret), config->data_dir, NULL, ret_secret,
                       errmsg, size);
}

static int print_tokens(const struct config *config, const struct cli *cli)
{
    struct token_command command = {.first = (uint64_t)cli->token_first,
                                    .count = (uint64_t)cli->token_count,
                                    .guest = cli->token_kind == CLI_KIND_GUEST};
    char errmsg[512];
    struct jwt_lifetimes lifetimes = config_lifetimes(config);
    struct jwt_signer *signer;
    struct secret secret;
    int rc;

    if (load_secret(config, &secret, errmsg, sizeof errmsg) != 0) {
        fprintf(stderr, "pollux: %s\n", errmsg);
        return CLI_FAILED;
    }
    rc = jwt_signer_new(secret_str(&secret), &lifetimes, &signer);
    secret_done(&secret);
    if (rc == 0)
        rc = token_command_run(&command, signer, clock_now_ms(&clock_system),
                               STDOUT_FILENO);
    if (rc != 0)
        fprintf(stderr, "pollux: %s\n",
                rc == ERR_INVALID ? "ids must be within 1 and 4294967295"
                                  : strerror(errno));
    jwt_signer_free(signer);
    return rc == 0 ? CLI_OK : CLI_FAILED;
}

static void print_line(void *user, const char *line)
{
    (void)user;
    puts(line);
    fflush(stdout);
}

static int demo(const struct cli *cli, const struct config *config)
{
    struct demo_opts opts = {.config = config,
                             .polls = cli->demo_polls,
                             .voters = cli->demo_voters,
                             .rate = cli->demo_rate,
                             .for_ms = cli->demo_for_ms,
                             .say = print_line,
                             .say_progress = print_line};
    sigset_t signals = block_signals();
    int stop_fd = signalfd(-1, &signals, SFD_CLOEXEC);
    char errmsg[DEMO_ERRMSG_BYTES];
    int rc;

    if (stop_fd < 0) {
        fprintf(stderr, "pollux: %s\n", strerror(errno));
        return CLI_FAILED;
    }
    rc = demo_run(&opts, stop_fd, errmsg);
    close(stop_fd);
    if (rc != 0)
        fprintf(stderr, "pollux: %s\n", errmsg);
    return rc == 0 ? CLI_OK : CLI_FAILED;
}

/* What is done to the data, and so depends on where it is. */
static int run_on_cluster(const struct cli *cli, const struct config *config)
{
    switch (cli->command) {
    case CLI_CHECK_CONFIG:
        return cluster_check_config(config);
    case CLI_VERIFY:
        return cluster_verify(config, cli->repair);
    case CLI_EXPORT:
        return cli->all ? move_export(config, cli->operand)
                        : cluster_export(config, cli->export_poll);
    case CLI_IMPORT:
        return move_import(config, cli->operand);
    default: /* backup, restore */
        return cluster_no_backup();
    }
}

static int need_cluster(void)
{
    fputs("pollux: import and export --all need the profile cluster and postgres.dsn; "
          "on one machine there are backup and restore\n",
          stderr);
    return CLI_FAILED;
}

static int run_on_embedded(const struct cli *cli, const struct config *config)
{
    switch (cli->command) {
    case CLI_VERIFY:
        return embedded_verify(config, cli->repair);
    case CLI_BACKUP:
        return embedded_backup(config, cli->operand, cli->force);
    case CLI_RESTORE:
        return embedded_restore(config, cli->operand, cli->force);
    case CLI_EXPORT:
        return cli->all ? need_cluster() : embedded_export(config, cli->export_poll);
    case CLI_IMPORT:
        return need_cluster();
    default: /* check-config: it has nothing to look at */
        return CLI_OK;
    }
}

static int run(const struct cli *cli, const struct config *config, struct str warnings)
{
    switch (cli->command) {
    case CLI_SERVE:
        return serve(cli, config, warnings);
    case CLI_TOKEN:
        return print_tokens(config, cli);
    case CLI_DEMO:
        return demo(cli, config);
    default:
        return config->profile == CLUSTER ? run_on_cluster(cli, config)
                                          : run_on_embedded(cli, config);
    }
}

static void print(FILE *to, const struct buf *text)
{
    if (text->len != 0)
        fwrite(text->data, 1, text->len, to);
}

int main(int argc, char **argv)
{
    struct config config = {0};
    struct cli_text text = {0};
    struct cli cli;
    int status = cli_start(argc, argv, environ, &cli, &config, &text);

    print(stdout, &text.out);
    print(stderr, &text.err);
    if (status != CLI_GO_ON || cli.command != CLI_SERVE)
        print(stderr, &text.warnings);
    if (status == CLI_GO_ON)
        status = run(&cli, &config, buf_str(&text.warnings));
    config_done(&config);
    cli_text_done(&text);
    return status;
}
