/* test_proxy.c — whose X-Forwarded-* is believed. */
#include "check.h"

#include "app/proxy.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(networks_hold_their_addresses),
        cmocka_unit_test(any_of_the_list_will_do),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
