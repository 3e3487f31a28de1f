/* roles.h — the shares of the work that a process can take (the key `roles`), and what
 * it stands on (the key `profile`). In the order of the words in tbl/config.h. */
#ifndef CONFIG_ROLES_H
#define CONFIG_ROLES_H

enum roles {
    ROLE_POLLS = 1 << 0,  /* polls, the feed, accounts, the page */
    ROLE_VOTES = 1 << 1,  /* votes and skips */
    ROLE_LIVE = 1 << 2,   /* results: WebSocket, event streams, REST */
    ROLE_WORKER = 1 << 3, /* what has to be done without being asked; no path */
    ROLES_ALL = (1 << 4) - 1,
};

enum profile_word { PROFILE_EMBEDDED, PROFILE_CLUSTER };

#endif
