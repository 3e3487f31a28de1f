/* postgres_read.c — reads what the start and the ballot need: daily counts, whole
 * tallies (store.h; postgres_db.h).
 */
#include <string.h>

#include "base/err.h"
#include "store/postgres_db.h"
#include "core/receipt_blob.h"

struct daily_walk {
    store_daily_cb *each;
    void *user;
};

static int each_daily(void *user, const struct pg_row *row)
{
    const struct daily_walk *w = user;

    return w->each(w->user, (uint32_t)pg_i64(row, 0), (uint32_t)pg_i64(row, 1));
}

int postgres_each_daily(struct store *s, int64_t day, store_daily_cb *each, void *user)
{
    struct daily_walk w = {each, user};
    struct pg_args a = {0};

    pg_arg_i64(&a, day);
    return side_run(side_reader(s),
                    "SELECT user_id, votes FROM daily_votes WHERE day = $1"
                    " ORDER BY user_id",
                    &a, each_daily, &w);
}

/* ---- a tally ---- */

struct loading {
    struct side *side;
    uint32_t poll;
    struct tally *tally;
};

static int take_rules(void *user, const struct pg_row *row)
{
    struct loading *l = user;
    struct poll_rules rules = {0};
    struct stored_poll p = {0};
    int rc = postgres_poll_row(l->side, row, &rules, &p);

    if (rc == 0)
        l->tally = tally_new(l->poll, &rules, p.base_version);
    return rc;
}

/* The columns of BALLOTS. */
enum { USER, KIND, AT, CHOICE, VERSION, KEY, RECEIPT, WAS_MS, WAS_KEY, WAS_RECEIPT };

static const char BALLOTS[] =
    "SELECT user_id, kind, at_ms, choice[1], version, key, receipt, was_ms, was_key,"
    " was_receipt FROM ballots WHERE poll_id = $1 ORDER BY user_id";

static int read_receipt(const struct pg_row *row, int key, int receipt,
                        uint8_t ret_key[VOTE_KEY_BYTES], struct receipt *r)
{
    struct str k = pg_str(row, key);

    if (k.len != VOTE_KEY_BYTES || receipt_decode(pg_str(row, receipt), r) != 0)
        return ERR_INVALID;
    memcpy(ret_key, k.at, VOTE_KEY_BYTES);
    return 0;
}

/* Rebuild the change that brought this ballot, or moved it last. */
static int apply_ballot(struct loading *l, const struct pg_row *row)
{
    struct change c = {.poll = l->poll,
                       .user = (uint32_t)pg_i64(row, USER),
                       .at_ms = pg_i64(row, AT),
                       .keyed = !pg_is_null(row, KEY)};

    if (str_eq(pg_str(row, KIND), STR("none")))
        return 0;
    c.kind = str_eq(pg_str(row, KIND), STR("vote")) ? CHANGE_VOTE : CHANGE_SKIP;
    c.option = (uint8_t)pg_i64(row, CHOICE);
    c.version = (uint64_t)pg_i64(row, VERSION);
    c.receipt.voted_ms = c.at_ms;
    if (c.keyed && read_receipt(row, KEY, RECEIPT, c.key, &c.receipt) != 0)
        return ERR_INVALID;
    tally_apply(l->tally, &c);
    return 0;
}

static int remember_withdrawn(struct loading *l, const struct pg_row *row)
{
    struct receipt r = {.voted_ms = pg_i64(row, WAS_MS)};
    uint8_t key[VOTE_KEY_BYTES];

    if (pg_is_null(row, WAS_KEY))
        return 0;
    if (read_receipt(row, WAS_KEY, WAS_RECEIPT, key, &r) != 0)
        return ERR_INVALID;
    tally_remember(l->tally, (uint32_t)pg_i64(row, USER), key, &r);
    return 0;
}

static int take_ballot(void *user, const struct pg_row *row)
{
    struct loading *l = user;

    if (l->tally == NULL)
        return 0; /* of a poll that is not there */
    if (apply_ballot(l, row) != 0 || remember_withdrawn(l, row) != 0)
        return side_fail(l->side, "poll %u: the receipt of user %u cannot be read",
                         l->poll, (uint32_t)pg_i64(row, USER));
    return 0;
}

int postgres_tally_load(struct store *s, uint32_t poll, struct tally **ret_tally)
{
    struct side *d = side_reader(s);
    struct loading l = {.side = d, .poll = poll};
    struct pg_args a = {0};
    struct pg_statement st[] = {
        {.sql = "SELECT " POSTGRES_POLL_COLUMNS
                " FROM polls p JOIN results r ON r.poll_id = p.id WHERE p.id = $1",
         .args = &a,
         .each = take_rules,
         .user = &l},
        {.sql = BALLOTS, .args = &a, .each = take_ballot, .user = &l},
    };
    int rc;

    pg_arg_i64(&a, poll);
    rc = side_snapshot(d, st, sizeof st / sizeof *st);
    if (rc == 0 && l.tally == NULL)
        return ERR_NOT_FOUND;
    if (rc != 0)
        tally_free(l.tally);
    else
        *ret_tally = l.tally;
    return rc;
}
