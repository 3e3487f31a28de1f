/* cli.h — the command line: `pollux COMMAND [OPERAND] [OPTIONS]`.
 *
 * DESIGN
 *
 *   argv ─▶ command, its options, configuration flags ─▶ config_load() ─▶ run it
 *              │                                             │
 *              ▼ usage: exit 2                               ▼ problems: exit 1
 *
 * Help and version are answered here, as text that main writes, and what check-config
 * can say without a connection; main runs the others. Every command takes every
 * configuration flag, since they all share one file and one environment.
 *
 * Ownership  cli_start() fills *ret_cli, *ret_config and *text; whatever it returns,
 *            the caller frees them with config_done() and cli_text_done().
 * Errors     exit statuses, below.
 * Threads    pure, except that it reads the files that the configuration names.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "config/config.h"

enum cli_command {
    CLI_SERVE,
    CLI_CHECK_CONFIG,
    CLI_VERIFY,
    CLI_TOKEN,
    CLI_DEMO,
    CLI_BACKUP,
    CLI_RESTORE,
    CLI_EXPORT,
    CLI_IMPORT,
    CLI__COMMANDS
};

enum cli_exit {
    CLI_GO_ON = -1, /* nothing to exit for: run the command */
    CLI_OK = 0,
    CLI_FAILED = 1,
    CLI_USAGE = 2,
};

/* The words of --kind. */
enum cli_kind { CLI_KIND_GUEST, CLI_KIND_USER };

struct cli {
    enum cli_command command;

    bool with_demo; /* serve */

    bool print, markdown; /* check-config */

    bool repair; /* verify */

    int token_first, token_count; /* ids first … first + count - 1, all fit an int */
    int token_kind;

    int demo_polls, demo_voters;
    int demo_rate;       /* votes a second */
    int64_t demo_for_ms; /* 0: until it is stopped */

    const char *operand;  /* of the commands that have one; argv's */
    bool force;           /* backup, restore */
    bool csv, all;        /* export */
    uint32_t export_poll; /* its operand, unless all */
};

struct cli_text {
    struct buf out;      /* for stdout */
    struct buf err;      /* for stderr */
    struct buf warnings; /* lines; for the log, or stderr */
};

enum cli_exit cli_start(int argc, char *const *argv, char *const *env,
                        struct cli *ret_cli, struct config *ret_config,
                        struct cli_text *text);

void cli_text_done(struct cli_text *text);

/* --- for cli_help.c --- */

struct cli_spec {
    const char *name;    /* "check-config" */
    const char *operand; /* what has to follow it, "FILE"; NULL: nothing may */
    const char *summary; /* for the list of commands */
    const char *about;
    const char *examples;
    const struct setting *options;
    size_t n_options;
    const enum config_key *keys; /* that matter most to it; NULL: all of them */
    size_t n_keys;
};

const struct cli_spec *cli_spec(enum cli_command command);

/* `pollux --help`, `pollux COMMAND --help` */
void cli_help(struct buf *out);
void cli_command_help(const struct cli_spec *spec, struct buf *out);

#endif
