/* test_proxy.c — whose X-Forwarded-* is believed. */
#include "app/proxy.h"
#include "lib/check.h"
#include "config/config.h"

static bool trusted(const char *network, const char *peer)
{
    char *items[] = {(char *)(uintptr_t)network};
    struct setting_list list = {.items = items, .n = 1};

    return proxy_is_trusted(&list, str_of(peer));
}

static void networks_hold_their_addresses(void **state)
{
    static const struct {
        const char *why, *network, *peer;
        bool want;
    } rows[] = {
        {"the address itself", "10.1.2.3", "10.1.2.3", true},
        {"its neighbour", "10.1.2.3", "10.1.2.2", false},
        {"the first of a network", "10.0.0.0/8", "10.0.0.0", true},
        {"the last of it", "10.0.0.0/8", "10.255.255.255", true},
        {"the one behind it", "10.0.0.0/8", "11.0.0.0", false},
        {"a network within a byte", "172.16.0.0/12", "172.31.255.255", true},
        {"the one behind it", "172.16.0.0/12", "172.32.0.0", false},
        {"the one before it", "172.16.0.0/12", "172.15.255.255", false},
        {"bits behind the prefix do not count", "10.1.2.3/8", "10.9.9.9", true},
        {"all of IPv4", "0.0.0.0/0", "192.0.2.1", true},
        {"all of IPv4 is not all of IPv6", "0.0.0.0/0", "2001:db8::1", false},
        {"a single address as a network", "10.1.2.3/32", "10.1.2.3", true},
        {"and its neighbour", "10.1.2.3/32", "10.1.2.2", false},
        {"IPv4 through an IPv6 socket", "10.0.0.0/8", "::ffff:10.1.2.3", true},
        {"and the other way round", "::ffff:10.1.2.3", "10.1.2.3", true},
        {"an IPv6 address", "fd00::1", "fd00:0:0:0:0:0:0:1", true},
        {"an IPv6 network", "fd00::/8", "fdff::1", true},
        {"outside of it", "fd00::/8", "fe00::1", false},
        {"an IPv6 network within a byte", "fe80::/10", "febf::1", true},
        {"outside of it", "fe80::/10", "fec0::1", false},
        {"a whole IPv6 prefix", "fd00::1/128", "fd00::2", false},
        {"all of IPv6", "::/0", "2001:db8::1", true},
        {"no address at all", "0.0.0.0/0", "", false},
        {"a host's name", "0.0.0.0/0", "localhost", false},
        {"something long", "0.0.0.0/0",
         "10.0.0.1 10.0.0.1 10.0.0.1 10.0.0.1 10.0.0.1 10.0.0.1 10.0.0.1", false},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++)
        CHECK_EQ_AT(rows[i].why, trusted(rows[i].network, rows[i].peer), rows[i].want);
}

static void any_of_the_list_will_do(void **state)
{
    char one[] = "10.0.0.1", two[] = "192.0.2.0/24";
    char *items[] = {one, two};
    struct setting_list list = {.items = items, .n = 2}, none = {0};

    (void)state;
    assert_true(proxy_is_trusted(&list, STR("10.0.0.1")));
    assert_true(proxy_is_trusted(&list, STR("192.0.2.77")));
    assert_false(proxy_is_trusted(&list, STR("192.0.3.77")));
    assert_false(proxy_is_trusted(&none, STR("10.0.0.1")));
}

static uint64_t client(const char *trusted, const char *peer, const char *list)
{
    char *items[] = {(char *)(uintptr_t)trusted, (char *)(uintptr_t) "fd00::/8"};
    struct setting_list networks = {.items = items, .n = trusted != NULL ? 2 : 0};

    return proxy_client(&networks, str_of(peer), str_of(list));
}

static void the_client_is_who_our_proxies_say(void **state)
{
    static const char ours[] = "10.0.0.0/8", client_addr[] = "203.0.113.9";
    static const struct {
        const char *why, *trusted, *peer, *list, *want;
    } rows[] = {
        {"nobody is trusted", NULL, client_addr, "198.51.100.1", client_addr},
        {"a stranger says so", ours, client_addr, "198.51.100.1", client_addr},
        {"a stranger says he is ours", ours, client_addr, "10.0.0.1", client_addr},
        {"a proxy", ours, "10.0.0.1", client_addr, client_addr},
        {"without a list", ours, "10.0.0.1", NULL, "10.0.0.1"},
        {"what the client sent itself", ours, "10.0.0.1", "1.2.3.4, 203.0.113.9",
         client_addr},
        {"also when it is one of ours", ours, "10.0.0.1", "10.9.9.9,203.0.113.9",
         client_addr},
        {"also when it is rubbish", ours, "10.0.0.1", "<script>, , 203.0.113.9",
         client_addr},
        {"two proxies", ours, "10.0.0.1", "1.2.3.4, 203.0.113.9, 10.0.0.2",
         client_addr},
        {"proxies of both families", ours, "fd00::1", "203.0.113.9,  10.0.0.2\t",
         client_addr},
        {"only ours: from the inside", ours, "10.0.0.1", "10.0.0.3, 10.0.0.2",
         "10.0.0.3"},
        {"rubbish at the end", ours, "10.0.0.1", "203.0.113.9, unknown", "10.0.0.1"},
        {"rubbish before ours", ours, "10.0.0.1", "unknown, 10.0.0.2", "10.0.0.1"},
        {"nothing at the end", ours, "10.0.0.1", "203.0.113.9,", "10.0.0.1"},
        {"a port", ours, "10.0.0.1", "203.0.113.9:4711", "10.0.0.1"},
        {"an empty list", ours, "10.0.0.1", "", "10.0.0.1"},
        {"IPv4 in IPv6", ours, "10.0.0.1", "::ffff:203.0.113.9", client_addr},
        {"IPv6", ours, "10.0.0.1", "2001:db8:0:7::1", "2001:db8:0:7:1:2:3:4"},
    };
    (void)state;

    for (size_t i = 0; i < LENGTH(rows); i++)
        CHECK_EQ_AT(rows[i].why, client(rows[i].trusted, rows[i].peer, rows[i].list),
                    client(NULL, rows[i].want, NULL));
}

static void clients_are_told_apart(void **state)
{
    static const char *const all[] = {
        "0.0.0.0",     "0.0.0.1",   "1.0.0.0",    "203.0.113.9",
        "203.0.113.8", "127.0.0.1", "2001:db8::", "2001:db8:0:1::",
        "2001:db9::",  "fe80::1",   "ffff::",     "255.255.255.255"};
    (void)state;

    for (size_t i = 0; i < LENGTH(all); i++)
        for (size_t j = 0; j < LENGTH(all); j++)
            CHECK_EQ_AT(all[i],
                        client(NULL, all[i], NULL) == client(NULL, all[j], NULL),
                        i == j);
    assert_int_equal(client(NULL, "", NULL), 0);
    assert_int_equal(client(NULL, "no address", NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(networks_hold_their_addresses),
        cmocka_unit_test(any_of_the_list_will_do),
        cmocka_unit_test(the_client_is_who_our_proxies_say),
        cmocka_unit_test(clients_are_told_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
