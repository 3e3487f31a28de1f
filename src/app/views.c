#include "app/views.h"

#include "core/percent.h"

bool viewer_is_owner(const struct viewer *v, const struct poll_rules *rules)
{
    return v->user != 0 && !v->guest && v->user == rules->owner_id;
}

bool viewer_may_see(const struct viewer *v, const struct poll_rules *rules,
                    enum poll_status status)
{
    if (viewer_is_owner(v, rules))
        return true;
    switch (rules->visibility) {
    case VISIBLE_ALWAYS:
        return true;
    case VISIBLE_AFTER_VOTE:
        return v->choice >= 0;
    case VISIBLE_AFTER_CLOSE:
        return status == POLL_CLOSED;
    }
    return false;
}

uint64_t view_hidden_version(uint64_t first_version, const struct poll_rules *rules,
                             enum poll_status status)
{
    return first_version - 1 + poll_hidden_version(rules, status);
}

void view_percent(struct buf *out, uint32_t votes, uint32_t total)
{
    percent_write(out, percent_tenths(votes, total));
}

void view_result_fields(struct buf *out, const struct result *r)
{
    buf_text(out, "\"pollId\":");
    buf_u64(out, r->poll);
    buf_text(out, ",\"version\":");
    buf_u64(out, r->version);
    buf_text(out, ",\"status\":\"");
    buf_text(out, poll_status_text(r->status));
    buf_text(out, "\",\"totalVotes\":");
    buf_u64(out, r->total);
    buf_text(out, ",\"options\":[");
    for (uint32_t i = 0; i < r->n_options; i++) {
        buf_text(out, i == 0 ? "{\"index\":" : ",{\"index\":");
        buf_u64(out, i);
        buf_text(out, ",\"votes\":");
        buf_u64(out, r->counts[i]);
        buf_text(out, ",\"percent\":");
        view_percent(out, r->counts[i], r->total);
        buf_char(out, '}');
    }
    buf_char(out, ']');
}

void view_result(struct buf *out, const struct result *r)
{
    buf_char(out, '{');
    view_result_fields(out, r);
    buf_char(out, '}');
}

void view_time_or_null(struct buf *out, int64_t ms)
{
    if (ms == 0)
        buf_text(out, "null");
    else
        buf_json_time(out, ms);
}

static void view_options(struct buf *out, const struct poll *p)
{
    buf_text(out, ",\"options\":[");
    for (uint32_t i = 0; i < p->rules.n_options; i++) {
        buf_text(out, i == 0 ? "{\"index\":" : ",{\"index\":");
        buf_u64(out, i);
        buf_text(out, ",\"text\":");
        buf_json_str(out, p->options[i]);
        buf_char(out, '}');
    }
    buf_char(out, ']');
}

static void view_tags(struct buf *out, const struct poll *p)
{
    buf_text(out, ",\"tags\":[");
    for (uint32_t i = 0; i < p->n_tags; i++) {
        if (i > 0)
            buf_char(out, ',');
        buf_json_str(out, p->tags[i]);
    }
    buf_char(out, ']');
}

static void view_owner(struct buf *out, const struct poll *p)
{
    buf_text(out, ",\"owner\":");
    if (p->rules.owner_id == 0) {
        buf_text(out, "null");
        return;
    }
    buf_text(out, "{\"id\":");
    buf_u64(out, p->rules.owner_id);
    buf_text(out, ",\"username\":");
    buf_json_str(out, p->owner_name);
    buf_char(out, '}');
}

static void view_rules(struct buf *out, const struct poll *p, enum poll_status status)
{
    const struct poll_rules *r = &p->rules;

    buf_text(out, ",\"status\":\"");
    buf_text(out, poll_status_text(status));
    buf_text(out, "\",\"createdAt\":");
    buf_json_time(out, p->created_ms);
    buf_text(out, ",\"opensAt\":");
    view_time_or_null(out, r->opens_ms);
    buf_text(out, ",\"closesAt\":");
    view_time_or_null(out, r->closes_ms);
    buf_text(out, ",\"resultsVisibility\":\"");
    buf_text(out, poll_visibility_text(r->visibility));
    buf_text(out, "\",\"voteChange\":");
    buf_text(out, r->vote_change ? "true" : "false");
    buf_text(out, ",\"voters\":\"");
    buf_text(out, poll_voters_text(r->voters));
    buf_char(out, '"');
}

void view_poll(struct buf *out, const struct poll *p, const struct result *r,
               const struct viewer *v)
{
    buf_text(out, "{\"id\":");
    buf_u64(out, p->id);
    buf_text(out, ",\"title\":");
    buf_json_str(out, p->title);
    buf_text(out, ",\"description\":");
    if (p->description.at == NULL)
        buf_text(out, "null");
    else
        buf_json_str(out, p->description);
    view_options(out, p);
    view_tags(out, p);
    view_owner(out, p);
    view_rules(out, p, r->status);
    buf_text(out, ",\"myVote\":");
    if (v->choice < 0)
        buf_text(out, "null");
    else
        buf_i64(out, v->choice);
    buf_text(out, v->skipped ? ",\"skipped\":true" : ",\"skipped\":false");
    buf_text(out, ",\"results\":");
    if (viewer_may_see(v, &p->rules, r->status))
        view_result(out, r);
    else
        buf_text(out, "null");
    buf_char(out, '}');
}

static void view_text_or_null(struct buf *out, const char *text)
{
    if (text[0] == '\0')
        buf_text(out, "null");
    else
        buf_json_str(out, str_of(text));
}

void view_account_fields(struct buf *out, const struct account *a)
{
    buf_text(out, "\"id\":");
    buf_u64(out, a->id);
    buf_text(out, ",\"username\":");
    view_text_or_null(out, a->username);
    buf_text(out, ",\"email\":");
    view_text_or_null(out, a->email);
    buf_text(out, a->guest ? ",\"kind\":\"guest\"" : ",\"kind\":\"user\"");
    buf_text(out, ",\"createdAt\":");
    buf_json_time(out, a->created_ms);
}
