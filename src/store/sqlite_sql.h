/* sqlite_sql.h — every statement of the SQLite backend: one line each.
 *
 * Each is prepared once, for the side that uses it, when the store opens, so one that
 * does not fit the schema fails at the start. Columns are read in the order named here:
 * when you change a list, also change the function that uses the name.
 */
#ifndef STORE_SQLITE_SQL_H
#define STORE_SQLITE_SQL_H

/* clang-format off */
#define SQL_TABLE(X)                                                                   \
    X(SQL_BEGIN_WRITE, STORE_WRITER, "BEGIN IMMEDIATE")                                \
    X(SQL_COMMIT_WRITE, STORE_WRITER, "COMMIT")                                        \
    X(SQL_ROLLBACK, STORE_WRITER, "ROLLBACK")                                          \
    X(SQL_POSITION_SET, STORE_WRITER, "UPDATE journal SET position = ?1")              \
                                                                                       \
    X(SQL_ACCOUNT_ADD, STORE_WRITER,                                                   \
      "INSERT INTO accounts (kind, created_ms, username, username_key, username_look," \
      " email, email_key, password_hash) VALUES (?1, ?2, ?3, pollux_name_key(?3),"     \
      " pollux_name_look(?3), ?4, pollux_fold(?4), ?5)")                               \
    X(SQL_USERNAME_TAKEN, STORE_WRITER,                                                \
      "SELECT id FROM accounts WHERE id <> ?1 AND"                                     \
      " (username_key = pollux_name_key(?2) OR username_look = pollux_name_look(?2))") \
    X(SQL_ACCOUNT_GET, STORE_WRITER,                                                   \
      "SELECT id, kind, created_ms, username, email, password_hash"                    \
      " FROM accounts WHERE id = ?1")                                                  \
    X(SQL_ACCOUNT_CHANGE, STORE_WRITER,                                                \
      "UPDATE accounts SET username = coalesce(?2, username),"                         \
      " username_key = coalesce(pollux_name_key(?2), username_key),"                   \
      " username_look = coalesce(pollux_name_look(?2), username_look),"                \
      " email = coalesce(?3, email),"                                                  \
      " email_key = coalesce(pollux_fold(?3), email_key),"                             \
      " password_hash = coalesce(?4, password_hash) WHERE id = ?1")                    \
    X(SQL_ACCOUNT_DELETE, STORE_WRITER, "DELETE FROM accounts WHERE id = ?1")          \
    X(SQL_RECEIPTS_FORGET, STORE_WRITER,                                               \
      "DELETE FROM withdrawn_receipts WHERE user_id = ?1")                             \
    X(SQL_TOKENS_END, STORE_WRITER,                                                    \
      "INSERT INTO token_ends VALUES (?1, ?2)"                                         \
      " ON CONFLICT DO UPDATE SET end_ms = max(end_ms, excluded.end_ms)")              \
    X(SQL_TOKEN_ENDS_FORGET, STORE_WRITER,                                             \
      "DELETE FROM token_ends WHERE end_ms < ?1")                                      \
    X(SQL_OWNED, STORE_WRITER,                                                         \
      "SELECT id FROM polls WHERE owner_id = ?1 ORDER BY id")                          \
    X(SQL_POLL_ADD, STORE_WRITER,                                                      \
      "INSERT INTO polls (owner_id, created_ms, opens_ms, closes_ms, visibility,"      \
      " voters, vote_change, title, description, options, tags)"                       \
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)")                        \
    X(SQL_RESULT_ADD, STORE_WRITER,                                                    \
      "INSERT INTO results VALUES (?1, (SELECT first_version FROM data_set), 0, 0,"    \
      " ?2)")                                                                          \
    X(SQL_COUNT_COMMIT, STORE_WRITER,                                                  \
      "UPDATE data_set SET commits = commits + 1 RETURNING commits")                   \
    X(SQL_KEY_FIND, STORE_WRITER,                                                      \
      "SELECT poll_id, content FROM poll_keys WHERE owner_id = ?1 AND key = ?2")       \
    X(SQL_KEY_ADD, STORE_WRITER,                                                       \
      "INSERT INTO poll_keys VALUES (?1, ?2, ?3, ?4, 0)")                              \
    X(SQL_KEY_END, STORE_WRITER,                                                       \
      "UPDATE poll_keys SET deleted = 1 WHERE poll_id = ?1 RETURNING owner_id")        \
    X(SQL_KEYS_FORGET, STORE_WRITER,                                                   \
      "DELETE FROM poll_keys WHERE deleted = 1 AND owner_id = ?1 AND poll_id <="       \
      " (SELECT poll_id FROM poll_keys WHERE deleted = 1 AND owner_id = ?1"            \
      " ORDER BY poll_id DESC LIMIT 1 OFFSET ?2)")                                     \
                                                                                       \
    X(SQL_EDIT_ADD, STORE_WRITER,                                                      \
      "INSERT INTO poll_edits (poll_id, fields, opens_ms, closes_ms, visibility,"      \
      " voters, vote_change, title, description, options, tags)"                       \
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)")                        \
    X(SQL_EDIT_GET, STORE_WRITER,                                                      \
      "SELECT fields, json_array_length(options) FROM poll_edits"                      \
      " WHERE id = ?1 AND poll_id = ?2")                                               \
    X(SQL_EDIT_ENTER, STORE_WRITER, /* bits of enum poll_field */                      \
      "UPDATE polls SET title = iif(e.fields & 1, e.title, polls.title),"              \
      " description = iif(e.fields & 2, e.description, polls.description),"            \
      " options = iif(e.fields & 4, e.options, polls.options),"                        \
      " tags = iif(e.fields & 8, e.tags, polls.tags),"                                 \
      " opens_ms = iif(e.fields & 16, e.opens_ms, polls.opens_ms),"                    \
      " closes_ms = iif(e.fields & 32, e.closes_ms, polls.closes_ms),"                 \
      " visibility = iif(e.fields & 64, e.visibility, polls.visibility),"              \
      " voters = iif(e.fields & 128, e.voters, polls.voters),"                         \
      " vote_change = iif(e.fields & 256, e.vote_change, polls.vote_change),"          \
      " edits = edits + 1"                                                             \
      " FROM poll_edits e WHERE e.id = ?1 AND polls.id = e.poll_id")                   \
    X(SQL_EDIT_DROP, STORE_WRITER, "DELETE FROM poll_edits WHERE id = ?1")             \
    X(SQL_EDITS_DROP, STORE_WRITER, "DELETE FROM poll_edits")                          \
    X(SQL_RESULT_GET, STORE_WRITER,                                                    \
      "SELECT base_version, total, skips, counts FROM results WHERE poll_id = ?1")     \
    X(SQL_RESULT_SET, STORE_WRITER,                                                    \
      "UPDATE results SET base_version = ?2, total = ?3, skips = ?4, counts = ?5"      \
      " WHERE poll_id = ?1")                                                           \
    X(SQL_VOTE_ADD, STORE_WRITER,                                                      \
      "INSERT INTO votes VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING")  \
    X(SQL_VOTE_MOVE, STORE_WRITER,                                                     \
      "UPDATE votes SET option = ?4, version = ?5"                                     \
      " WHERE poll_id = ?1 AND user_id = ?2 AND option = ?3")                          \
    X(SQL_VOTE_REMOVE, STORE_WRITER,                                                   \
      "DELETE FROM votes WHERE poll_id = ?1 AND user_id = ?2 AND option = ?3")         \
    X(SQL_RECEIPT_KEEP, STORE_WRITER,                                                  \
      "INSERT OR REPLACE INTO withdrawn_receipts"                                      \
      " SELECT poll_id, user_id, voted_ms, key, receipt FROM votes"                    \
      " WHERE poll_id = ?1 AND user_id = ?2 AND option = ?3"                           \
      " AND key IS NOT NULL AND receipt IS NOT NULL")                                  \
    X(SQL_SKIP_ADD, STORE_WRITER,                                                      \
      "INSERT INTO skips VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")                  \
    X(SQL_SKIP_REMOVE, STORE_WRITER,                                                   \
      "DELETE FROM skips WHERE poll_id = ?1 AND user_id = ?2")                         \
    X(SQL_POLL_CLOSE, STORE_WRITER,                                                    \
      "UPDATE polls SET closes_ms = ?2"                                                \
      " WHERE id = ?1 AND (closes_ms IS NULL OR closes_ms > ?2)")                      \
    X(SQL_POLL_REMOVE, STORE_WRITER, "DELETE FROM polls WHERE id = ?1")                \
    X(SQL_VOTES_REMOVE, STORE_WRITER, "DELETE FROM votes WHERE poll_id = ?1")          \
    X(SQL_SKIPS_REMOVE, STORE_WRITER, "DELETE FROM skips WHERE poll_id = ?1")          \
    X(SQL_RECEIPTS_REMOVE, STORE_WRITER,                                               \
      "DELETE FROM withdrawn_receipts WHERE poll_id = ?1")                             \
    X(SQL_DAILY_ADD, STORE_WRITER,                                                     \
      "INSERT INTO daily_votes VALUES (?1, ?2, ?3)"                                    \
      " ON CONFLICT DO UPDATE SET votes = votes + excluded.votes")                     \
    X(SQL_DAILY_FORGET, STORE_WRITER,                                                  \
      "DELETE FROM daily_votes WHERE (day, user_id) IN"                                \
      " (SELECT day, user_id FROM daily_votes WHERE day < ?1 LIMIT ?2)")               \
                                                                                       \
    X(SQL_RECENT_ADD, STORE_WRITER,                                                    \
      "INSERT INTO recent_votes VALUES (?1, ?2, ?3)"                                   \
      " ON CONFLICT DO UPDATE SET votes = votes + excluded.votes")                     \
    X(SQL_RECENT_FORGET, STORE_WRITER,                                                 \
      "DELETE FROM recent_votes WHERE (span, poll_id) IN"                              \
      " (SELECT span, poll_id FROM recent_votes WHERE span < ?1 LIMIT ?2)")            \
                                                                                       \
    X(SQL_BEGIN_READ, STORE_READER, "BEGIN")                                           \
    X(SQL_END_READ, STORE_READER, "COMMIT")                                            \
    X(SQL_POSITION, STORE_READER, "SELECT position FROM journal")                      \
    X(SQL_ACCOUNT_BY_EMAIL, STORE_READER,                                              \
      "SELECT id, kind, created_ms, username, email, password_hash"                    \
      " FROM accounts WHERE email_key = pollux_fold(?1) OR" /* sqlite_text.c */        \
      " (email_key > pollux_fold(?1) || char(1) AND"                                   \
      " email_key < pollux_fold(?1) || char(2))"                                       \
      " ORDER BY email = ?1 DESC, id LIMIT 1")                                         \
    X(SQL_ACCOUNT_BY_ID, STORE_READER,                                                 \
      "SELECT id, kind, created_ms, username, email, password_hash"                    \
      " FROM accounts WHERE id = ?1")                                                  \
    X(SQL_EACH_POLL, STORE_READER,                                                     \
      "SELECT p.id, p.owner_id, p.created_ms, p.opens_ms, p.closes_ms, p.visibility,"  \
      " p.voters, p.vote_change, r.base_version, r.total, r.skips, r.counts,"          \
      " p.edits, p.title, p.description, p.options, p.tags, a.username"                                  \
      " FROM polls p LEFT JOIN results r ON r.poll_id = p.id"                          \
      " LEFT JOIN accounts a ON a.id = p.owner_id ORDER BY p.id")                      \
    X(SQL_POLL_RULES, STORE_READER, /* begins as SQL_EACH_POLL does */                 \
      "SELECT p.id, p.owner_id, p.created_ms, p.opens_ms, p.closes_ms, p.visibility,"  \
      " p.voters, p.vote_change, r.base_version, r.total, r.skips, r.counts,"          \
      " p.edits FROM polls p LEFT JOIN results r ON r.poll_id = p.id WHERE p.id = ?1")         \
    X(SQL_VOTES_OF, STORE_READER,                                                      \
      "SELECT user_id, option, voted_ms, version, key, receipt"                        \
      " FROM votes WHERE poll_id = ?1 ORDER BY user_id")                               \
    X(SQL_SKIPS_OF, STORE_READER,                                                      \
      "SELECT user_id, skipped_ms FROM skips WHERE poll_id = ?1 ORDER BY user_id")     \
    X(SQL_RECEIPTS_OF, STORE_READER,                                                   \
      "SELECT user_id, voted_ms, key, receipt FROM withdrawn_receipts"                 \
      " WHERE poll_id = ?1 ORDER BY user_id")                                          \
    X(SQL_EACH_ACCOUNT, STORE_READER, "SELECT id, created_ms FROM accounts")              \
    X(SQL_LAST_ACCOUNT, STORE_READER,                                                  \
      "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'accounts'")     \
    X(SQL_TOKEN_ENDS, STORE_READER,                                                    \
      "SELECT user_id, end_ms FROM token_ends WHERE end_ms > ?1")                      \
    X(SQL_SEEN, STORE_READER,                                                          \
      "SELECT poll_id FROM votes WHERE user_id = ?1"                                   \
      " UNION ALL SELECT poll_id FROM skips WHERE user_id = ?1")                       \
    X(SQL_OWNED_BEFORE, STORE_READER,                                                  \
      "SELECT id FROM polls WHERE owner_id = ?1 AND id < ?2 ORDER BY id DESC")         \
    X(SQL_USER_VOTES, STORE_READER,                                                    \
      "SELECT poll_id, option, voted_ms FROM votes WHERE user_id = ?1"                 \
      " AND (voted_ms, poll_id) < (?2, ?3)"                                            \
      " ORDER BY voted_ms DESC, poll_id DESC LIMIT ?4")                                \
    X(SQL_USER_SKIPS, STORE_READER,                                                    \
      "SELECT poll_id, skipped_ms FROM skips WHERE user_id = ?1"                       \
      " AND (skipped_ms, poll_id) < (?2, ?3)"                                          \
      " ORDER BY skipped_ms DESC, poll_id DESC LIMIT ?4")                              \
    X(SQL_USER_WITHDRAWN, STORE_READER,                                                \
      "SELECT poll_id, voted_ms, receipt FROM withdrawn_receipts"                      \
      " WHERE user_id = ?1 ORDER BY poll_id")                                          \
    X(SQL_TIMELINE, STORE_READER,                                                      \
      "SELECT voted_ms / ?2, option, count(*), min(voted_ms), max(voted_ms)"           \
      " FROM votes WHERE poll_id = ?1 GROUP BY 1, 2 ORDER BY 1, 2")                    \
    X(SQL_SEARCH, STORE_READER,                                                        \
      "SELECT rowid FROM poll_words WHERE poll_words MATCH ?1"                         \
      " ORDER BY rowid DESC LIMIT ?2")                                                 \
    X(SQL_RECENT, STORE_READER,                                                        \
      "SELECT poll_id, span, votes FROM recent_votes WHERE span >= ?1"                 \
      " ORDER BY span, poll_id")                                                       \
    X(SQL_EACH_DAILY, STORE_READER,                                                    \
      "SELECT user_id, votes FROM daily_votes WHERE day = ?1 ORDER BY user_id")
/* clang-format on */

enum sql {
#define X(name, side, text) name,
    SQL_TABLE(X)
#undef X
        SQL__MAX
};

#endif
