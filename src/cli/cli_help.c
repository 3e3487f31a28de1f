/* cli_help.c — what --help says, of the program and of each command (cli.h). */
#include "cli/cli.h"

#include "config/config_doc.h"

#define LENGTH(array) (sizeof(array) / sizeof *(array))

static const struct setting serve_options[] = {
    {"demo", SETTING_BOOL, offsetof(struct cli, with_demo), "false", "",
     "Fill in a few polls if there are none of the demo's, and let guests vote for "
     "some minutes. Not for a server that others use."},
};

static const struct setting check_config_options[] = {
    {"print", SETTING_BOOL, offsetof(struct cli, print), "false", "",
     "Show the value of every key and where it came from. Secrets are not shown."},
    /* for script/check-docs: without help it is not shown */
    {"markdown", SETTING_BOOL, offsetof(struct cli, markdown), "false", "", ""},
};

static const struct setting verify_options[] = {
    {"repair", SETTING_BOOL, offsetof(struct cli, repair), "false", "",
     "After damage: bring every vote that can be read into the database, and put the "
     "journal's files aside."},
};

static const struct setting token_options[] = {
    {"first", SETTING_INT, offsetof(struct cli, token_first), "1", "1..2147483647",
     "The first user id."},
    {"count", SETTING_INT, offsetof(struct cli, token_count), "1", "1..10000000",
     "How many tokens, for ids one after the other."},
    {"kind", SETTING_ENUM, offsetof(struct cli, token_kind), "guest", "guest|user",
     "Whether they are tokens of guests or of registered users."},
};

static const struct setting demo_options[] = {
    {"polls", SETTING_INT, offsetof(struct cli, demo_polls), "6", "1..100",
     "How many polls to create."},
    {"voters", SETTING_INT, offsetof(struct cli, demo_voters), "500", "1..100000",
     "How many guests vote."},
    {"rate", SETTING_INT, offsetof(struct cli, demo_rate), "20", "1..1000",
     "Votes a second, all together."},
    {"for", SETTING_DURATION, offsetof(struct cli, demo_for_ms), "0s", "0s..1d",
     "How long to vote; 0s is until everybody has voted, or it is stopped."},
};

static const struct setting backup_options[] = {
    {"force", SETTING_BOOL, offsetof(struct cli, force), "false", "",
     "Replace FILE if it is there already."},
};

static const struct setting restore_options[] = {
    {"force", SETTING_BOOL, offsetof(struct cli, force), "false", "",
     "Also where there is data already: it is put aside, into a directory beside it, "
     "and not deleted."},
};

static const struct setting export_options[] = {
    {"csv", SETTING_BOOL, offsetof(struct cli, csv), "true", "",
     "As CSV, which is the only format there is."},
    {"all", SETTING_BOOL, offsetof(struct cli, all), "false", "",
     "Everything in the cluster's PostgreSQL, into a new data directory in place of a "
     "poll: pollux export --all DIR."},
};

static const enum config_key data_keys[] = {CONFIG_KEY_data_dir};
static const enum config_key anywhere_keys[] = {CONFIG_KEY_profile, CONFIG_KEY_data_dir,
                                                CONFIG_KEY_postgres_dsn};
static const enum config_key cluster_keys[] = {
    CONFIG_KEY_profile, CONFIG_KEY_postgres_dsn, CONFIG_KEY_jwt_secret};
static const enum config_key token_keys[] = {CONFIG_KEY_data_dir, CONFIG_KEY_jwt_secret,
                                             CONFIG_KEY_jwt_ttl_ms};
static const enum config_key demo_keys[] = {CONFIG_KEY_server_address,
                                            CONFIG_KEY_server_port, CONFIG_KEY_data_dir,
                                            CONFIG_KEY_jwt_secret};

static const struct cli_spec specs[CLI__COMMANDS] = {
    [CLI_SERVE] =
        {
            .name = "serve",
            .summary = "run the server in the foreground",
            .about = "Runs the server until SIGTERM or SIGINT. Needs nothing but a "
                     "directory to write to.\n",
            .examples = "  pollux serve\n"
                        "  pollux serve --server-address 0.0.0.0 --server-port 80\n"
                        "  pollux serve --config /etc/pollux/pollux.yaml\n"
                        "  POLLUX_DATA_DIR=/var/lib/pollux pollux serve\n"
                        "  pollux serve --demo\n",
            .options = serve_options,
            .n_options = LENGTH(serve_options),
        },
    [CLI_CHECK_CONFIG] =
        {
            .name = "check-config",
            .summary = "say whether the configuration is right",
            .about =
                "Reads the configuration as `pollux serve` would. Says "
                "\"configuration OK\", or every\n"
                "problem as one line, and exits with 1. With the profile cluster it "
                "also says which\n"
                "PostgreSQL answers, and which migration it has; it writes "
                "nothing.\n",
            .examples = "  pollux check-config --config pollux.yaml\n"
                        "  pollux check-config --print\n",
            .options = check_config_options,
            .n_options = LENGTH(check_config_options),
        },
    [CLI_VERIFY] =
        {
            .name = "verify",
            .summary = "check the data of a stopped server, or of a cluster",
            .about = "Reads everything in data.dir and compares the counts with the "
                     "votes. Exits with 0 and\n"
                     "\"ok: ...\", or with 1 and what is wrong. Changes nothing, "
                     "unless it is to repair. With\n"
                     "the profile cluster it reads PostgreSQL, at one moment; servers "
                     "may run meanwhile.\n",
            .examples = "  pollux verify --data-dir /var/lib/pollux\n"
                        "  pollux verify --data-dir /var/lib/pollux --repair\n"
                        "  pollux verify --profile cluster --postgres-dsn "
                        "postgresql://pollux@db1,db2/pollux\n",
            .options = verify_options,
            .n_options = LENGTH(verify_options),
            .keys = anywhere_keys,
            .n_keys = LENGTH(anywhere_keys),
        },
    [CLI_TOKEN] =
        {
            .name = "token",
            .summary = "sign tokens, for tests and measurements",
            .about = "Writes a line \"id<TAB>token\" for each id, signed with the "
                     "configured secret. Whoever has\n"
                     "a token is that user.\n",
            .examples = "  pollux token --first 1 --count 1000 > tokens.txt\n"
                        "  curl -H \"Authorization: Bearer $(pollux token | cut -f2)\" "
                        "localhost:8080/api/users/me\n",
            .options = token_options,
            .n_options = LENGTH(token_options),
            .keys = token_keys,
            .n_keys = LENGTH(token_keys),
        },
    [CLI_DEMO] =
        {
            .name = "demo",
            .summary = "fill a running server with lively polls",
            .about = "Creates a few polls on the server that runs with the same "
                     "configuration, and votes\n"
                     "on them. Not for a server that others use.\n",
            .examples = "  pollux demo\n"
                        "  pollux demo --polls 3 --rate 100 --for 1m\n",
            .options = demo_options,
            .n_options = LENGTH(demo_options),
            .keys = demo_keys,
            .n_keys = LENGTH(demo_keys),
        },
    [CLI_BACKUP] =
        {
            .name = "backup",
            .operand = "FILE",
            .summary = "copy the data into one file, also of a running server",
            .about = "Writes everything in data.dir into FILE, but for jwt.secret: "
                     "every vote that was\n"
                     "acknowledged before the command began is in it. The server goes "
                     "on meanwhile. FILE is\n"
                     "checked before it gets its name. docs/operate/backup.md has "
                     "more.\n",
            .examples = "  pollux backup --data-dir /var/lib/pollux "
                        "/backup/pollux-$(date +%F).db\n"
                        "  pollux backup --config /etc/pollux/pollux.yaml "
                        "/backup/pollux.db --force\n",
            .options = backup_options,
            .n_options = LENGTH(backup_options),
            .keys = data_keys,
            .n_keys = LENGTH(data_keys),
        },
    [CLI_RESTORE] =
        {
            .name = "restore",
            .operand = "FILE",
            .summary = "put a backup in place, for a server to start with",
            .about = "Checks FILE, which `pollux backup` wrote, and copies it into "
                     "data.dir. No server may\n"
                     "run there.\n",
            .examples = "  pollux restore --data-dir /var/lib/pollux "
                        "/backup/pollux-2026-01-31.db\n",
            .options = restore_options,
            .n_options = LENGTH(restore_options),
            .keys = data_keys,
            .n_keys = LENGTH(data_keys),
        },
    [CLI_EXPORT] =
        {
            .name = "export",
            .operand = "POLL",
            .summary = "write the result of a poll, also of a running server",
            .about = "Writes the number, text, votes and percent of each option of the "
                     "poll to the standard\n"
                     "output. With --all it moves a cluster to one machine "
                     "(docs/operate/move.md).\n",
            .examples = "  pollux export 12 --csv > poll-12.csv\n"
                        "  pollux export --all /var/lib/pollux --profile cluster "
                        "--postgres-dsn dbname=pollux\n",
            .options = export_options,
            .n_options = LENGTH(export_options),
            .keys = anywhere_keys,
            .n_keys = LENGTH(anywhere_keys),
        },
    [CLI_IMPORT] =
        {
            .name = "import",
            .operand = "DIR",
            .summary = "move a data directory into the cluster's PostgreSQL",
            .about = "Copies everything in DIR, a stopped server's data.dir, into an "
                     "empty PostgreSQL, checks it,\n"
                     "and says what is left to do. All of it is there afterwards, or "
                     "nothing. DIR stays as it is.\n"
                     "docs/operate/move.md has more.\n",
            .examples = "  pollux import /var/lib/pollux --profile cluster "
                        "--postgres-dsn dbname=pollux\n",
            .keys = cluster_keys,
            .n_keys = LENGTH(cluster_keys),
        },
};

const struct cli_spec *cli_spec(enum cli_command command)
{
    return &specs[command];
}

void cli_help(struct buf *out)
{
    buf_text(out, "Pollux, a live polling server.\n"
                  "\n"
                  "Usage: pollux COMMAND [OPTIONS]\n"
                  "\n"
                  "Commands:\n");
    for (size_t i = 0; i < CLI__COMMANDS; i++)
        buf_printf(out, "  %-14s%s\n", specs[i].name, specs[i].summary);
    buf_text(out,
             "\n"
             "Options:\n"
             "  --config FILE   a YAML file with the configuration; or POLLUX_CONFIG\n"
             "  --help          what a command does, and its options\n"
             "  --version       the version of this program\n"
             "\n"
             "Every configuration key is a flag of every command, a variable and a "
             "line of the file:\n"
             "  --server-port 8080, POLLUX_SERVER_PORT=8080, server.port: 8080\n"
             "`pollux serve --help` shows all of them.\n"
             "\n"
             "Exit status: 0 done, 1 failed, 2 the command line is wrong.\n");
}

static void help_keys(const struct cli_spec *spec, struct buf *out)
{
    if (spec->keys == NULL) {
        config_help(out);
        return;
    }
    buf_text(out,
             "\nConfiguration (all other flags of `pollux serve` are taken too):\n");
    for (size_t i = 0; i < spec->n_keys; i++)
        config_help_line(config_setting(spec->keys[i]), out);
}

void cli_command_help(const struct cli_spec *spec, struct buf *out)
{
    static const struct setting common[] = {
        {"config", SETTING_STRING, 0, "", "",
         "A YAML file with the configuration; or POLLUX_CONFIG."},
    };

    buf_printf(out, "Usage: pollux %s%s%s [OPTIONS]\n\n%s\nExamples:\n%s\nOptions:\n",
               spec->name, spec->operand != NULL ? " " : "",
               spec->operand != NULL ? spec->operand : "", spec->about, spec->examples);
    for (size_t i = 0; i < spec->n_options; i++)
        if (spec->options[i].help[0] != '\0')
            config_help_line(&spec->options[i], out);
    config_help_line(&common[0], out);
    help_keys(spec, out);
}
