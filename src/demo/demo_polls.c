#include "demo/demo_polls.h"

static const struct demo_poll_text polls[] = {
    {
        .title = "Tabs or spaces?",
        .description = "The question that ended more friendships than politics did.",
        .options = {"Tabs", "Spaces", "Whatever the formatter says"},
        .weights = {5, 7, 9},
        .tags = {"programming", "style"},
        .vote_change = true,
    },
    {
        .title = "What should we have for the team lunch on Friday?",
        .description = "The kitchen orders a quarter of an hour from now.",
        .options = {"Pizza", "Sushi", "Tacos", "Falafel", "A very large salad"},
        .weights = {9, 6, 8, 5, 1},
        .tags = {"food", "team"},
        .closes_in_min = 15,
        .vote_change = true,
    },
    {
        .title = "Which planet would you visit first?",
        .description = "Return ticket included. Pressure suit not included.",
        .options = {"Mercury", "Venus", "Mars", "Jupiter", "Saturn", "Neptune"},
        .weights = {1, 2, 9, 4, 8, 3},
        .tags = {"space", "travel"},
    },
    {
        .title = "How do you take your coffee?",
        .options = {"Black", "With milk", "With milk and sugar", "Only the smell",
                    "Tea, please"},
        .weights = {8, 9, 4, 1, 5},
        .tags = {"food"},
    },
    {
        .title = "When is the best time to release?",
        .description = "Asked by the person who carries the pager.",
        .options = {"Monday morning", "Wednesday noon", "Friday at five",
                    "Many times a day"},
        .weights = {3, 6, 2, 9},
        .tags = {"programming", "team"},
        .closes_in_min = 24 * 60,
    },
    {
        .title = "Cats or dogs?",
        .options = {"Cats", "Dogs"},
        .weights = {10, 9},
        .tags = {"pets"},
        .vote_change = true,
    },
    {
        .title = "Which film has aged best?",
        .options = {"Casablanca", "2001: A Space Odyssey", "Alien", "Blade Runner",
                    "Spirited Away"},
        .weights = {4, 6, 8, 7, 9},
        .tags = {"film"},
    },
    {
        .title = "How many hours did you sleep last night?",
        .description = "Nobody will tell your manager.",
        .options = {"Less than five", "Five or six", "Seven", "Eight", "More"},
        .weights = {2, 7, 9, 5, 1},
        .tags = {"health"},
    },
    {
        .title = "Where do you work best?",
        .options = {"At home", "In an office", "In a café", "On a train",
                    "In the last hour before the deadline"},
        .weights = {9, 5, 3, 2, 7},
        .tags = {"team"},
    },
    {
        .title = "What should the next talk be about?",
        .description = "The winner is given at the next meeting.",
        .options = {"Profiling", "Databases from the inside", "Accessible pages",
                    "How to review code", "War stories"},
        .weights = {4, 7, 5, 3, 9},
        .tags = {"programming", "meetup"},
        .closes_in_min = 3 * 60,
    },
    {
        .title = "Which season is the best?",
        .options = {"Spring", "Summer", "Autumn", "Winter"},
        .weights = {7, 8, 9, 3},
        .tags = {"nature"},
    },
    {
        .title = "Does pineapple belong on pizza?",
        .options = {"Yes", "No", "Only if nobody is looking"},
        .weights = {6, 8, 3},
        .tags = {"food"},
    },
};

enum { N_POLLS = sizeof polls / sizeof *polls };

const struct demo_poll_text *demo_poll_by_title(struct str title)
{
    for (unsigned i = 0; i < N_POLLS; i++)
        if (str_starts(title, str_of(polls[i].title)))
            return &polls[i];
    return NULL;
}

static void add_list(struct buf *out, const char *name, const char *const *texts,
                     unsigned max)
{
    buf_printf(out, ",\"%s\":[", name);
    for (unsigned i = 0; i < max && texts[i] != NULL; i++) {
        if (i > 0)
            buf_char(out, ',');
        buf_json_str(out, str_of(texts[i]));
    }
    buf_char(out, ']');
}

static void add_title(const struct demo_poll_text *p, unsigned round, struct buf *out)
{
    struct buf title = {0};

    buf_text(&title, p->title);
    if (round > 0)
        buf_printf(&title, " (round %u)", round + 1);
    buf_json_str(out, buf_str(&title));
    buf_done(&title);
}

void demo_poll_body(unsigned i, int64_t now_ms, struct buf *out)
{
    const struct demo_poll_text *p = &polls[i % N_POLLS];

    buf_text(out, "{\"title\":");
    add_title(p, i / N_POLLS, out);
    if (p->description != NULL) {
        buf_text(out, ",\"description\":");
        buf_json_str(out, str_of(p->description));
    }
    add_list(out, "options", p->options, DEMO_OPTIONS);
    add_list(out, "tags", p->tags, DEMO_TAGS);
    if (p->closes_in_min != 0) {
        buf_text(out, ",\"closesAt\":");
        buf_json_time(out, now_ms + (int64_t)p->closes_in_min * 60000);
    }
    buf_text(out, p->vote_change ? ",\"voteChange\":true}" : "}");
}
