/* The passwords that most people choose, of which attackers try every one. */
#ifndef ORGD_POLICY_COMMON_PASSWORDS_H
#define ORGD_POLICY_COMMON_PASSWORDS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Whether the password is on the list, in any case of its letters, or would be without up to five digits and signs at
 * its end: rules of composition make people write `Password1!`.
 */
bool password_is_common(const char *password);

/* The list, made by tools/passwords2c.py: its words, where each block of them begins, and where the last one ends. */
extern const unsigned char common_password_data[];
extern const unsigned common_password_blocks[];
extern const size_t common_password_block_count;

#endif
