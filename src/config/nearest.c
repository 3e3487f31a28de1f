#include "config/nearest.h"

enum { NAME_BYTES = 64 };

static size_t min(size_t a, size_t b)
{
    return a < b ? a : b;
}

static bool swapped(struct str a, size_t i, struct str b, size_t j)
{
    return i > 1 && j > 1 && a.at[i - 1] == b.at[j - 2] && a.at[i - 2] == b.at[j - 1];
}

/* The optimal string alignment distance, by the usual table: rows are prefixes of a. */
size_t nearest_distance(struct str a, struct str b)
{
    size_t d[NAME_BYTES + 1][NAME_BYTES + 1];

    if (a.len > NAME_BYTES || b.len > NAME_BYTES)
        return SIZE_MAX;
    for (size_t i = 0; i <= a.len; i++)
        for (size_t j = 0; j <= b.len; j++) {
            if (i == 0 || j == 0) {
                d[i][j] = i + j;
                continue;
            }
            d[i][j] = min(min(d[i - 1][j] + 1, d[i][j - 1] + 1),
                          d[i - 1][j - 1] + (a.at[i - 1] != b.at[j - 1]));
            if (swapped(a, i, b, j))
                d[i][j] = min(d[i][j], d[i - 2][j - 2] + 1);
        }
    return d[a.len][b.len];
}

void nearest_consider(struct nearest *n, struct str typed, struct str candidate)
{
    size_t distance = nearest_distance(typed, candidate);

    if (distance > 1 + typed.len / 4) /* else it is another word, not a slip */
        return;
    if (n->name.at == NULL || distance < n->distance)
        *n = (struct nearest){.name = candidate, .distance = distance};
}

void nearest_say(const struct nearest *n, struct buf *out)
{
    if (n->name.len == 0)
        return;
    buf_text(out, "; did you mean ");
    buf_str_add(out, n->name);
    buf_char(out, '?');
}
