/* scrape_process.c — the process's own figures, under the names that every Prometheus
 * client has for them. */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "ops/scrape.h"

enum { STAT_BYTES = 1024 };

/* The fields of /proc/self/stat (proc(5)), counted from 1, that are wanted. */
enum { FIELD_STATE = 3, FIELD_THREADS = 20, FIELD_START = 22, FIELD_VSIZE, FIELD_RSS };

static struct str read_text(const char *path, char *text, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, text, size) : 0;

    if (fd >= 0)
        close(fd);
    return (struct str){text, n > 0 ? (size_t)n : 0};
}

/* The name, field 2, is in brackets and may hold anything: begin behind the last one.
 */
static struct str after_name(struct str stat)
{
    size_t at = stat.len;

    while (at > 0 && stat.at[at - 1] != ')')
        at--;
    return str_trim(str_skip(stat, at));
}

static void take_field(struct process_figures *f, int field, uint64_t n)
{
    if (field == FIELD_THREADS)
        f->threads = n;
    else if (field == FIELD_START)
        f->started_s = (double)n / (double)sysconf(_SC_CLK_TCK); /* since boot */
    else if (field == FIELD_VSIZE)
        f->virtual_bytes = n;
    else if (field == FIELD_RSS)
        f->resident_bytes = n * (uint64_t)sysconf(_SC_PAGESIZE);
}

static void read_stat(struct process_figures *f)
{
    char text[STAT_BYTES];
    struct str rest = after_name(read_text("/proc/self/stat", text, sizeof text));

    for (int field = FIELD_STATE; rest.len > 0 && field <= FIELD_RSS; field++) {
        struct str word;
        uint64_t n;

        rest = str_cut(rest, ' ', &word);
        if (str_to_u64(word, UINT64_MAX, &n) == 0)
            take_field(f, field, n);
    }
}

/* "btime 1767225600": when the machine was started. */
static double boot_s(void)
{
    static const struct str key = {"btime ", 6};
    struct buf text = {0};
    struct str rest;
    char part[4096];
    uint64_t n = 0;
    ssize_t got;
    int fd = open("/proc/stat", O_RDONLY | O_CLOEXEC);

    while (fd >= 0 && (got = read(fd, part, sizeof part)) > 0)
        buf_add(&text, part, (size_t)got);
    if (fd >= 0)
        close(fd);
    rest = buf_str(&text);
    while (rest.len > 0) {
        struct str line;

        rest = str_cut(rest, '\n', &line);
        if (str_starts(line, key))
            (void)str_to_u64(str_skip(line, key.len), UINT64_MAX, &n);
    }
    buf_done(&text);
    return (double)n;
}

/* Leave out the three that are not files: ".", ".." and the folder itself. */
static uint64_t count_fds(void)
{
    DIR *dir = opendir("/proc/self/fd");
    uint64_t n = 0;

    if (dir == NULL)
        return 0;
    while (readdir(dir) != NULL)
        n++;
    closedir(dir);
    return n > 3 ? n - 3 : 0;
}

static double seconds(struct timeval t)
{
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

void process_figures_read(struct process_figures *ret)
{
    struct rlimit files = {0};
    struct rusage used = {0};

    *ret = (struct process_figures){0};
    read_stat(ret);
    ret->started_s += boot_s();
    getrusage(RUSAGE_SELF, &used);
    ret->cpu_s = seconds(used.ru_utime) + seconds(used.ru_stime);
    getrlimit(RLIMIT_NOFILE, &files);
    ret->max_fds = files.rlim_cur;
    ret->open_fds = count_fds();
}

void scrape_cpu(struct scrape *s)
{
    scrape_value(s, "", s->process->cpu_s);
}

void scrape_resident(struct scrape *s)
{
    scrape_count(s, "", s->process->resident_bytes);
}

void scrape_virtual(struct scrape *s)
{
    scrape_count(s, "", s->process->virtual_bytes);
}

void scrape_open_fds(struct scrape *s)
{
    scrape_count(s, "", s->process->open_fds);
}

void scrape_max_fds(struct scrape *s)
{
    scrape_count(s, "", s->process->max_fds);
}

void scrape_threads(struct scrape *s)
{
    scrape_count(s, "", s->process->threads);
}

void scrape_start_time(struct scrape *s)
{
    scrape_value(s, "", s->process->started_s);
}
